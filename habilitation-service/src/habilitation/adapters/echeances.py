"""The chore that tells the feed of memberships whose planned end is past.

Rights end by themselves: `domain.groupes.Appartenance.en_cours` reads the day. What is left is the token that was
signed before midnight; its version is lower than the one that this chore gives, once for each day.
"""

from datetime import datetime

from sqlalchemy import Engine, select, update

from habilitation.adapters.revocations import Revocations
from habilitation.adapters.tables import appartenances, echeances
from habilitation.adapters.version import Version
from socle.database import lecture
from socle.travail import jour_de


def dire_les_echeances(engine: Engine, maintenant: datetime) -> None:
    """Move the version on, and tell whose rights ended since the last day that was looked at."""
    jour = jour_de(maintenant)
    with lecture(engine) as connexion:
        if connexion.execute(select(echeances.c.jour)).scalar_one() >= jour:
            return
    with engine.begin() as connexion:
        version = Version(connexion)
        version.prendre()
        dernier = connexion.execute(select(echeances.c.jour)).scalar_one()
        echues = appartenances.c.echeance >= dernier, appartenances.c.echeance < jour
        ouvertes = select(appartenances.c.identifiant).distinct().where(appartenances.c.jusqu_a.is_(None), *echues)
        identifiants = sorted(connexion.execute(ouvertes).scalars())
        if identifiants:
            numero, _ = version.avancer(maintenant)
            Revocations(connexion).dire(numero, identifiants=identifiants)
        connexion.execute(update(echeances).values(jour=jour))
