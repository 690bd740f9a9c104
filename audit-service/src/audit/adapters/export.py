"""The export of the journal: NDJSON that the separate verifier reads, with the proof of each entry.

Invariant: one line per entry, by source then rank, from one read-only transaction; the bytes of an event come
back from `corps` by UTF-8 with `surrogateescape`, whatever they are.
"""

import json
from collections.abc import Iterator

from sqlalchemy import Engine, select

from audit.adapters.tables import journal
from socle.database import lecture

PAR_LECTURE = 500


def lignes(engine: Engine) -> Iterator[bytes]:
    """Every entry, as it stands when the first is read."""
    colonnes = (journal.c[nom] for nom in ("source", "rang", "version", "precedente", "empreinte", "corps"))
    requete = select(*colonnes).order_by(journal.c.source, journal.c.rang)
    with lecture(engine) as connexion:
        for ligne in connexion.execution_options(yield_per=PAR_LECTURE).execute(requete):
            dit = {**ligne._mapping, "corps": ligne.corps.decode("utf-8", "surrogateescape")}
            yield json.dumps(dit).encode("ascii") + b"\n"
