"""Who is who in the demonstration: fictitious partners and persons, as data.

The SIRETs pass their check and belong to nobody; the names are invented.
"""

from dataclasses import dataclass

CAF = "831"
YVELINES = "781"


@dataclass(frozen=True)
class Partenaire:
    """A partner: what its bulletin grants, and its administrateur."""

    siret: str
    raison_sociale: str
    profils: tuple[str, ...]
    finalite: str
    fondement: str
    destinataire: str
    theme: str
    administrateur: tuple[str, str]
    caf: str = CAF


@dataclass(frozen=True)
class Utilisateur:
    """A user in one group of her partner."""

    siret: str
    prenom: str
    nom: str
    metier: str
    profil: str
    portee: str = "mono"
    organismes: tuple[str, ...] = (CAF,)


@dataclass(frozen=True)
class Agent:
    """An agent of a Caf."""

    prenom: str
    nom: str
    role: str
    qui: str


def _luhn(debut: str) -> str:
    """The digits, completed by the one that makes their Luhn sum a multiple of ten."""
    somme = 0
    for rang, chiffre in enumerate(reversed(debut)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        somme += valeur - 9 if valeur > 9 else valeur
    return debut + str(-somme % 10)


def _siret(rang: int) -> str:
    """A well-formed SIRET whose SIREN begins as no company's does today."""
    return _luhn(_luhn(f"999000{rang:02d}") + "0001")


CCAS, DEPARTEMENT, CPAM, REGIME, TUTELLE, BAILLEUR, SURENDETTEMENT, JUSTICE, PENSIONS, TRANSPORT, RESEAU = map(
    _siret, range(1, 12)
)

PARTENAIRES = (
    Partenaire(CCAS, "CCAS de Sainte-Orsane", ("T1", "T2", "T4"), "accompagnement-social", "mission-interet-public",
               "travailleurs-sociaux", "acces-aux-droits", ("Hélène", "Castagnier")),
    Partenaire(DEPARTEMENT, "Département fictif du Levant", ("T5", "T13", "T16", "T18", "T19"), "suivi-rsa",
               "texte-reglementaire", "agents-du-departement", "acces-aux-droits", ("Marc", "Ollivary")),
    Partenaire(CPAM, "Caisse primaire fictive du Levant", ("T6",), "complementaire-sante", "texte-reglementaire",
               "agents-assurance-maladie", "acces-aux-droits", ("Sylvie", "Brémontier")),
    Partenaire(REGIME, "Régime particulier fictif", ("T8",), "complementaire-sante", "texte-reglementaire",
               "agents-assurance-maladie", "acces-aux-droits", ("Alain", "Pescarou")),
    Partenaire(TUTELLE, "Association tutélaire des Mimosas", ("T9",), "mesures-de-protection", "texte-reglementaire",
               "mandataires-judiciaires", "acces-aux-droits", ("Nadia", "Verdalle")),
    Partenaire(BAILLEUR, "Habitat fictif de la Rade", ("T10",), "gestion-locative", "mission-interet-public",
               "charges-de-clientele", "logement", ("Bruno", "Castelnaude")),
    Partenaire(SURENDETTEMENT, "Commission fictive de surendettement", ("T11",), "surendettement",
               "texte-reglementaire", "secretariat-de-commission", "acces-aux-droits", ("Irène", "Malausse")),
    Partenaire(JUSTICE, "Bureau fictif d’aide juridictionnelle", ("T12",), "aide-juridictionnelle",
               "texte-reglementaire", "greffe", "acces-aux-droits", ("Yves", "Tramontel")),
    Partenaire(PENSIONS, "Caisse fictive de réversion", ("T14",), "pension-de-reversion", "texte-reglementaire",
               "gestionnaires-de-pension", "acces-aux-droits", ("Odile", "Ravanelle")),
    Partenaire(TRANSPORT, "Transports fictifs de la Rade", ("T15",), "tarification-sociale",
               "mission-interet-public", "agents-de-tarification", "acces-aux-droits", ("Karim", "Estérelle")),
    Partenaire(RESEAU, "Réseau fictif d’accompagnement", ("T1",), "accompagnement-social", "mission-interet-public",
               "travailleurs-sociaux", "acces-aux-droits", ("Claude", "Garlabanne"), YVELINES),
)  # fmt: skip

UTILISATEURS = (
    Utilisateur(CCAS, "Claire", "Montfort", "Assistante sociale", "T1"),
    Utilisateur(CCAS, "Léo", "Bastidon", "Agent d’accueil de crèche", "T2"),
    Utilisateur(CCAS, "Rose", "Caminade", "Instructrice RSA", "T4"),
    Utilisateur(DEPARTEMENT, "Paul", "Sauvaire", "Référent RSA", "T5"),
    Utilisateur(CPAM, "Anne", "Fabrègue", "Technicienne C2S", "T6"),
    Utilisateur(REGIME, "Louis", "Cantarel", "Technicien C2S", "T8"),
    Utilisateur(TUTELLE, "Mireille", "Daumasse", "Mandataire judiciaire", "T9"),
    Utilisateur(BAILLEUR, "Hugo", "Pérignane", "Chargé de clientèle", "T10"),
    Utilisateur(SURENDETTEMENT, "Inès", "Roquefeuille", "Gestionnaire de dossiers", "T11"),
    Utilisateur(JUSTICE, "Simon", "Aubanelle", "Greffier", "T12"),
    Utilisateur(DEPARTEMENT, "Julie", "Valcrose", "Gestionnaire FSL", "T13"),
    Utilisateur(PENSIONS, "Denis", "Marcoussel", "Gestionnaire de pensions", "T14"),
    Utilisateur(TRANSPORT, "Emma", "Giensac", "Agente de tarification", "T15"),
    Utilisateur(DEPARTEMENT, "Farid", "Cuersois", "Secrétaire de commission", "T16"),
    Utilisateur(DEPARTEMENT, "Lucie", "Hyéroise", "Agente du contentieux RSA", "T18"),
    Utilisateur(DEPARTEMENT, "Théo", "Brignolais", "Contrôleur RSA", "T19"),
    Utilisateur(RESEAU, "Agathe", "Lorguesse", "Assistante sociale", "T1", "multi", (CAF, "131")),
    Utilisateur(RESEAU, "Victor", "Salernes", "Assistant social", "T1", "nationale", ()),
)

RESPONSABLE = ("Gilles", "Ampusac")
"""The responsable des habilitations of the first group, that of the T1 of the CCAS."""

REFERENTS = {CAF: ("Sandra", "Porquerolle"), YVELINES: ("Denise", "Rambouillade")}

AGENTS = (
    Agent("Pierre", "Lenoir", "caf:controleur", "Contrôleur du plan de contrôle, Caf du Var"),
    Agent("Aline", "Carqueirane", "caf:superviseur", "Superviseure CDAP, Caf du Var"),
)
