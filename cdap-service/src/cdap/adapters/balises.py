"""Read the text, the dates and the amounts of XML elements of the Cnaf.

Invariant: an element that is absent or empty gives None; one that is filled wrongly rejects its household.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from cdap.adapters.recus import ChampInvalide

_JOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTANT = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,2})?")
CENTIME = Decimal("0.01")


def texte(balise: etree._Element, chemin: str) -> str | None:
    """The text of the first element at this path, without the spaces around it.

    Each step goes to the first child of that name (`findtext` would take three times as long, 40 times a household).
    """
    ici = balise
    for nom in chemin.split("/"):
        suivante = next(ici.iterchildren(nom), None)
        if suivante is None:
            return None
        ici = suivante
    lu = ici.text
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
    raise faute(balise, chemin, "date attendue, AAAA-MM-JJ")


def montant(balise: etree._Element, chemin: str) -> Decimal | None:
    """An amount in euros, given two places (« 0001675.00 » is 1675.00)."""
    lu = texte(balise, chemin)
    if lu is None:
        return None
    if _MONTANT.fullmatch(lu) is None:
        raise faute(balise, chemin, "montant attendu")
    return Decimal(lu).quantize(CENTIME) + Decimal("0.00")


def oui_non(balise: etree._Element, chemin: str) -> bool | None:
    """A TOP of the Cnaf: 1 or true, 0 or false."""
    lu = texte(balise, chemin)
    if lu is None:
        return None
    if lu not in {"0", "1", "true", "false"}:
        raise faute(balise, chemin, "0 ou 1 attendu")
    return lu in {"1", "true"}


def faute(balise: etree._Element, chemin: str, raison: str) -> ChampInvalide:
    """The field at this path, or the element where it should be, is why the household is rejected."""
    fautive = balise.find(chemin)
    return ChampInvalide(chemin.rpartition("/")[2], raison, ligne_de(balise if fautive is None else fautive))


def ligne_de(balise: etree._Element) -> int | None:
    """The line of the file on which an element begins."""
    ligne: Any = balise.sourceline
    return ligne if isinstance(ligne, int) else None
