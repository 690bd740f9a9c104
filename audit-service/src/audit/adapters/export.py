"""The export of the journal: NDJSON that the separate verifier reads, with the proof of each entry.

Invariant: one line per source that was purged (its point), one per entry behind no point, by source then rank, one
per open alarm, from one read-only transaction. The
bytes of an event come back from `corps` by UTF-8 with `surrogateescape`, whatever they are; `recherche` is what
stands in the columns that searches look at, so that the verifier can hold it against the bytes.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, Integer, Row, and_, func, select, type_coerce

from audit.adapters.alarmes import AlarmesSql
from audit.adapters.tables import EXTRAITS, journal, points
from audit.domain.accueil import Entree
from audit.domain.chaine import Recu
from audit.domain.evenement import interpreter
from socle.database import lecture

PAR_LECTURE = 500
_PREUVE = ("source", "rang", "version", "precedente", "empreinte")
_CORPS, _ILLISIBLE = len(_PREUVE), len(_PREUVE) + 1
_BOOLEENS = {0: False, 1: True}
"""What SQLite keeps for them; any other value that stands there is told as it stands, for a search may miss it."""

_REQUETE = (
    select(
        *(journal.c[nom] for nom in _PREUVE),
        journal.c.corps,
        type_coerce(journal.c.illisible, Integer),
        *(journal.c[nom] for nom in EXTRAITS),
    )
    .where(~select(points.c.rang).where(points.c.source == journal.c.source, points.c.rang >= journal.c.rang).exists())
    .order_by(journal.c.source, journal.c.rang)
)
_DERNIERS = select(points.c.source, func.max(points.c.rang).label("rang")).group_by(points.c.source).subquery()
_POINTS = (
    select(points.c.source, points.c.rang, points.c.empreinte)
    .join(_DERNIERS, and_(points.c.source == _DERNIERS.c.source, points.c.rang == _DERNIERS.c.rang))
    .order_by(points.c.source)
)


def lignes(engine: Engine) -> Iterator[bytes]:
    """Every entry and every open alarm, as they stand when the first is read."""
    encodeur = json.JSONEncoder(default=_etranger)
    with lecture(engine) as connexion:
        for point in connexion.execute(_POINTS):
            yield encodeur.encode({"point": dict(point._mapping)}).encode("ascii") + b"\n"
        for ligne in connexion.execution_options(yield_per=PAR_LECTURE).execute(_REQUETE):
            yield encodeur.encode(_entree(ligne)).encode("ascii") + b"\n"
        for alarme in AlarmesSql(connexion).ouvertes():
            dite = {"numero": alarme.id, "source": alarme.source, "rang": alarme.rang, "genre": alarme.genre}
            yield encodeur.encode({"alarme": dite}).encode("ascii") + b"\n"


def entrees(engine: Engine) -> Iterator[Entree]:
    """Every entry behind no point, as they stand when the first is read, for what shows them without their columns."""
    with lecture(engine) as connexion:
        for ligne in connexion.execution_options(yield_per=PAR_LECTURE).execute(_REQUETE):
            recu = Recu(ligne.rang, ligne.version, ligne.precedente, ligne.empreinte, ligne.corps)
            yield Entree(ligne.source, recu, interpreter(ligne.corps))


def _entree(ligne: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    dite = dict(zip(_PREUVE, ligne, strict=False))
    dite["corps"] = ligne[_CORPS].decode("utf-8", "surrogateescape")
    recherche = dict(zip(EXTRAITS, ligne[_ILLISIBLE + 1 :], strict=True))
    recherche["illisible"] = _BOOLEENS.get(ligne[_ILLISIBLE], ligne[_ILLISIBLE])
    dite["recherche"] = recherche
    return dite


def _etranger(valeur: Any) -> dict[str, str]:
    """SQLite lets bytes stand in a column of text: they are told, and fit nothing."""
    return {"octets": bytes(valeur).hex()}
