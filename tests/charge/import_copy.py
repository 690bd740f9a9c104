"""An import of NDJSON into PostgreSQL, with all that it checks and merges, against COPY of the rows that it leaves."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from atelier.personas import CAF
from cdap.adapters import ndjson
from cdap.adapters.generateur import engendrer
from cdap.adapters.importation import Source, importer
from cdap.adapters.tables import dossiers
from charge.procede import SUJET as COEUR
from charge.services import base_migree
from charge.sujet import Debit, Sujet, par_seconde
from socle.database import lecture
from socle.travail import jour_de, maintenant

DOSSIERS = 3_000
COLONNES = ", ".join(colonne.name for colonne in dossiers.c)


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Both begin with empty tables; both are this process, on its core, and wait for the same server."""
    le = jour_de(maintenant())
    fichier = dossier / "dossiers.ndjson"
    ndjson.ecrire(engendrer(DOSSIERS, CAF, 1, le), fichier, arrete_le=le, nombre=DOSSIERS)
    with base_migree(dossier) as (_, engine), _sur(COEUR):
        assert importer(engine, Source(fichier), le).pris == DOSSIERS
        with lecture(engine) as connexion:
            lignes = [tuple(ligne) for ligne in connexion.execute(select(dossiers))]

        def importe() -> float:
            _vider(engine)
            return par_seconde(lambda: importer(engine, Source(fichier), le).pris)()

        def copie() -> float:
            _vider(engine)
            return par_seconde(lambda: _copier(engine, lignes))()

        yield importe, copie


def _copier(engine: Engine, lignes: list[tuple[object, ...]]) -> int:
    connexion = engine.raw_connection()
    with connexion.cursor() as curseur, curseur.copy(f"COPY dossiers ({COLONNES}) FROM STDIN") as copie:
        for ligne in lignes:
            copie.write_row(ligne)
    connexion.commit()
    connexion.close()
    return len(lignes)


def _vider(engine: Engine) -> None:
    with engine.begin() as connexion:
        connexion.exec_driver_sql("TRUNCATE dossiers, imports, imports_rejets")


@contextmanager
def _sur(coeur: int) -> Iterator[None]:
    avant = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {coeur})
    try:
        yield
    finally:
        os.sched_setaffinity(0, avant)


SUJET = Sujet(
    "import de NDJSON, contre COPY des mêmes lignes",
    doit=0.15,
    vise=0.3,
    preparer=preparer,
    unite="dossiers/s",
)
