"""The composition root of habilitation: settings → adapters → app, and the chores of its relay."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from habilitation.adapters import envois
from habilitation.adapters.comptes import ComptesDIdentity
from habilitation.adapters.depots import Depots
from habilitation.adapters.echeances import dire_les_echeances
from habilitation.settings import Reglages
from habilitation.usecases.ports import Comptes
from socle import fil
from socle.assemblage import assembler
from socle.commandes import commandes
from socle.relais import MINUTE_S, chaque
from socle.travail import maintenant

if TYPE_CHECKING:
    from connexion import FlaskApp

MIGRATIONS = Path(__file__).parent / "migrations"
GARDE_DU_FIL_S = 3600.0


def application(reglages: Reglages, comptes: Comptes | None = None) -> "FlaskApp":
    """The ASGI app. `comptes` stands for identity where identity itself is not asked."""
    assemblage = assembler(reglages, Depots)
    return assemblage.application(
        {"comptes": comptes or ComptesDIdentity(assemblage.voisin("identity", reglages.url_identity))}
    )


def corvees(_: Reglages, engine: Engine) -> Sequence[Callable[[], None]]:
    """What the relay does besides ranking: it tells planned ends, and forgets old revocations and old keys."""
    return (
        lambda: dire_les_echeances(engine, maintenant()),
        chaque(MINUTE_S, lambda: fil.oublier(engine, GARDE_DU_FIL_S)),
        chaque(MINUTE_S, lambda: envois.oublier(engine, maintenant())),
    )


groupe = commandes(Reglages, MIGRATIONS, application, corvees)
