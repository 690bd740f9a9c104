"""The access log where many requests a second are served: the lines of one turn of the loop are one write.

Invariant: a line is what `socle.journaux.Ligne` would have written, and is never cut in two: a write is shorter than
what a pipe takes in one piece (pipe(7), PIPE_BUF), since several workers share it.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

ECRIT_MAX = 3_500


class JournalEnLots:
    """Writes to a stream of bytes; `noter` is called in a loop."""

    def __init__(self, service: str, sortie: BinaryIO) -> None:
        self._sortie = sortie
        self._commun = f'+00:00","service":"{service}","niveau":"info","ou":"acces","quoi":"operation","operation":"'
        self._lignes: list[str] = []
        self._taille = 0
        self._seconde, self._quand = 0, ""

    def noter(self, operation: str, statut: int, ms: float, trace: str) -> None:
        """One request that is over. All of it is ours: words of the contracts, numbers, hexadecimal digits."""
        instant = time.time()
        seconde = int(instant)
        if seconde != self._seconde:
            self._seconde = seconde
            self._quand = datetime.fromtimestamp(seconde, UTC).isoformat().removesuffix("+00:00")
        if not self._lignes:
            asyncio.get_running_loop().call_soon(self.ecrire)
        ligne = (
            f'{{"quand":"{self._quand}.{int((instant - seconde) * 1e3):03d}{self._commun}{operation}",'
            f'"statut":{statut},"ms":{ms},"trace":"{trace}"}}\n'
        )
        self._lignes.append(ligne)
        self._taille += len(ligne)
        if self._taille > ECRIT_MAX:
            self.ecrire()

    def ecrire(self) -> None:
        """What has been noted, in one write."""
        if self._lignes:
            octets = "".join(self._lignes).encode()
            self._lignes.clear()
            self._taille = 0
            with suppress(OSError):  # as with `logging`: who reads the log being away stops nobody
                self._sortie.write(octets)
                self._sortie.flush()
