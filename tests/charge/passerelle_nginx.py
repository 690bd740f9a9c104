"""Our gateway, against nginx that hands on without looking: what a gateway costs. The bounds are ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charge.passerelles import scene
from charge.sujet import Debit, Sujet


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Both wait for the load."""
    with scene(dossier) as ici, ici.passerelle() as (port, _), ici.nginx() as celui_de_nginx:
        yield lambda: ici.tirer(port).par_seconde, lambda: ici.tirer(celui_de_nginx).par_seconde


SUJET = Sujet(
    "passerelle, contre nginx qui ne vérifie rien",
    doit=0.20,
    vise=0.50,
    preparer=preparer,
    unite="requêtes/s",
)
