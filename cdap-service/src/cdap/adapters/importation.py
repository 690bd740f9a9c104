"""Taking files of dossiers in, in two passes: the first reads all and writes nothing, the second writes.

Invariant: a file that cannot be read to its end, or that announces more than it holds, changes nothing; a bad
record never stops the good ones.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from cdap.adapters.depots import DossiersSql
from cdap.adapters.lecture import Lecture, ouvrir
from cdap.adapters.recus import Bilan, LectureImpossible, Recu, Rejet
from cdap.domain.dossiers import Dossier

PAR_LOT = 100


@dataclass
class Rapport:
    """What became of one file: dossiers taken in, rejects with place and reason, the count it announced."""

    fichier: Path
    pris: int = 0
    rejets: list[Rejet] = field(default_factory=list)
    bilan: Bilan | None = None
    refus: str | None = None

    def lignes(self) -> Iterator[str]:
        """The report, for a person: never a value of the file."""
        yield f"{self.fichier.name} : {self.pris} dossier(s) importé(s), {len(self.rejets)} rejet(s)"
        if self.refus:
            yield f"  refusé : {self.refus}"
        if self.bilan and self.bilan.ecart:
            yield f"  le flux annonce {self.bilan.annonces} foyer(s) et en contient {self.bilan.lus}"
        for rejet in self.rejets:
            yield f"  {rejet.place} : {rejet.champ or 'enregistrement'} : {rejet.raison}"


def importer(
    engine: Engine,
    fichier: Path,
    organisme: str | None = None,
    xsd: Path | None = None,
) -> Rapport:
    """Import one file."""
    rapport = Rapport(fichier)
    try:
        _controler(ouvrir(fichier, organisme, xsd), rapport)
    except LectureImpossible as faute:
        rapport.refus = str(faute)
    if rapport.refus is None:
        for lot in _par_lots(_recus(ouvrir(fichier, organisme, xsd))):
            with engine.begin() as connexion:
                DossiersSql(connexion).fusionner(lot)
            rapport.pris += len(lot)
    return rapport


def fichiers_de(chemins: Iterable[Path]) -> list[Path]:
    """The files, and in their order those of the folders."""
    return [
        fichier
        for chemin in chemins
        for fichier in (sorted(f for f in chemin.iterdir() if f.is_file()) if chemin.is_dir() else [chemin])
    ]


def resume(rapports: Iterable[Rapport]) -> Counter[str]:
    """Totals over several files: `pris`, `rejets`, `refus`."""
    total: Counter[str] = Counter()
    for rapport in rapports:
        total.update(pris=rapport.pris, rejets=len(rapport.rejets), refus=int(rapport.refus is not None))
    return total


def _controler(lecture: Lecture, rapport: Rapport) -> None:
    """The first pass: gather the rejects and the count. Raises LectureImpossible."""
    for lu in lecture:
        if isinstance(lu, Rejet):
            rapport.rejets.append(lu)
        elif isinstance(lu, Bilan):
            rapport.bilan = lu
    if rapport.bilan and rapport.bilan.ecart is not None and rapport.bilan.ecart < 0:
        rapport.refus = "le flux contient moins de foyers qu’il n’en annonce"


def _recus(lecture: Lecture) -> Iterator[Dossier]:
    return (lu.dossier for lu in lecture if isinstance(lu, Recu))


def _par_lots(recus: Iterator[Dossier]) -> Iterator[list[Dossier]]:
    while lot := list(islice(recus, PAR_LOT)):
        yield lot
