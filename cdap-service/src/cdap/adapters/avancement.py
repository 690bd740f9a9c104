"""How far a long command is: a bar on a terminal, plain lines elsewhere; nothing for what is over at once."""

import sys
import time
from collections.abc import Callable

PETIT = 2_000_000
"""Bytes of a file that needs no progress."""
ENTRE_LIGNES_S = 5.0
ENTRE_IMAGES_S = 0.1
LARGEUR = 30

Dire = Callable[[str], object]


def suivre(
    nom: str, taille: int, *, terminal: bool | None = None, dire: Dire = sys.stderr.write
) -> Callable[[int], None]:
    """For a named stage over so many bytes: whom to tell how many are behind. `terminal` None looks by itself."""
    if taille < PETIT:
        return lambda _: None
    sur_terminal = sys.stderr.isatty() if terminal is None else terminal
    return _Suivi(
        nom, taille, dire, _barre if sur_terminal else _ligne, ENTRE_IMAGES_S if sur_terminal else ENTRE_LIGNES_S
    )


class _Suivi:
    """Tells at most once in a while, and the end always."""

    def __init__(self, nom: str, taille: int, dire: Dire, forme: Callable[[str, float], str], pas_s: float) -> None:
        self._nom = nom
        self._taille = taille
        self._dire = dire
        self._forme = forme
        self._pas_s = pas_s
        self._prochain = time.monotonic() + pas_s
        self._fini = False

    def __call__(self, octets: int) -> None:
        fini = octets >= self._taille
        if self._fini or not (fini or time.monotonic() >= self._prochain):
            return
        self._prochain = time.monotonic() + self._pas_s
        self._fini = fini
        self._dire(self._forme(self._nom, min(1.0, octets / self._taille)))


def _barre(nom: str, part: float) -> str:
    plein = round(part * LARGEUR)
    return f"\r{nom:<10} [{'#' * plein}{'.' * (LARGEUR - plein)}] {part:4.0%}" + ("\n" if part >= 1 else "")


def _ligne(nom: str, part: float) -> str:
    return f"{nom} : {part:.0%}\n"
