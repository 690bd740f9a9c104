"""Our gateway, against HAProxy that verifies the same token: requests a second on one core, 32 connections."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charge.passerelles import scene
from charge.procede import exiger
from charge.sujet import Debit, Sujet


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Both wait for the load; the one that has none takes no time."""
    exiger(haproxy="haproxy")
    with scene(dossier) as ici, ici.passerelle() as (port, _), ici.haproxy() as celui_de_haproxy:
        yield lambda: ici.tirer(port).par_seconde, lambda: ici.tirer(celui_de_haproxy).par_seconde


SUJET = Sujet(
    "passerelle, contre HAProxy qui vérifie le jeton",
    doit=0.60,
    vise=1.30,
    preparer=preparer,
    unite="requêtes/s",
)
