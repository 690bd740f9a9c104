"""A rubrique read with its event on one core, against the plain stack's service: Connexion, ORM, kombu."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charge.conteneurs import RABBITMQ, exiger_les_images, rabbitmq
from charge.services import scene
from charge.sujet import Debit, Sujet


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Both over the same rows of the same server."""
    exiger_les_images(RABBITMQ)
    with scene(dossier) as ici, rabbitmq(dossier) as courtier:
        chemins = ici.ouvrir_des_consultations()
        with ici.cdap(chemins) as (port, _), ici.plain(courtier, chemins) as ordinaire:
            yield lambda: ici.tirer(port, chemins).par_seconde, lambda: ici.tirer(ordinaire, chemins).par_seconde


SUJET = Sujet(
    "rubrique lue avec son événement, PostgreSQL, contre le service d’une pile ordinaire",
    doit=2.0,
    vise=4.0,
    preparer=preparer,
    unite="lectures/s",
)
