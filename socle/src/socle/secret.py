"""Secrets are files, read again when they change: one is turned without stopping who uses it.

Invariant: while a secret is being turned, the next one stands beside it, and each use tries both (`essais`); so it
does not matter which of them the other side knows at that moment. One that is needed and cannot be read is told once,
with the name of its file and never a word of it.
"""

from collections.abc import Iterator
from pathlib import Path

from socle.causes import CONSTATS, Cause

_lus: dict[Path, tuple[tuple[int, int], str]] = {}


class SecretIllisible(OSError):
    """The file is absent, cannot be read, is no text, or is empty."""


def lire(chemin: Path) -> str:
    """The content of a secret file, without the blanks around it, as it is now. Raises SecretIllisible."""
    try:
        vu = chemin.stat()
        etat = (vu.st_ino, vu.st_mtime_ns)
        connu = _lus.get(chemin)
        if connu is None or connu[0] != etat:
            connu = _lus[chemin] = (etat, chemin.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        raise SecretIllisible(str(chemin)) from None
    if not connu[1]:
        raise SecretIllisible(str(chemin))
    return connu[1]


def exiger(chemin: Path) -> str:
    """The same for one that somebody cannot do without: says where it cannot be read. Raises SecretIllisible."""
    try:
        mot = lire(chemin)
    except SecretIllisible:
        CONSTATS.constater(Cause.SECRET, str(chemin))
        raise
    CONSTATS.lever(Cause.SECRET, str(chemin))
    return mot


def suivant(chemin: Path) -> Path:
    """Where the next secret stands while this one is being turned."""
    return chemin.with_name(f"{chemin.name}.suivant")


def essais(chemin: Path) -> Iterator[str]:
    """What may be the secret, most likely first: the one of the file, the next one, and what the file holds by then.

    Raises SecretIllisible where not even the first can be read.
    """
    deja = [exiger(chemin)]
    yield deja[0]
    for fichier in (suivant(chemin), chemin):
        try:
            mot = lire(fichier)
        except SecretIllisible:
            continue
        if mot not in deja:
            deja.append(mot)
            yield mot
