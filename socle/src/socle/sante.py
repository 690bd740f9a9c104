"""Whether a process can do its work: its own database, its secrets, its keys, its outbox; never a neighbour.

Invariant: what is looked at is what is, at that moment; a cause is told once (`socle.causes`). A process looks by
itself, whether anybody asks or not, less and less often while something is wrong, and is right again by itself.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from socle.causes import CONSTATS, PHRASES, REMARQUES, Cause, Constat, Pauses
from socle.cles import Trousseau
from socle.fichiers import ecrire
from socle.outbox import en_attente_depuis
from socle.revision import Revisions, dire, nature, regarder
from socle.secret import SecretIllisible

AGE_MAX_S = 60.0
REGARD_S = 5.0
BASE = (Cause.BASE, Cause.BASE_REFUSEE, Cause.BASE_CERTIFICAT, Cause.MIGRATIONS, Cause.BASE_RECENTE)
logger = logging.getLogger(__name__)


def regarder_la_base(engine: Engine, revisions: Revisions | None) -> Cause | None:
    """What is wrong with the database, said where it is new."""
    cause = regarder(engine, revisions)
    CONSTATS.seulement([cause] if cause else [], BASE)
    return cause


@dataclass(frozen=True)
class Sante:
    """Looks at what the service owns. `temoins` see what else may be wrong, and say it themselves."""

    service: str
    version: str
    engine: Engine
    trousseau: Trousseau
    revisions: Revisions | None = None
    secrets: list[Callable[[], str]] = field(default_factory=list)
    temoins: list[Callable[[], Iterable[Cause]]] = field(default_factory=list)

    def causes(self) -> Sequence[str]:
        """What keeps the service from its work, one word each; nothing if it is ready."""
        tenues: set[str] = set(self._de_la_base())
        for secret in self.secrets:
            with contextlib.suppress(SecretIllisible):
                secret()
                continue
            tenues.add(Cause.SECRET)
        if not self.trousseau.garni or self.trousseau.en_defaut:
            self.trousseau.rafraichir()
        if not self.trousseau.garni:
            tenues.add(Cause.CLES)
        for temoin in self.temoins:
            tenues.update(temoin())
        return sorted(tenues - REMARQUES)

    def _de_la_base(self) -> Iterable[Cause]:
        cause = regarder_la_base(self.engine, self.revisions)
        if cause is not None and cause not in REMARQUES:
            return [cause]
        try:
            depuis = en_attente_depuis(self.engine)
        except SQLAlchemyError as faute:
            dire(faute)
            return [nature(faute) or Cause.BASE]
        vieux = depuis is not None and time.time() - depuis > AGE_MAX_S
        CONSTATS.seulement([Cause.OUTBOX] if vieux else [], [Cause.OUTBOX])
        return [Cause.OUTBOX] if vieux else []


class Guet:
    """Calls `regarder`, which gives what is wrong, again and again in a thread."""

    def __init__(self, regarder: Callable[[], object], toutes_les_s: float = REGARD_S) -> None:
        self._regarder = regarder
        self._toutes_les_s = toutes_les_s
        self._fini = threading.Event()
        self._fil: threading.Thread | None = None

    def commencer(self) -> None:
        """Look for as long as the process lives, or until `finir`."""
        if self._fil is None:
            self._fil = threading.Thread(target=self._guetter, name="guet", daemon=True)
            self._fil.start()

    def finir(self) -> None:
        """Look no more."""
        self._fini.set()

    def _voit(self) -> bool:
        """Whether something is wrong: that it could not look is, too."""
        try:
            return bool(self._regarder())
        except Exception as faute:  # noqa: BLE001 -- who stops looking says no more that it is over
            logger.error("guet en échec", extra={"faute": faute.__class__.__name__})
            return True

    def _guetter(self) -> None:
        pauses = Pauses()
        while not self._fini.is_set():
            if self._voit():
                self._fini.wait(pauses.suivante())
            else:
                pauses.reprendre()
                self._fini.wait(self._toutes_les_s)


def tenir_un_etat(fichier: Path) -> None:
    """Keep, in a file, what is wrong with a process that has no port to be asked at."""

    def ecrire_l_etat(presents: frozenset[Constat]) -> None:
        causes = [{"cause": cause, "phrase": PHRASES[cause], "objet": objet} for cause, objet in sorted(presents)]
        pret = not any(cause not in REMARQUES for cause, _ in presents)
        with contextlib.suppress(OSError):  # its disk may be what is wrong
            ecrire(fichier, orjson.dumps({"pret": pret, "causes": causes, "depuis": time.time()}))

    CONSTATS.suivre(ecrire_l_etat)
