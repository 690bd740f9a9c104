"""`/journal`: how audit takes over the ranked events of this service, and tells it which may go."""

import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine

from socle.outbox import lire_tete, point, purger, ranges
from socle.veille import Veille


def lire(apres: int, engine: Engine, source: str, limite: int = 500, attente: int = 0) -> Any:
    """The events after a rank; where there are none, wait for them `attente` seconds at most."""
    fin, veille = time.monotonic() + attente, Veille(engine)
    try:  # the watch begins before the first look: a commit in between would be missed
        evenements = ranges(engine, apres, limite)
        while not evenements and veille.attendre(fin - time.monotonic()):
            evenements = ranges(engine, apres, limite)
    finally:
        veille.fermer()
    rang, empreinte = lire_tete(engine)
    dit = {
        "source": source,
        "evenements": [asdict(evenement) for evenement in evenements],
        "tete": {"rang": rang, "empreinte": empreinte},
    }
    if rang > apres and (not evenements or evenements[0].rang > apres + 1):
        rang, empreinte = point(engine)
        dit["point"] = {"rang": rang, "empreinte": empreinte}
    return dit


def purger_jusqu_a(body: dict[str, Any], engine: Engine, conservation_s: float) -> Any:
    """Let go of what audit has purged, of what is old enough here too: the age is this service's own affair."""
    return {"purges": purger(engine, body["jusqu_a"], time.time() - conservation_s)}
