"""The chore of publishing, where there is a broker: what is wrong with it is told once, and waited for."""

from collections.abc import Callable

from sqlalchemy import Engine

from socle.bail import Bail
from socle.causes import CONSTATS, Cause
from socle.courtier import CourtierIndisponible, Editeur
from socle.publication import publier
from socle.relais import Connu, avec

DU_COURTIER = (Cause.COURTIER, Cause.COURTIER_REFUSE, Cause.COURTIER_CERTIFICAT, Cause.FILE)
_REFUS = ("AccessRefused", "NotAllowed")
_ABSENCES = ("NotFound", "refusé(s)")


def annoncer(engine: Engine, source: str, editeur: Editeur, bail: Bail) -> Callable[[], None]:
    """Publishes all that has a rank; raises Connu, having said what is wrong, and what `publier` does else."""

    def tout() -> None:
        try:
            avec(bail, lambda: publier(engine, source, editeur, bail=bail))()
        except CourtierIndisponible as faute:
            dire_du_courtier(str(faute))
            raise Connu(str(faute)) from None
        dire_du_courtier(None)

    return tout


def dire_du_courtier(faute: str | None) -> None:
    """Say what is wrong with the broker, by the name of the kind of fault, or that nothing is."""
    if faute is None or faute == "SecretIllisible":  # that has been said
        CONSTATS.seulement([], DU_COURTIER)
    else:
        CONSTATS.seulement([cause_du_courtier(faute)], DU_COURTIER)


def cause_du_courtier(faute: str) -> Cause:
    """The cause that a fault of the broker tells, by the name of its kind."""
    if faute.startswith(_REFUS):
        return Cause.COURTIER_REFUSE
    if faute.startswith("SSLCertVerification"):
        return Cause.COURTIER_CERTIFICAT
    return Cause.FILE if any(absence in faute for absence in _ABSENCES) else Cause.COURTIER
