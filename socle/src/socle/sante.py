"""Whether a service can do its work: its own database, its keys, the age of its outbox; never a neighbour."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from socle.cles import Trousseau
from socle.outbox import en_attente_depuis

AGE_MAX_S = 60.0


@dataclass(frozen=True)
class Sante:
    """Looks at what the service owns."""

    service: str
    version: str
    engine: Engine
    trousseau: Trousseau

    def causes(self) -> Iterator[str]:
        """What keeps the service from its work, one word each; nothing if it is ready."""
        try:
            depuis = en_attente_depuis(self.engine)
        except SQLAlchemyError:
            yield "base"
            return
        age = max(0.0, time.time() - depuis) if depuis is not None else 0.0
        if age > AGE_MAX_S:
            yield "outbox"
        if not self.trousseau.garni:
            self.trousseau.rafraichir()
            if not self.trousseau.garni:
                yield "cles"
