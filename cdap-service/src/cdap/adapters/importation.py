"""Taking files of dossiers in, in two passes: the first reads all and writes nothing, the second writes.

Invariant: a file that cannot be read to its end, or that announces more than it holds, changes nothing; a bad
record never stops the good ones. A file is known by its SHA-256: the same again goes on, or has nothing to do (ADR 27).
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from cdap.adapters.ecriture import CHANGE, Ecriture, Etat, Progres
from cdap.adapters.lecture import ouvrir, sans_caf
from cdap.adapters.rapport import Rapport
from cdap.adapters.recus import Bilan, Entete, LectureImpossible, Lu, Nature, Recu, Rejet, Suivi, sans_suivi
from cdap.adapters.tables import imports, rejets
from socle.database import lecture

EN_MEMOIRE = 100
"""Rejects of a refused file that are shown; those of an import are in the database, all of them."""
EN_AVANCE = timedelta(days=31)
"""A flow may be made before the end of its month; one that is dated later would hold up all that follow."""

Etape = Callable[[str, int], Suivi]
"""Gives, for a named stage and the size of the file, whom to tell how many bytes were read."""


@dataclass(frozen=True, slots=True)
class Source:
    """What to import, and what the file may not say: the Caf of QF answers, the schema of the RSA flow, its day."""

    fichier: Path
    organisme: str | None = None
    xsd: Path | None = None
    le: date | None = None


@dataclass
class Controle:
    """What the first pass learns of a file."""

    total: int = 0
    entete: Entete | None = None


def importer(
    engine: Engine, source: Source, aujourd_hui: date, etape: Etape = lambda nom, taille: sans_suivi
) -> Rapport:
    """Import one file, or go on with it, or find that it is done. A refusal is in the report."""
    rapport = Rapport(source.fichier)
    limite = (aujourd_hui + EN_AVANCE).isoformat()
    try:
        avant = _etat(source.fichier)
        if not sans_caf(source.fichier):
            source = replace(source, organisme=None)  # it says its own: the same file is the same, however it is named
        taille = avant[2]
        empreinte = _empreinte(source.fichier, etape("Empreinte", taille))
        ligne = _chercher(engine, empreinte, source)
        if ligne is None:
            controle = _controler(source, limite, rapport, etape("Contrôle", taille))
            if _etat(source.fichier) != avant:
                raise LectureImpossible(CHANGE)
            ligne = _inscrire(engine, empreinte, source, controle, rapport.bilan)
        else:
            rapport.deja = ligne.fini_a is not None
            rapport.repris_a = 0 if rapport.deja else ligne.place
        if ligne.fini_a is None:
            progres, suivi = Progres(), etape("Import", taille)

            def avancer(octets: int) -> None:
                progres.octets = octets
                suivi(octets)

            ecriture = Ecriture(
                engine,
                Etat(id=ligne.id, total=ligne.total, place=ligne.place, arrete=ligne.arrete),
                inchange=lambda: _etat(source.fichier) == avant,
            )
            lus = (lu for lu in _lire(source, limite, avancer) if isinstance(lu, Recu | Rejet))
            rapport.lots_s.extend(ecriture.tout(lus, progres))
        _raconter(engine, empreinte, source, rapport)
    except LectureImpossible as faute:
        rapport.refus = str(faute)
    return rapport


def fichiers_de(chemins: Iterable[Path]) -> list[Path]:
    """The files, and in their order those of the folders."""
    return [
        fichier
        for chemin in chemins
        for fichier in (sorted(f for f in chemin.iterdir() if f.is_file()) if chemin.is_dir() else [chemin])
    ]


def connus(engine: Engine) -> list[Row[Any]]:
    """The imports that are finished or under way, newest first."""
    with lecture(engine) as connexion:
        return list(connexion.execute(select(imports).order_by(imports.c.id.desc())))


def oublier(engine: Engine, id: int) -> bool:
    """Forget an import and its rejects, so that the file can be read anew; False where there is no such import.

    What it brought into the dossiers stays. Who imports the file at this moment stops at the next batch.
    """
    with engine.begin() as connexion:
        connexion.execute(delete(rejets).filter_by(import_id=id))
        return connexion.execute(delete(imports).filter_by(id=id)).rowcount == 1


def _controler(source: Source, limite: str, rapport: Rapport, suivi: Suivi) -> Controle:
    """The first pass: the whole file is read, and nothing is written. Raises LectureImpossible."""
    controle = Controle()
    vus: list[Rejet] = []
    rapport.rejets = vus
    for lu in _lire(source, limite, suivi):
        match lu:
            case Entete():
                controle.entete = lu
                _exiger_date(lu, limite)
            case Bilan():
                rapport.bilan = lu
            case Rejet():
                controle.total += 1
                rapport.nb_rejets += 1
                if len(vus) < EN_MEMOIRE:
                    vus.append(lu)
            case Recu():
                controle.total += 1
    _exiger_complet(source, controle.entete, rapport.bilan)
    return controle


def _exiger_date(entete: Entete, limite: str) -> None:
    if entete.arrete is not None and entete.arrete[:10] > limite:
        raise LectureImpossible("la date de référence du flux est à venir")


def _exiger_complet(source: Source, entete: Entete | None, bilan: Bilan | None) -> None:
    """A flow of the Cnaf says its day and its count. Raises LectureImpossible."""
    if bilan is None:
        return
    if entete is None or entete.nature is not Nature.DOSSIERS:
        if bilan.annonces is None:
            raise LectureImpossible("le flux ne dit pas combien de foyers il contient (NBTOTDOSRSATRANSM)")
        if source.le is None and (entete is None or entete.arrete is None):
            raise LectureImpossible("le flux ne dit pas sa date de référence (DTREF)")
    if bilan.ecart is not None and bilan.ecart < 0:
        raise LectureImpossible("le flux contient moins de foyers qu’il n’en annonce")


def _lire(source: Source, limite: str, suivi: Suivi) -> Iterator[Lu]:
    """What the file gives; a record that is dated too far ahead is a reject."""
    for lu in ouvrir(source.fichier, source.organisme, source.xsd, suivi):
        if isinstance(lu, Recu) and lu.arrete is not None and lu.arrete > limite:
            yield Rejet(lu.place, None, "date à venir")
        else:
            yield lu


def _chercher(engine: Engine, empreinte: str, source: Source) -> Row[Any] | None:
    """The import of this very file, for this Caf where the file does not say it, whatever became of it."""
    with lecture(engine) as connexion:
        return connexion.execute(
            select(imports).filter_by(empreinte=empreinte, organisme=source.organisme or "")
        ).one_or_none()


def _inscrire(engine: Engine, empreinte: str, source: Source, controle: Controle, bilan: Bilan | None) -> Row[Any]:
    """Keep the import, at the beginning of the file. Raises LectureImpossible if somebody was faster."""
    entete, a = controle.entete, time.time()
    dit = entete.arrete if entete else None
    valeurs = {
        "empreinte": empreinte,
        "organisme": source.organisme or "",
        "nature": entete.nature.value if entete else None,
        "arrete": dit or (source.le.isoformat() if source.le else None),
        "annonces": bilan.annonces if bilan else None,
        "total": controle.total,
        "commence_a": a,
        "fini_a": None if controle.total else a,
    }
    try:
        with engine.begin() as connexion:
            connexion.execute(insert(imports).values(place=0, pris=0, anciens=0, rejets=0, **valeurs))
    except IntegrityError:
        raise LectureImpossible("ce fichier est en cours d’import par ailleurs") from None
    return _exiger(_chercher(engine, empreinte, source))


def _raconter(engine: Engine, empreinte: str, source: Source, rapport: Rapport) -> None:
    """Fill the report from what the database knows, whoever wrote it and in how many runs."""
    ligne = _exiger(_chercher(engine, empreinte, source))
    rapport.pris, rapport.anciens, rapport.nb_rejets = ligne.pris, ligne.anciens, ligne.rejets
    rapport.rejets = _rejets(engine, ligne.id)
    rapport.bilan = None if ligne.annonces is None else Bilan(ligne.annonces, ligne.total)


def _exiger(ligne: Row[Any] | None) -> Row[Any]:
    if ligne is None:
        raise LectureImpossible("cet import a été oublié entre-temps")
    return ligne


def _rejets(engine: Engine, import_id: int) -> Iterator[Rejet]:
    with lecture(engine) as connexion:
        lignes = connexion.execution_options(yield_per=500).execute(
            select(rejets).filter_by(import_id=import_id).order_by(rejets.c.rang)
        )
        for ligne in lignes:
            yield Rejet(ligne.place, ligne.champ, ligne.raison)


def _etat(fichier: Path) -> tuple[int, int, int, int]:
    """What changes when a file is replaced or written to. Raises LectureImpossible."""
    try:
        vu = fichier.stat()
    except OSError:
        raise LectureImpossible("fichier illisible") from None
    return vu.st_dev, vu.st_ino, vu.st_size, vu.st_mtime_ns


def _empreinte(fichier: Path, suivi: Suivi) -> str:
    """SHA-256 of the whole file. Raises LectureImpossible."""
    somme, lus = hashlib.sha256(), 0
    try:
        with fichier.open("rb") as octets:
            while morceau := octets.read(1 << 20):
                somme.update(morceau)
                lus += len(morceau)
                suivi(lus)
    except OSError:
        raise LectureImpossible("fichier illisible") from None
    return somme.hexdigest()
