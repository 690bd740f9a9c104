"""An import (two passes, checks, merge, rejects, places), against a plain insert of the rows that it leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert, select

from atelier.personas import CAF
from cdap.adapters import ndjson
from cdap.adapters.generateur import engendrer
from cdap.adapters.importation import Source, importer
from cdap.adapters.tables import dossiers
from cdap.main import MIGRATIONS
from charge.sujet import Debit, Sujet, numeros, par_seconde
from socle.database import lecture, ouvrir
from socle.migrations import migrer
from socle.travail import jour_de, maintenant

DOSSIERS = 1_000
PAR_LOT = 50
"""Rows of a plain insert between two commits: about what a batch of the import holds."""


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Generated dossiers in a file; each round begins with an empty database."""
    le = jour_de(maintenant())
    fichier = dossier / "dossiers.ndjson"
    ndjson.ecrire(engendrer(DOSSIERS, CAF, 1, le), fichier, arrete_le=le, nombre=DOSSIERS)
    rang = numeros()

    def vide() -> str:
        url = f"sqlite:///{dossier / f'import-{next(rang)}.sqlite'}"
        engine = ouvrir(url, creer=True)
        migrer(engine, MIGRATIONS)
        engine.dispose()
        return url

    modele = ouvrir(vide())
    assert importer(modele, Source(fichier), le).pris == DOSSIERS
    with lecture(modele) as connexion:
        lignes = [dict(ligne._mapping) for ligne in connexion.execute(select(dossiers))]
    modele.dispose()

    def importe() -> int:
        return importer(bases.pop(), Source(fichier), le).pris

    def insere() -> int:
        engine = bases.pop()
        for debut in range(0, len(lignes), PAR_LOT):
            with engine.begin() as connexion:
                connexion.execute(insert(dossiers), lignes[debut : debut + PAR_LOT])
        return len(lignes)

    bases = [ouvrir(vide()) for _ in range(2 * SUJET.tours)]
    yield par_seconde(importe), par_seconde(insere)


SUJET = Sujet(
    "import de dossiers, contre une simple insertion des mêmes lignes",
    doit=0.02,
    vise=0.1,
    preparer=preparer,
    unite="dossiers/s",
)
