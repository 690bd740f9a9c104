"""Logs: one JSON object a line on standard error, with the trace id, and never personal data.

Invariant: only the fields named here leave; a library's own message that may echo input is silenced.
"""

import logging
import logging.config
import os
from datetime import UTC, datetime

import orjson

CHAMPS = ("operation", "acte", "statut", "ms", "trace", "faute", "source", "rang", "nombre", "cause")
ERREUR = 2
"""Standard error itself: what a test runner puts in the place of `sys.stderr` may be no file."""
BAVARDS = ("connexion", "uvicorn.access", "urllib3", "asyncio", "a2wsgi", "aiohttp")


class Ligne(logging.Formatter):
    """One record, one JSON line. The text of an exception is never written: only where it came from."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        ligne = {
            "quand": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "service": self._service,
            "niveau": record.levelname.lower(),
            "ou": record.name,
            "quoi": record.getMessage(),
        }
        dits = vars(record)
        ligne |= {champ: dits[champ] for champ in CHAMPS if champ in dits}
        if record.exc_info and record.exc_info[0]:
            ligne["faute"] = record.exc_info[0].__name__
        return orjson.dumps(ligne, default=str).decode()


class Sortie(logging.Handler):
    """Each line is one write, whole whatever others write beside it: threads need not wait for one another."""

    def __init__(self, fichier: int) -> None:
        super().__init__()
        self._fichier = fichier

    def createLock(self) -> None:
        """None is needed."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        try:
            os.write(self._fichier, self.format(record).encode() + b"\n")
        except Exception:  # noqa: BLE001 -- as logging has it: a log that cannot be written stops nobody
            self.handleError(record)


def ouvrir(service: str) -> None:
    """Send every log of this process to standard error, as JSON lines."""
    sortie = Sortie(ERREUR)
    sortie.setFormatter(Ligne(service))
    logging.basicConfig(level=logging.INFO, handlers=[sortie], force=True)
    # What no line of ours says is not looked for at each of them ("Optimization" in Python's logging HOWTO).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for nom in BAVARDS:
        logging.getLogger(nom).setLevel(logging.CRITICAL)
