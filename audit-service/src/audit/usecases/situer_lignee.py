"""Where a source that was restored from a copy must go on: what its operator gives to `relay --nouvelle-lignee`."""

from dataclasses import dataclass
from typing import Protocol

from audit.domain.chaine import Tete
from audit.domain.lignee import dernier_commun
from audit.usecases.ports import Registre, Temoins


class Chaine(Protocol):
    """The chain of a source, as it is there now."""

    @property
    def nom(self) -> str: ...

    def empreinte(self, rang: int) -> str | None:
        """The print at a rank. Raises VoisinIndisponible."""
        ...

    def tete(self) -> Tete:
        """The head. Raises VoisinIndisponible."""
        ...


@dataclass(frozen=True, slots=True)
class Situation:
    """The last head known to audit, and the last rank that it and the source have in common."""

    connue: Tete
    commun: int

    def __str__(self) -> str:
        return f"{self.connue.rang}:{self.connue.empreinte}:{self.commun}"


def situer_lignee(registre: Registre, temoins: Temoins, source: Chaine) -> Situation | None:
    """Give it; None where the source goes on from the journal as it should. Raises VoisinIndisponible.

    The known head is the journal's, or a witness's that is higher: audit itself may be what was restored.
    """
    la = source.tete()
    with registre.lecture() as depots:
        ici, point = depots.journal.tete(source.nom), depots.journal.point(source.nom)
        temoin = temoins.dernier(source.nom)
        connue = temoin if temoin is not None and temoin.rang > ici.rang else ici

        def pareilles(rang: int) -> bool:
            if rang <= point.rang:
                return True
            if rang == connue.rang:
                notre: str | None = connue.empreinte
            else:
                notre = depots.journal.empreintes(source.nom, [rang]).get(rang)
            return notre is not None and source.empreinte(rang) == notre

        commun = dernier_commun(min(la.rang, connue.rang), pareilles)
    return None if commun == connue.rang else Situation(connue, commun)
