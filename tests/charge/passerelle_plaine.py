"""Our gateway, against the one of a plain stack: Flask, requests, PyJWT."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charge.passerelles import scene
from charge.sujet import Debit, Sujet


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Both wait for the load."""
    with scene(dossier) as ici, ici.passerelle() as (port, _), ici.plaine() as celui_de_flask:
        yield lambda: ici.tirer(port).par_seconde, lambda: ici.tirer(celui_de_flask).par_seconde


SUJET = Sujet(
    "passerelle, contre celle d’une pile ordinaire",
    doit=8,
    vise=16,
    preparer=preparer,
    unite="requêtes/s",
)
