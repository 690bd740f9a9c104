"""Suspensions, open and lifted."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from habilitation.adapters import bornes
from habilitation.adapters.ecriture import clore, ouvert, ouvrir, trait_de
from habilitation.adapters.tables import suspensions
from habilitation.domain.liens import Trait
from habilitation.domain.refus import DejaExistant
from habilitation.domain.suspensions import Cible, Suspension


class Suspensions:
    """The store of suspensions."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def prononcer(self, siret: str, suspension: Suspension) -> None:
        """See the port."""
        with bornes.sous({bornes.SUSPENSION: DejaExistant}):
            ouvrir(
                self._connexion,
                suspensions,
                suspension.prononcee,
                id=suspension.id,
                partenaire=siret,
                cible=suspension.cible,
                reference=suspension.reference,
            )

    def lever(self, id: str, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, suspensions, trait, suspensions.c.id == id)

    def en_cours(self, siret: str, a: datetime | None = None) -> tuple[Suspension, ...]:
        """See the port."""
        ouvertes = select(suspensions).where(suspensions.c.partenaire == siret, ouvert(suspensions, a))
        lignes = self._connexion.execute(ouvertes.order_by(suspensions.c.depuis))
        return tuple(Suspension(ligne.id, Cible(ligne.cible), ligne.reference, trait_de(ligne)) for ligne in lignes)

    def histoire(self, siret: str) -> tuple[Suspension, ...]:
        """See the port."""
        toutes = select(suspensions).where(suspensions.c.partenaire == siret).order_by(suspensions.c.depuis)
        return tuple(
            Suspension(ligne.id, Cible(ligne.cible), ligne.reference, trait_de(ligne), _levee(ligne))
            for ligne in self._connexion.execute(toutes)
        )


def _levee(ligne: Row[Any]) -> Trait | None:
    return None if ligne.jusqu_a is None else Trait(ligne.jusqu_a, ligne.clos_par, ligne.clos_motif)
