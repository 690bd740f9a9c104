"""The 16 profiles and the rubriques open to each (webinar, « Les profils », « Les rubriques accessibles »).

Invariant: TABLE is the slide, column for column, and nothing else grants a rubrique; an unreadable table
stops the program at import.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Profil(StrEnum):
    """The 16 profile codes; T3, T7 and T17 do not exist."""

    T1 = "T1"
    T2 = "T2"
    T4 = "T4"
    T5 = "T5"
    T6 = "T6"
    T8 = "T8"
    T9 = "T9"
    T10 = "T10"
    T11 = "T11"
    T12 = "T12"
    T13 = "T13"
    T14 = "T14"
    T15 = "T15"
    T16 = "T16"
    T18 = "T18"
    T19 = "T19"


class Rubrique(StrEnum):
    """The 14 rubriques, by the slug that stands in addresses and in the journal."""

    SYNTHESE = "synthese"
    DOSSIER = "dossier"
    PAIEMENTS = "paiements"
    DROITS = "droits"
    FAMILLE = "famille"
    LOGEMENT = "logement"
    RESSOURCES = "ressources"
    RSA = "rsa"
    CREANCES = "creances"
    COURRIERS = "courriers"
    CMU_RSA = "cmu-rsa"
    CMUC_RESSOURCES = "cmuc-ressources"
    DONNEES_COMPLEMENTAIRES = "donnees-complementaires"
    ATTESTATION_PAIEMENT = "attestation-paiement"


# The slide's columns, in its order: Fiche synthèse, Paiements, Dossier, Famille, Droits, Logement,
# Ressources, RSA, Créances, Courriers, CMU CMUC RSA, CMUC Ress., Données complém., Attest. paiement.
ENTETES: Mapping[str, Rubrique] = MappingProxyType(
    {
        "syn": Rubrique.SYNTHESE,
        "pai": Rubrique.PAIEMENTS,
        "dos": Rubrique.DOSSIER,
        "fam": Rubrique.FAMILLE,
        "dro": Rubrique.DROITS,
        "log": Rubrique.LOGEMENT,
        "res": Rubrique.RESSOURCES,
        "rsa": Rubrique.RSA,
        "cre": Rubrique.CREANCES,
        "cou": Rubrique.COURRIERS,
        "cmu": Rubrique.CMU_RSA,
        "cmr": Rubrique.CMUC_RESSOURCES,
        "com": Rubrique.DONNEES_COMPLEMENTAIRES,
        "att": Rubrique.ATTESTATION_PAIEMENT,
    }
)

TABLE = """
     syn pai dos fam dro log res rsa cre cou cmu cmr com att
T1    x   x   x   x   x   x   x   x   x   x   -   -   x   x
T2    x   -   -   -   -   -   -   -   -   -   -   -   -   -
T4    x   -   -   x   x   -   x   x   -   -   -   -   x   -
T5    x   -   -   x   x   -   x   x   -   -   -   -   x   -
T6    x   -   -   -   -   -   -   -   -   -   x   x   -   -
T8    x   -   -   -   -   -   -   -   -   -   x   x   -   -
T9    x   x   x   x   x   x   x   x   x   -   -   -   x   x
T10   x   -   -   -   -   -   -   -   -   -   -   -   -   -
T11   x   x   x   x   x   -   -   -   x   -   -   -   x   -
T12   x   x   x   x   -   -   -   -   -   -   -   -   x   -
T13   x   x   x   x   x   x   x   -   x   x   -   -   x   -
T14   x   -   -   -   -   -   -   -   -   -   -   -   -   -
T15   x   -   -   -   -   -   -   -   -   -   -   -   -   -
T16   x   -   x   x   x   x   x   -   -   -   -   -   x   -
T18   x   -   x   x   x   x   x   -   -   -   -   -   -   -
T19   x   x   x   x   x   -   x   x   x   x   -   -   x   x
"""


def lire_table(table: str) -> Mapping[Profil, frozenset[Rubrique]]:
    """Read a matrix: a line of headings, then one row of x and - for each of the 16 profiles.

    Raises ValueError for an unknown heading, profile or mark, a row of another width, a profile or a
    rubrique that is missing or stands twice.
    """
    entete, *lignes = [ligne.split() for ligne in table.splitlines() if ligne.strip()] or [[]]
    inconnus = [mot for mot in entete if mot not in ENTETES]
    if inconnus:
        raise ValueError(f"unknown rubriques in the table: {inconnus}")
    if len(entete) != len(Rubrique) or len(set(entete)) != len(entete):
        raise ValueError("the table must name each of the 14 rubriques once")
    ouvertes: dict[Profil, frozenset[Rubrique]] = {}
    for code, *marques in lignes:
        profil = Profil(code)
        if profil in ouvertes:
            raise ValueError(f"profile {profil} stands twice in the table")
        if len(marques) != len(entete) or not set(marques) <= {"x", "-"}:
            raise ValueError(f"the row of {profil} must hold 14 marks, x or -")
        paires = zip(entete, marques, strict=True)
        ouvertes[profil] = frozenset(ENTETES[mot] for mot, marque in paires if marque == "x")
    manquants = [profil for profil in Profil if profil not in ouvertes]
    if manquants:
        raise ValueError(f"profiles missing from the table: {manquants}")
    return MappingProxyType(ouvertes)


RUBRIQUES: Mapping[Profil, frozenset[Rubrique]] = lire_table(TABLE)


def est_ouverte(profil: Profil, rubrique: Rubrique) -> bool:
    """Whether the webinar's table opens this rubrique to this profile."""
    return rubrique in RUBRIQUES[profil]
