"""The second pass of an import: short batches, each with its place in the file.

Invariant: a transaction holds dossiers, rejects and the new place together, and stays short, so that who consults
goes on; between two the lock is free. Killed anywhere, the next run goes on from the last place that was committed.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection, Engine, insert, update
from sqlalchemy.exc import OperationalError

from cdap.adapters.fiches import FichesSql, Tenue
from cdap.adapters.recus import LectureImpossible, Recu, Rejet
from cdap.adapters.tables import imports, rejets
from cdap.domain.dossiers import Cle
from cdap.domain.fraicheur import accueillir, apporte, heriter, partir

TRANCHE, TRANCHE_SANS_VERROU = 5, 50
"""Records between two looks at the clock; more where nobody waits for a batch, since each costs two exchanges."""
LOT_S = 0.015
"""A batch takes no more records after so long: with its last ones and the commit it stays under 100 ms."""
REPOS = 2.0
"""Between batches the lock is left to others, for so many times as long as it was held. PostgreSQL has none that
who consults would wait for (ADR 36)."""
ESSAIS = 10
"""How often a batch is tried when the database is busy."""
TAMPON, TAMPON_OCTETS = 400, 2_000_000
"""Records, and bytes of the file, that are read ahead of a batch, outside its transaction."""
EN_DOUBLE = "ce dossier est déjà plus haut dans le fichier"


@dataclass(frozen=True, slots=True)
class Etat:
    """An import as its row tells: `place` of its `total` records are behind; `arrete` of the file, if known."""

    id: int
    total: int
    place: int
    arrete: str | None


@dataclass
class Progres:
    """How many bytes of the file were read."""

    octets: int = 0


class Ecriture:
    """Writes what is left of one import."""

    def __init__(self, engine: Engine, etat: Etat, inchange: Callable[[], bool]) -> None:
        self._engine = engine
        self._verrouille = engine.dialect.name == "sqlite"
        self._etat = etat
        self._inchange = inchange

    def tout(self, lus: Iterator[Recu | Rejet], progres: Progres) -> Iterator[float]:
        """Write; give the seconds that each batch held its transaction.

        `lus` gives every record of the file from its beginning. Raises LectureImpossible if the file is no longer
        what it was, or somebody else imports it.
        """
        restants = islice(lus, self._etat.place, None)
        tampon: list[Recu | Rejet] = []
        while True:
            _remplir(tampon, restants, progres)
            if not tampon:
                break
            faits, duree = self._insister(tampon)
            del tampon[:faits]
            yield duree
            if self._verrouille:
                time.sleep(duree * REPOS)
        if self._etat.place != self._etat.total:
            raise LectureImpossible(CHANGE)

    def _insister(self, tampon: list[Recu | Rejet]) -> tuple[int, float]:
        for essai in range(ESSAIS):
            try:
                return self._lot(tampon)
            except OperationalError:
                if essai == ESSAIS - 1:
                    raise
        raise AssertionError("not reached")

    def _lot(self, tampon: list[Recu | Rejet]) -> tuple[int, float]:
        """One transaction: how many records it took, and how long."""
        faits = 0
        comptes: Counter[str] = Counter()
        with self._engine.begin() as connexion:
            debut = time.monotonic()
            while faits < len(tampon) and (not faits or time.monotonic() - debut < LOT_S):
                tranche = tampon[faits : faits + (TRANCHE if self._verrouille else TRANCHE_SANS_VERROU)]
                self._tranche(connexion, tranche, self._etat.place + faits, comptes)
                faits += len(tranche)
            suite = self._avancer(connexion, faits, comptes)
        self._etat = suite
        return faits, time.monotonic() - debut

    def _tranche(self, connexion: Connection, tranche: list[Recu | Rejet], place: int, comptes: Counter[str]) -> None:
        fiches = FichesSql(connexion)
        tenues = fiches.lire({cle for lu in tranche if isinstance(lu, Recu) for cle in _cles(lu)})
        deja_la = frozenset(tenues)
        touchees: dict[Cle, None] = {}
        refuses = []
        for rang, lu in enumerate(tranche, place + 1):
            if isinstance(lu, Recu):
                tenue = tenues.get(lu.dossier.cle)
                if tenue is not None and tenue.import_id == self._etat.id:
                    lu = Rejet(lu.place, None, EN_DOUBLE)
            if isinstance(lu, Rejet):
                comptes["rejets"] += 1
                refuses.append(
                    {"import_id": self._etat.id, "rang": rang}
                    | {"place": lu.place, "champ": lu.champ and lu.champ[:200], "raison": lu.raison}
                )
            else:
                touchees |= dict.fromkeys(self._prendre(lu, tenues, comptes))
        fiches.ecrire([tenues[cle] for cle in touchees], deja_la)
        if refuses:
            connexion.execute(insert(rejets), refuses)

    def _prendre(self, lu: Recu, tenues: dict[Cle, Tenue], comptes: Counter[str]) -> list[Cle]:
        """Take one dossier in, and what it says of the Caf from which it came; the keys whose fiche changed."""
        recu, arrete = lu.dossier, lu.arrete or self._etat.arrete
        ancienne = tenues[recu.cle].fiche if recu.cle in tenues else None
        comptes["pris" if apporte(ancienne, recu, arrete) else "anciens"] += 1
        fiche = accueillir(ancienne, recu, arrete)
        changees = [recu.cle]
        quittee = tenues.get(lu.arrivee.quittee) if lu.arrivee and lu.arrivee.quittee else None
        if lu.arrivee and quittee and quittee.fiche.dossier.fictif == recu.fictif:
            fiche = heriter(fiche, quittee.fiche, lu.arrivee.le)
            cle = quittee.fiche.dossier.cle
            tenues[cle] = replace(quittee, fiche=partir(quittee.fiche, recu.cle.organisme, lu.arrivee.le, arrete))
            changees.append(cle)
        tenues[recu.cle] = Tenue(fiche, self._etat.id)
        return changees

    def _avancer(self, connexion: Connection, faits: int, comptes: Counter[str]) -> Etat:
        """Write the new place, if the old one is still ours and the file what it was. Raises LectureImpossible."""
        place = self._etat.place + faits
        fini = place == self._etat.total
        avance = connexion.execute(
            update(imports)
            .where(imports.c.id == self._etat.id, imports.c.place == self._etat.place, imports.c.fini_a.is_(None))
            .values(
                place=place,
                pris=imports.c.pris + comptes["pris"],
                anciens=imports.c.anciens + comptes["anciens"],
                rejets=imports.c.rejets + comptes["rejets"],
                fini_a=time.time() if fini else None,
            )
        )
        if avance.rowcount != 1:
            raise LectureImpossible("ce fichier est en cours d’import par ailleurs")
        if place > self._etat.total or not self._inchange():
            raise LectureImpossible(CHANGE)
        return replace(self._etat, place=place)


CHANGE = "le fichier a changé pendant son import"


def _cles(lu: Recu) -> Iterator[Cle]:
    """The keys of which a record tells: its own, and the one that the household left."""
    yield lu.dossier.cle
    if lu.arrivee and lu.arrivee.quittee and lu.arrivee.quittee != lu.dossier.cle:
        yield lu.arrivee.quittee


def _remplir(tampon: list[Recu | Rejet], restants: Iterator[Recu | Rejet], progres: Progres) -> None:
    """Read ahead, so many records or bytes at most."""
    debut = progres.octets
    while len(tampon) < TAMPON and progres.octets - debut < TAMPON_OCTETS:
        lu = next(restants, None)
        if lu is None:
            return
        tampon.append(lu)
