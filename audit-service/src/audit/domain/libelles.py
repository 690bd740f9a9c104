"""What stands in the extract in place of the codes of an event, in the French that an allocataire reads.

Source: webinar (« Les profils », « Les rubriques », « Le plan de contrôle »). Finalités and destinataires are an open
list, written in the bulletins: one that is not here is given in its own words, without accents.
"""

from collections.abc import Mapping

REDEMANDEE = "courrier:deja-demandee:"
"""How the `objet` of an attestation begins, where a letter was asked for again and none was posted."""
LETTRE_REDEMANDEE = "Nouvelle demande d’une attestation de paiement déjà envoyée par courrier"

TYPES: Mapping[str, str] = {
    "cdap.consultation.ouverte": "Ouverture du dossier",
    "cdap.rubrique.lue": "Lecture d’une rubrique",
    "cdap.attestation.delivree": "Délivrance d’une attestation de paiement",
    "cdap.attestation.suivie": "Suivi d’une attestation de paiement envoyée par courrier",
    "cdap.message.ecrit": "Message écrit à la Caf au sujet du dossier",
    "cdap.message.lu": "Relecture d’un message écrit à la Caf",
}

RUBRIQUES: Mapping[str, str] = {
    "synthese": "Fiche de synthèse",
    "paiements": "Paiements",
    "dossier": "Dossier",
    "famille": "Famille",
    "droits": "Droits",
    "logement": "Logement",
    "ressources": "Ressources",
    "rsa": "RSA",
    "creances": "Créances",
    "courriers": "Courriers",
    "cmu-rsa": "CMU, CMUC et RSA",
    "cmuc-ressources": "Ressources CMUC",
    "donnees-complementaires": "Données complémentaires",
    "attestation-paiement": "Attestation de paiement",
}

PROFILS: Mapping[str, str] = {
    "T1": "Assistants de service social, CESF",
    "T2": "Prestataires de services sociaux",
    "T4": "Services instructeurs",
    "T5": "Chargés de suivi des dossiers RSA",
    "T6": "CPAM",
    "T8": "Régimes particuliers d’assurance maladie",
    "T9": "Mesures de protection des majeurs et de l’enfance",
    "T10": "Bailleurs sociaux",
    "T11": "Commissions de surendettement",
    "T12": "Bureaux d’aide juridictionnelle",
    "T13": "Commissions FSL",
    "T14": "Pensions de réversion et pensions d’orphelin",
    "T15": "Tarification sociale des transports",
    "T16": "Commission de médiation logement",
    "T18": "Agents du département chargés du contentieux RSA",
    "T19": "Agents du département chargés du contrôle RSA",
}

FONDEMENTS: Mapping[str, str] = {
    "texte-reglementaire": "Texte réglementaire",
    "mission-interet-public": "Mission d’intérêt public",
    "consentement": "Consentement",
}

FINALITES: Mapping[str, str] = {
    "accompagnement-social": "Accompagnement social",
    "aide-juridictionnelle": "Aide juridictionnelle",
    "complementaire-sante": "Complémentaire santé",
    "gestion-locative": "Gestion locative",
    "mesures-de-protection": "Mesures de protection",
    "pension-de-reversion": "Pension de réversion",
    "suivi-rsa": "Suivi du RSA",
    "surendettement": "Surendettement",
    "tarification-sociale": "Tarification sociale",
}

DESTINATAIRES: Mapping[str, str] = {
    "agents-assurance-maladie": "Agents de l’assurance maladie",
    "agents-de-tarification": "Agents de tarification",
    "agents-du-departement": "Agents du département",
    "charges-de-clientele": "Chargés de clientèle",
    "gestionnaires-de-pension": "Gestionnaires de pension",
    "greffe": "Greffe",
    "mandataires-judiciaires": "Mandataires judiciaires",
    "secretariat-de-commission": "Secrétariat de commission",
    "travailleurs-sociaux": "Travailleurs sociaux",
}


def libelle(libelles: Mapping[str, str], code: str) -> str:
    """The label of a code; for one that is not known, the words of the code."""
    return libelles.get(code) or code.replace("-", " ").capitalize()


def profil(code: str) -> str:
    """« T1 – Assistants de service social, CESF »; an unknown code alone."""
    return f"{code} – {PROFILS[code]}" if code in PROFILS else code


def acte(type: str, rubrique: str | None, objet: str | None) -> str:
    """What was done with the dossier: « Lecture d’une rubrique : Créances »."""
    if objet is not None and objet.startswith(REDEMANDEE):
        return LETTRE_REDEMANDEE
    quoi = TYPES.get(type, "Autre accès au dossier")
    return f"{quoi} : {libelle(RUBRIQUES, rubrique)}" if rubrique and type == "cdap.rubrique.lue" else quoi
