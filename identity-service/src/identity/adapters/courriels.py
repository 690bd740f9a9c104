"""The queue of mails.

Invariant: who sends a mail has taken it first, and the next try is then already set: a sender that dies
leaves it to the next one. Once sent, the text is erased, because it holds a provisional password.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, insert, select, update
from uuid_utils.compat import uuid7

from identity.adapters.tables import courriels
from identity.domain.courriels import Courriel

DELAI_S, DELAI_MAX_S = 30.0, 3_600.0


@dataclass(frozen=True, slots=True)
class EnAttente:
    """A mail that was taken from the queue to be sent."""

    id: str
    courriel: Courriel
    essais: int


class CourrielsSql:
    """The queue, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def enfiler(self, courriel: Courriel, instant: datetime) -> None:
        """Have this mail sent after the commit."""
        self._connexion.execute(
            insert(courriels).values(
                id=str(uuid7()),
                destinataire=courriel.destinataire,
                objet=courriel.objet,
                texte=courriel.texte,
                cree_a=instant.timestamp(),
                essais=0,
                prochain_essai_a=instant.timestamp(),
            )
        )


def y_en_a(engine: Engine, a: float) -> bool:
    """Whether a mail is due, without waiting for any writer."""
    with engine.connect().execution_options(lecture=True) as connexion:
        return connexion.execute(_du(a)).first() is not None


def prendre(engine: Engine, a: float) -> EnAttente | None:
    """Take the mail that has been due the longest; its next try waits twice as long each time, an hour at most."""
    with engine.begin() as connexion:
        ligne = connexion.execute(_du(a).with_for_update(skip_locked=True)).first()
        if ligne is None:
            return None
        delai = min(DELAI_S * 2**ligne.essais, DELAI_MAX_S)
        connexion.execute(
            update(courriels)
            .where(courriels.c.id == ligne.id, courriels.c.essais == ligne.essais)
            .values(essais=ligne.essais + 1, prochain_essai_a=a + delai)
        )
        return EnAttente(ligne.id, Courriel(ligne.destinataire, ligne.objet, ligne.texte), ligne.essais + 1)


def marquer_envoye(engine: Engine, pris: EnAttente, a: float) -> None:
    """Strike the mail off the queue, and erase its text."""
    with engine.begin() as connexion:
        connexion.execute(
            update(courriels)
            .where(courriels.c.id == pris.id, courriels.c.envoye_a.is_(None))
            .values(envoye_a=a, texte="")
        )


def _du(a: float) -> Select[Any]:
    return (
        select(courriels)
        .where(courriels.c.envoye_a.is_(None), courriels.c.prochain_essai_a <= a)
        .order_by(courriels.c.prochain_essai_a)
        .limit(1)
    )
