"""How long the slowest hundredth of reads takes with 2 million dossiers, against with 10 000 (PostgreSQL)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from charge.services import Scene, scene
from charge.sujet import Debit, Sujet

PEU, BEAUCOUP = 10_000, 2_000_000
CONSULTATIONS = 5_000
CONNEXIONS = 4
"""Few: what is asked is how long a read takes, not how long it waits for others."""
PREMIER = 2_000_000

_REMPLIR = text(
    """INSERT INTO dossiers (organisme, numero_allocataire, contenu, maj_a)
    SELECT organisme, (:premier + rang)::text, contenu, maj_a FROM generate_series(1, :nombre) AS rang
    JOIN (SELECT *, row_number() OVER () - 1 AS n, count(*) OVER () AS total FROM dossiers) AS modele
    ON n = rang % total ON CONFLICT DO NOTHING"""
)


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Two servers, each with its service; the dossiers are copies of generated ones under other numbers."""
    petit, grand = dossier / "petit", dossier / "grand"
    petit.mkdir()
    grand.mkdir()
    with (
        scene(petit) as peu,
        scene(grand) as beaucoup,
        _servie(peu, PEU) as lire_peu,
        _servie(beaucoup, BEAUCOUP) as lire_beaucoup,
    ):
        yield lire_beaucoup, lire_peu


@contextmanager
def _servie(ici: Scene, nombre: int) -> Iterator[Debit]:
    remplir(ici.engine, nombre)
    chemins = ici.ouvrir_des_consultations(CONSULTATIONS)
    with ici.cdap(chemins) as (port, _):
        yield lambda: ici.tirer(port, chemins, connexions=CONNEXIONS).p99_ms


def remplir(engine: Engine, nombre: int) -> None:
    """Copy the dossiers that are there, until there are about so many."""
    with engine.begin() as connexion:
        connexion.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connexion.execute(_REMPLIR, {"premier": PREMIER, "nombre": nombre})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connexion:
        connexion.exec_driver_sql("SET statement_timeout = 0")
        connexion.exec_driver_sql("VACUUM ANALYZE dossiers")


SUJET = Sujet(
    "p99 d’une rubrique lue avec 2 millions de dossiers, contre avec 10 000",
    doit=1.2,
    vise=1.0,
    preparer=preparer,
    unite="ms",
    moins_est_mieux=True,
)
