"""A source that was restored from a copy goes on from the head that audit knows, and says so (ADR 30).

Invariant: what audit has keeps its rank and its print; what it does not have waits for a rank again; and the first
event of the new lineage names the known head and the last rank that both have, so that what was lost is said.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, Engine, insert, select, update
from uuid_utils.compat import uuid7

from socle.acces import Acces
from socle.evenement import ACCORDE, composer
from socle.outbox import VERSION, empreinte, outbox, tete

TYPE = "journal.lignee.ouverte"
_FORME = re.compile(r"([0-9]{1,18}):([0-9a-f]{64}):([0-9]{1,18})")


class LigneeImpossible(ValueError):
    """The lineage that was asked for does not fit this source; the text, in French, is for its operator."""


@dataclass(frozen=True, slots=True)
class Reprise:
    """The head that audit knows (`rang`, `empreinte`), and the last rank that its chain and this source share."""

    rang: int
    empreinte: str
    commun: int

    @classmethod
    def lire(cls, texte: str) -> Self:
        """Read `RANG:EMPREINTE:COMMUN`, as `audit lignee` gives it. Raises LigneeImpossible."""
        lu = _FORME.fullmatch(texte)
        if lu is None or int(lu[3]) > int(lu[1]):
            raise LigneeImpossible("Une lignée s’écrit RANG:EMPREINTE:COMMUN, comme « audit lignee » la donne.")
        return cls(int(lu[1]), lu[2], int(lu[3]))

    def __str__(self) -> str:
        return f"{self.rang}:{self.empreinte}:{self.commun}"


def ouvrir_lignee(engine: Engine, source: str, reprise: Reprise, instant: datetime) -> int:
    """Open the lineage in one transaction; how many events wait for a rank again. Raises LigneeImpossible."""
    with engine.begin() as connexion:
        debut = connexion.execute(select(tete).with_for_update()).one()
        if (debut.rang, debut.empreinte) == (reprise.rang, reprise.empreinte):
            raise LigneeImpossible("La source en est déjà à cette tête : il n’y a pas de lignée à ouvrir.")
        if reprise.commun not in (0, debut.rang) and not _connu(connexion, reprise.commun):
            raise LigneeImpossible("La source n’a pas ce rang commun : redemandez-le à « audit lignee ».")
        diverges = outbox.c.rang > reprise.commun
        combien = connexion.execute(
            update(outbox).where(diverges).values(rang=None, version=None, precedente=None, empreinte=None)
        ).rowcount
        id = uuid7()
        corps = composer(
            id=id, source=source, type=TYPE, instant=instant, acces=Acces(acte="nouvelle-lignee", client="relais"),
            groupe=None, issue=ACCORDE, cause=None, notes={"objet": str(reprise)},
        )  # fmt: skip
        place = {"rang": reprise.rang + 1, "empreinte": empreinte(reprise.empreinte, corps)}
        ligne = {"id": str(id), "corps": corps, "inscrit_a": instant.timestamp(), "version": VERSION}
        connexion.execute(insert(outbox).values(ligne | place | {"precedente": reprise.empreinte}))
        connexion.execute(update(tete).values(**place))
    return combien


def _connu(connexion: Connection, rang: int) -> bool:
    """Whether this rank was given here; where it was purged, the next one was."""
    connu = select(outbox.c.seq).where(outbox.c.rang.in_((rang, rang + 1))).limit(1)
    return connexion.execute(connu).scalar() is not None
