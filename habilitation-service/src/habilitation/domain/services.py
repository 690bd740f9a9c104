"""The services of the portal, and the roles that a bulletin d'adhésion can grant on each: data, nothing else.

What a role opens is the word of its own service (the matrix of CDAP is cdap's), and so are AFAS' caps on how many
persons hold each role.
"""

from collections.abc import Mapping
from enum import StrEnum


class Service(StrEnum):
    """A service to which a partner can adhere (webinar, the menu and « 1 bulletin d'adhésion par service »)."""

    CDAP = "cdap"
    AFAS = "afas"
    ADONIS = "adonis"
    BAILLEUR = "bailleur"
    DGFIP = "dgfip"


ROLES: Mapping[Service, frozenset[str]] = {
    # « 16 profils différents » (webinar, « Les profils »); T3, T7 and T17 do not exist.
    Service.CDAP: frozenset(
        {"T1", "T2", "T4", "T5", "T6", "T8", "T9", "T10", "T11", "T12", "T13", "T14", "T15", "T16", "T18", "T19"}
    ),
    # « 2 FDA – 2 FDF – 1 FDI – 1 Approbateur » (webinar, AFAS).
    Service.AFAS: frozenset({"FDA", "FDF", "FDI", "APPROBATEUR"}),
    # The webinar names no roles for the three services below: these are ours.
    Service.ADONIS: frozenset({"SAISIE", "CONSULTATION"}),
    Service.BAILLEUR: frozenset({"GESTION", "CONSULTATION"}),
    # Its two purposes: opposition à tiers détenteur, and droit de communication (webinar, « Offre DGFIP »).
    Service.DGFIP: frozenset({"OTD", "COMMUNICATION"}),
}

# « Le responsable des habilitations d'un service (CDAP, AFAS, Bailleurs) » (webinar).
AVEC_RESPONSABLE = frozenset({Service.CDAP, Service.AFAS, Service.BAILLEUR})
