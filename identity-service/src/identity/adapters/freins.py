"""The counts of failures. Invariant: counted under keyed prints; a count that is old enough begins again at one."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from identity.adapters.tables import freins
from identity.domain.freins import Bareme, Compteur


class FreinsSql:
    """Counts, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, cles: Collection[str], verrou: bool = False) -> dict[str, Compteur]:
        """The counts of these keys; with `verrou` they stay as they are until the end of the transaction."""
        requete = select(freins).where(freins.c.cle.in_(cles)).order_by(freins.c.cle)
        lignes = self._connexion.execute(requete.with_for_update() if verrou else requete).all()
        return {ligne.cle: Compteur(ligne.echecs, datetime.fromtimestamp(ligne.dernier_a, UTC)) for ligne in lignes}

    def compter(self, cles: Mapping[str, Bareme], instant: datetime) -> None:
        """One more failure under each key."""
        for cle, bareme in sorted(cles.items()):
            if not self._ajouter(cle, bareme, instant):
                try:
                    with self._connexion.begin_nested():
                        self._connexion.execute(insert(freins).values(cle=cle, echecs=1, dernier_a=instant.timestamp()))
                except IntegrityError:  # somebody else has counted the first one meanwhile
                    self._ajouter(cle, bareme, instant)

    def oublier(self, cle: str) -> None:
        """Begin again at zero."""
        self._connexion.execute(delete(freins).where(freins.c.cle == cle))

    def _ajouter(self, cle: str, bareme: Bareme, instant: datetime) -> bool:
        ancien = freins.c.dernier_a <= instant.timestamp() - bareme.oubli_s
        fait = self._connexion.execute(
            update(freins)
            .where(freins.c.cle == cle)
            .values(echecs=case((ancien, 1), else_=freins.c.echecs + 1), dernier_a=instant.timestamp())
        )
        return fait.rowcount == 1
