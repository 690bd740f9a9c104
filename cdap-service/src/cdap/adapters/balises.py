"""Read the text, the dates and the amounts of XML elements of the Cnaf.

Invariant: an element that is absent or empty gives None; one that is filled wrongly rejects its household.
"""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from cdap.adapters.recus import ChampInvalide

_JOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTANT = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,2})?")
CENTIME = Decimal("0.01")


def texte(balise: etree._Element, chemin: str) -> str | None:
    """The text of the first element at this path, without the spaces around it."""
    lu = balise.findtext(chemin)
    return (lu.strip() or None) if lu else None


def jour(balise: etree._Element, chemin: str) -> date | None:
    """A date AAAA-MM-JJ."""
    lu = texte(balise, chemin)
    if lu is None:
        return None
    try:
        if _JOUR.fullmatch(lu):
            return date.fromisoformat(lu)
    except ValueError:
        pass
    raise ChampInvalide(_champ(chemin), "date attendue, AAAA-MM-JJ")


def montant(balise: etree._Element, chemin: str) -> Decimal | None:
    """An amount in euros, given two places (« 0001675.00 » is 1675.00)."""
    lu = texte(balise, chemin)
    if lu is None:
        return None
    if _MONTANT.fullmatch(lu) is None:
        raise ChampInvalide(_champ(chemin), "montant attendu")
    return Decimal(lu).quantize(CENTIME) + Decimal("0.00")


def oui_non(balise: etree._Element, chemin: str) -> bool | None:
    """A TOP of the Cnaf: 1 or true, 0 or false."""
    lu = texte(balise, chemin)
    if lu is None:
        return None
    if lu not in {"0", "1", "true", "false"}:
        raise ChampInvalide(_champ(chemin), "0 ou 1 attendu")
    return lu in {"1", "true"}


def _champ(chemin: str) -> str:
    return chemin.rpartition("/")[2]
