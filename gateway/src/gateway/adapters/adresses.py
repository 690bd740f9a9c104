"""Where a service is: the addresses of its name, asked for again every second, the sound ones first.

Invariant: an address that failed, or that says it is leaving, is only put behind the others, never out: where it is
the last one, it is still tried.
"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

FRAICHES_S = 1.0
ECARTEE_S = 5.0  # as long as a service that leaves still answers, and its name still leads to it
Resoudre = Callable[[str, int], Awaitable[list[str]]]


async def resoudre(nom: str, port: int) -> list[str]:
    """The addresses of a name. Raises OSError."""
    trouvees = await asyncio.get_running_loop().getaddrinfo(nom, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(trouvee[4][0]) for trouvee in trouvees))


class Adresses:
    """Of one service. Several containers behind one name are several addresses, taken in turn."""

    def __init__(self, nom: str, port: int, resoudre: Resoudre) -> None:
        self._nom, self._port, self._resoudre = nom, port, resoudre
        self._connues: list[str] = []
        self._perimees_a = 0.0
        self._ecartees: dict[str, float] = {}
        self._tour = 0

    async def dans_l_ordre(self) -> list[str]:
        """All of them, in the order in which they are to be tried. Raises OSError where the name has never led
        anywhere; one that does not any more leads where it did last."""
        if time.monotonic() >= self._perimees_a:
            try:
                self._connues = await self._resoudre(self._nom, self._port)
            except OSError:
                if not self._connues:
                    raise
            self._perimees_a = time.monotonic() + FRAICHES_S
        self._tour += 1
        debut = self._tour % max(1, len(self._connues))
        maintenant = time.monotonic()
        self._ecartees = {adresse: fin for adresse, fin in self._ecartees.items() if fin > maintenant}
        tournees = self._connues[debut:] + self._connues[:debut]
        return sorted(tournees, key=lambda adresse: self._ecartees.get(adresse, 0.0))

    def ecarter(self, adresse: str) -> None:
        """Try the others before this one, for a while."""
        self._ecartees[adresse] = time.monotonic() + ECARTEE_S

    def a_eviter(self, adresse: str) -> bool:
        """Whether it is one of those that stand behind another."""
        if not self._ecartees:
            return False
        maintenant = time.monotonic()
        saines = [connue for connue in self._connues if self._ecartees.get(connue, 0.0) <= maintenant]
        return bool(saines) and adresse not in saines

    def oublier(self) -> None:
        """Ask for the name again: what it led to did not answer."""
        self._perimees_a = 0.0
