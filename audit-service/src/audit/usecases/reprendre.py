"""Where the collection of a source goes on."""

from audit.usecases.ports import Registre


def reprendre(registre: Registre, source: str) -> int | None:
    """The rank after which to ask; None while an alarm stops the source."""
    with registre.lecture() as depots:
        return None if depots.alarmes.arretent(source) else depots.journal.tete(source).rang
