"""Logs: one JSON object a line on standard error, with the trace id, and never personal data.

Invariant: only the fields named here leave; a library's own message that may echo input is silenced.
"""

import logging
import logging.config
from datetime import UTC, datetime

import orjson

CHAMPS = ("operation", "acte", "statut", "ms", "trace", "faute", "source", "rang", "nombre", "cause")
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


def ouvrir(service: str) -> None:
    """Send every log of this process to standard error, as JSON lines."""
    sortie = logging.StreamHandler()
    sortie.setFormatter(Ligne(service))
    logging.basicConfig(level=logging.INFO, handlers=[sortie], force=True)
    # What no line of ours says is not looked for at each of them ("Optimization" in Python's logging HOWTO).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for nom in BAVARDS:
        logging.getLogger(nom).setLevel(logging.CRITICAL)
