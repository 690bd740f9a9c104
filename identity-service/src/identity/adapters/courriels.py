"""The queue of mails. Once sent, the text is erased, because it holds a provisional password."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row
from uuid_utils.compat import uuid7

from identity.adapters.tables import courriels
from identity.domain.courriels import Courriel
from socle.courriels import Poste
from socle.envois import File, Tournee, enfiler


class CourrielsSql:
    """The queue, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def enfiler(self, courriel: Courriel, instant: datetime) -> None:
        """Have this mail sent after the commit."""
        enfiler(
            self._connexion,
            courriels,
            instant,
            id=str(uuid7()),
            destinataire=courriel.destinataire,
            objet=courriel.objet,
            texte=courriel.texte,
        )


def expedition(engine: Engine, poste: Poste) -> Tournee:
    """The chore that sends what is in the queue."""

    def remettre(ligne: Row[Any]) -> None:
        poste.envoyer(ligne.id, ligne.destinataire, ligne.objet, ligne.texte)

    return Tournee(File(engine, courriels, {"texte": ""}), remettre)
