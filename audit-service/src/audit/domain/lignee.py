"""A source that was restored from a copy opens a new lineage: its first event names the head that audit knows.

`objet` of that event is `RANG:EMPREINTE:COMMUN`: that head, and the last rank that the source has in common with it;
the acts of the ranks between are no longer in the source's database, but in the journal they are.
"""

import re
from collections.abc import Callable

from audit.domain.chaine import AVANT_TOUT, Tete
from audit.domain.evenement import interpreter

TYPE = "journal.lignee.ouverte"
_OBJET = re.compile(r"([0-9]{1,18}):([0-9a-f]{64}):([0-9]{1,18})")
_JAMAIS = Tete(-1, "")


def lit_ouverture(corps: bytes) -> Tete | None:
    """The head from which this event opens a lineage, None if it opens none; one that names no head fits nowhere."""
    if TYPE.encode() not in corps:
        return None
    dit = interpreter(corps)
    if dit is None or dit.type != TYPE:
        return None
    lu = _OBJET.fullmatch(dit.objet or "")
    return _JAMAIS if lu is None else Tete(int(lu[1]), lu[2])


def dernier_commun(jusqu_a: int, pareilles: Callable[[int], bool]) -> int:
    """The last rank at which two chains have the same print; `pareilles` says it of one rank, 0 excluded.

    Prints are over the ones before: chains that agree at a rank agree below it, so halving finds it.
    """
    bas, haut = AVANT_TOUT.rang, jusqu_a
    if haut and pareilles(haut):
        return haut  # asked first: of ranks that audit lost, it may know no print but that of a witness
    while bas < haut:
        milieu = (bas + haut + 1) // 2
        bas, haut = (milieu, haut) if pareilles(milieu) else (bas, milieu - 1)
    return bas
