"""The composition root of habilitation: settings → adapters → app."""

from pathlib import Path
from typing import TYPE_CHECKING

from habilitation.adapters.comptes import ComptesDIdentity
from habilitation.adapters.depots import Depots
from habilitation.settings import Reglages
from habilitation.usecases.ports import Comptes
from socle.assemblage import assembler
from socle.commandes import commandes

if TYPE_CHECKING:
    from connexion import FlaskApp

MIGRATIONS = Path(__file__).parent / "migrations"


def application(reglages: Reglages, comptes: Comptes | None = None) -> "FlaskApp":
    """The ASGI app. `comptes` stands for identity where identity itself is not asked."""
    assemblage = assembler(reglages, Depots)
    return assemblage.application(
        {"comptes": comptes or ComptesDIdentity(assemblage.voisin("identity", reglages.url_identity))}
    )


groupe = commandes(Reglages, MIGRATIONS, application)
