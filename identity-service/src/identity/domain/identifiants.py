"""The identifiant of an account: LOG, ACC or ENF, then characters that cannot be taken for one another.

Invariant: what `tirer` gives has the form of the contract (`contracts/commun`, Identifiant).
"""

import re
import secrets
from enum import StrEnum

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LONGUEUR = 5
_FORME = re.compile(rf"(LOG|ACC|ENF)[{ALPHABET}]{{4,12}}")


class Prefixe(StrEnum):
    """The three beginnings (webinar, « Identifiant LOG*** ACC*** ENF*** »)."""

    LOG = "LOG"
    ACC = "ACC"
    ENF = "ENF"


class Theme(StrEnum):
    """The theme under which somebody uses the portal; it chooses the beginning."""

    LOGEMENT = "logement"
    ACCES_AUX_DROITS = "acces-aux-droits"
    ENFANCE = "enfance"

    @property
    def prefixe(self) -> Prefixe:
        """The beginning of the identifiants of this theme."""
        return {"logement": Prefixe.LOG, "acces-aux-droits": Prefixe.ACC, "enfance": Prefixe.ENF}[self.value]


def tirer(prefixe: Prefixe) -> str:
    """Draw an identifiant, without l, I, O, 0 nor 1 (webinar: « Différencier le l du I, la lettre O du zéro »)."""
    return prefixe + "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR))


def bien_forme(texte: str) -> bool:
    """Whether this can be an identifiant at all; what cannot is never looked up, nor kept."""
    return _FORME.fullmatch(texte) is not None
