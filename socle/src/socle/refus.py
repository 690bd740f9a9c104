"""The one base class of every refusal: standard library only, so that a `domain` may import it."""

from collections.abc import Mapping
from typing import ClassVar


class Refus(Exception):
    """An act that the rules forbid; it is traced with its true cause and answered with a neutral problem.

    `issue` is what the event says: `refuse`, or `echec` where nobody said no;
    `code` names a problem type of `contracts/problems.yaml` (what the caller is told);
    `cause` is what the journal keeps, one word in snake_case, never a value that was typed.
    `erreurs` are (field of the contract, what is wrong with it, in French), `entetes` go with the answer;
    `recu` is the receipt, once the unit of work has recorded the refusal.
    """

    code: ClassVar[str]
    issue: ClassVar[str] = "refuse"

    def __init__(
        self,
        cause: str | None = None,
        *,
        erreurs: tuple[tuple[str, str], ...] = (),
        entetes: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(cause or self.code)
        self.cause = cause or self.code.replace("-", "_")
        self.erreurs = erreurs
        self.entetes = dict(entetes or {})
        self.recu: str | None = None


class AccesRefuse(Refus):
    """The rule of the operation, or its perimeter, does not let this person act."""

    code = "acces-refuse"


class RessourceInconnue(Refus):
    """What the address names does not exist, or is not for this person to know."""

    code = "ressource-inconnue"


class VoisinIndisponible(Refus):
    """A neighbour that the act needs does not answer."""

    code = "voisin-indisponible"
    issue = "echec"
