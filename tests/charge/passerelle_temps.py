"""The time that our gateway adds for one client: median with it, less median without it, in milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import sub
from pathlib import Path

from charge.passerelles import scene
from charge.sujet import Debit, Sujet


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """The same request, through the gateway and straight to the upstream."""
    with scene(dossier) as ici, ici.passerelle() as (port, _):
        yield lambda: ici.tirer(port, connexions=1).p50_ms, lambda: ici.tirer(ici.amont, connexions=1).p50_ms


SUJET = Sujet(
    "temps ajouté par la passerelle, une connexion, médiane",
    doit=0.5,
    vise=0.2,
    preparer=preparer,
    unite="ms",
    moins_est_mieux=True,
    rapporter=sub,
)
