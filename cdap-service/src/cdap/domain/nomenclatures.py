"""Code lists of the Cnaf and their libellés in French, the codes met in the flows. Facts, no rule.

Invariant: an unknown code is kept as it is and has no libellé (`libelle`).
"""

from collections.abc import Mapping

SITUATIONS_FAMILIALES: Mapping[str, str] = {  # SITFAM
    "ABA": "Conjoint disparu",
    "CEL": "Célibat",
    "DIV": "Divorce",
    "ISO": "Isolement",
    "MAR": "Mariage",
    "PAC": "Pacs",
    "RPA": "Reprise de la vie commune après Pacs",
    "RVC": "Reprise de la vie commune",
    "RVM": "Reprise de la vie maritale",
    "SEF": "Séparation de fait",
    "SEL": "Séparation légale",
    "VEU": "Veuvage",
    "VIM": "Vie maritale",
}

ACTIVITES: Mapping[str, str] = {  # ACT
    "SAL": "Salarié",
    "CDI": "Salarié en contrat à durée indéterminée",
    "CDD": "Salarié en contrat à durée déterminée",
    "INT": "Intérimaire",
    "APP": "Apprenti",
    "AMA": "Assistant maternel",
    "AEN": "Auto-entrepreneur",
    "ETI": "Travailleur indépendant",
    "EXP": "Exploitant agricole",
    "CHO": "Chômage sans justificatif",
    "CNI": "Chômage non indemnisé",
    "RET": "Retraité",
    "PRE": "Préretraité",
    "INV": "Invalide",
    "MAL": "Maladie",
    "MLD": "Maladie de longue durée",
    "MAT": "Maternité",
    "ETU": "Étudiant",
    "EBO": "Étudiant boursier",
    "SCO": "Scolaire",
    "HAN": "Handicapé",
    "SAC": "Sans activité",
    "SSA": "Sans activité",
    "SFP": "Stage de formation professionnelle",
    "NCH": "Non à charge",
    "DSF": "Déclaration non fournie",
    "SIN": "Situation inconnue",
    "ABS": "Absent",
}

OCCUPATIONS: Mapping[str, str] = {  # TYPEOCCLOG
    "ACC": "Propriétaire accédant",
    "HGP": "Hébergé à titre gratuit",
    "LOC": "Locataire",
    "OLI": "Occupation inconnue",
    "PRO": "Propriétaire",
}

RESSOURCES: Mapping[str, str] = {  # NATRESS
    "000": "Ressources nulles",
    "001": "Salaires",
    "005": "Revenus perçus à l’étranger",
    "009": "Chômage partiel",
    "010": "Chômage",
    "011": "Indemnités journalières",
    "012": "Accident du travail",
    "013": "Maternité",
    "020": "Préretraite",
    "021": "Pension d’invalidité",
    "022": "Pension vieillesse imposable",
    "025": "Allocation de veuvage",
    "026": "Pensions alimentaires reçues",
    "028": "Ressources non imposables",
    "030": "Revenus non salariés",
    "040": "Revenus fonciers",
    "041": "Autres revenus",
    "060": "Pension alimentaire versée",
    "061": "Frais de garde",
    "063": "Déficit foncier",
    "212": "Bourse d’études",
    "888": "Ressources effacées",
    "999": "Refus de déclarer",
}

ETATS_RSA: Mapping[str, str] = {  # ETATDOSRSA
    "0": "Nouvelle demande en attente de décision du conseil départemental",
    "1": "Droit refusé",
    "2": "Droit ouvert et versable",
    "3": "Droit ouvert et suspendu",
    "4": "Droit ouvert mais versement suspendu",
    "5": "Droit clos",
    "6": "Droit clos sur un mois antérieur",
    "Z": "État non défini",
}

SUSPENSIONS_VERSEMENT_RSA: Mapping[str, str] = {  # MOTISUSVERSRSA
    "01": "Ressources trop élevées",
    "02": "Moins de 25 ans",
    "04": "Titre de séjour non valide",
    "05": "RSA inférieur au seuil de versement",
    "06": "Déclaration trimestrielle de ressources non fournie",
    "09": "Résidence",
    "36": "Titre de séjour absent",
    "85": "Décès",
    "97": "AAH réduite",
    "AB": "Allocataire absent du foyer",
    "CV": "Attente de décision du président du conseil départemental",
    "CG": "Sanction du président du conseil départemental",
}

SUSPENSIONS_DROIT_RSA: Mapping[str, str] = {  # MOTISUSDRORSA
    "DA": "Situation de famille",
    "DB": "Ressources",
    "DC": "Enquête administrative",
    "DL": "N’habite plus à l’adresse",
    "DG": "Décès",
    "DH": "Décès",
    "GJ": "Suspension par le président du conseil départemental",
    "GK": "Contrat d’insertion",
}

CLOTURES_RSA: Mapping[str, str] = {  # MOTICLORSA
    "PCG": "Décision du président du conseil départemental",
    "ECH": "Échéance de quatre mois sans droit",
    "MUT": "Mutation",
}

NATURES_RSA: Mapping[str, str] = {  # NATPF
    "RSD": "RSA socle",
    "RSI": "RSA socle majoré",
    "RSU": "RSA socle, contrat aidé",
    "RSB": "RSA socle local",
    "RSJ": "RSA socle jeune",
    "RCD": "RSA activité",
    "RCI": "RSA activité majoré",
    "RCU": "RSA activité, contrat aidé",
    "RCB": "RSA activité local",
    "RCJ": "RSA activité jeune",
}

NATURES_CREANCE: Mapping[str, str] = {  # NATCRE, by its two first letters
    "IN": "Indu",
    "IT": "Indu transféré au conseil départemental",
    "IS": "Indu subrogé",
}

MOTIFS_INDU: Mapping[str, str] = {  # MOTIINDU
    "10": "Situation de famille",
    "12": "Décès",
    "20": "Adresse",
    "21": "Mutation ou radiation",
    "30": "Mouvement d’enfant",
    "40": "Ressources",
    "50": "Activité",
    "93": "Impayés de loyer",
}

ORIGINES_INDU: Mapping[str, str] = {  # ORIINDU
    "50": "Plan de contrôle",
    "55": "Échange entre la Caf et le bailleur",
}

RESPONSABILITES_INDU: Mapping[str, str] = {  # RESPINDU
    "61": "Défaut de déclaration",
    "62": "Déclaration erronée",
    "63": "Déclaration tardive",
    "64": "Fraude",
}


def libelle(nomenclature: Mapping[str, str], code: str | None) -> str | None:
    """The libellé of a code, None where the code is absent or unknown."""
    return None if code is None else nomenclature.get(code)
