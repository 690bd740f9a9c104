"""The journal over SQL: entries go in once, come out as the bytes that went in, and go behind a point only."""

import time
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Row, any_, delete, insert, literal, select

from audit.adapters import recherche
from audit.adapters.recherche import LUES
from audit.adapters.tables import EXTRAITS, journal, points
from audit.domain.accueil import Connu, Entree
from audit.domain.chaine import AVANT_TOUT, Recu, Tete
from audit.domain.evenement import interpreter
from audit.domain.extrait import Voisinage
from audit.domain.lignee import TYPE
from audit.domain.recherche import Criteres
from socle.postgresql import copier

PAR_REQUETE = 500
"""How many values one `IN` holds: below every limit on bound parameters."""


COLONNES = ("source", "rang", "version", "precedente", "empreinte", "corps", "illisible", "recu_a", *EXTRAITS)
_RIEN = (None,) * len(EXTRAITS)
_extraire = attrgetter(*EXTRAITS)


class JournalSql:
    """Entries by source and rank, and by what their events say."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def tete(self, source: str) -> Tete:
        """The last entry of a source: derived from the journal itself, never stored twice."""
        ligne = self._connexion.execute(
            select(journal.c.rang, journal.c.empreinte)
            .where(journal.c.source == source)
            .order_by(journal.c.rang.desc())
            .limit(1)
        ).one_or_none()
        return self.point(source) if ligne is None else Tete(ligne.rang, ligne.empreinte)

    def empreintes(self, source: str, rangs: Collection[int]) -> Mapping[int, str]:
        """The prints that the journal has at these ranks; that of the point, or of the origin, is known as well."""
        if not rangs:
            return {}
        point = self.point(source)
        connues = {point.rang: point.empreinte} if point.rang in rangs else {}
        for groupe in _par_groupes(rangs):
            requete = select(journal.c.rang, journal.c.empreinte).where(
                journal.c.source == source, self._parmi(journal.c.rang, groupe)
            )
            connues |= {ligne.rang: ligne.empreinte for ligne in self._connexion.execute(requete)}
        return connues

    def connus(self, ids: Collection[str]) -> Mapping[str, Connu]:
        """Those of these events, by id, that the journal has, from any source."""
        trouves: dict[str, Connu] = {}
        for groupe in _par_groupes(ids):
            requete = select(journal.c.id, journal.c.source, journal.c.corps).where(self._parmi(journal.c.id, groupe))
            trouves |= {x.id: Connu(x.source, x.corps) for x in self._connexion.execute(requete)}
        return trouves

    def a_une_lignee(self, source: str) -> bool:
        """Whether this source was restored, and went on with a new lineage."""
        requete = select(journal.c.rang).where(
            journal.c.caf.is_(None), journal.c.organisme.is_(None), journal.c.service == TYPE.partition(".")[0],
            journal.c.type == TYPE, journal.c.source == source,
        )  # fmt: skip
        return self._connexion.execute(requete.limit(1)).scalar() is not None

    def point(self, source: str) -> Tete:
        """The last entry that a purge let go; rank 0 where none did."""
        ligne = self._connexion.execute(
            select(points.c.rang, points.c.empreinte)
            .where(points.c.source == source)
            .order_by(points.c.rang.desc())
            .limit(1)
        ).one_or_none()
        return AVANT_TOUT if ligne is None else Tete(ligne.rang, ligne.empreinte)

    def poser_point(self, source: str, point: Tete) -> None:
        """From now on this source begins after the point; points only move on, the database sees to it."""
        ligne = {"source": source, "rang": point.rang, "empreinte": point.empreinte, "a": time.time()}
        self._connexion.execute(insert(points).values(ligne))

    def effacer(self, source: str, limite: int) -> int:
        """Let go of at most so many entries behind the point; how many went."""
        vieilles = (
            select(journal.c.rang)
            .where(journal.c.source == source, journal.c.rang <= self.point(source).rang)
            .order_by(journal.c.rang)
            .limit(limite)
        )
        rangs = self._connexion.execute(vieilles).scalars().all()
        if rangs:
            self._connexion.execute(delete(journal).where(journal.c.source == source, journal.c.rang <= rangs[-1]))
        return len(rangs)

    def ajouter(self, entrees: Sequence[Entree]) -> None:
        """Add entries; a rank or an id that is taken is an error of the database, never a replacement."""
        recu_a = time.time()
        if entrees and self._connexion.dialect.name == "postgresql":
            copier(self._connexion, journal, COLONNES, [_valeurs(entree, recu_a) for entree in entrees])
        elif entrees:
            lignes = [dict(zip(COLONNES, _valeurs(entree, recu_a), strict=True)) for entree in entrees]
            self._connexion.execute(insert(journal), lignes)

    def chercher(self, criteres: Criteres, caf: str, limite: int) -> list[Entree]:
        """The newest events that fit and that this Caf may see, by instant then id, the newest first."""
        return [_entree(ligne) for ligne in recherche.chercher(self._connexion, criteres, caf, limite)]

    def autour(self, source: str, rangs: Collection[int]) -> Voisinage:
        """What stands before and after these ranks of a source."""
        precedentes: dict[int, str] = {}
        for groupe in _par_groupes({rang + 1 for rang in rangs}):
            requete = select(journal.c.rang, journal.c.precedente).where(
                journal.c.source == source, self._parmi(journal.c.rang, groupe)
            )
            precedentes |= {ligne.rang: ligne.precedente for ligne in self._connexion.execute(requete)}
        return Voisinage(self.empreintes(source, {rang - 1 for rang in rangs}), precedentes)

    def _parmi(self, colonne: Column[Any], valeurs: list[Any]) -> ColumnElement[bool]:
        """Whether a column is one of these; as one parameter where the database knows arrays."""
        if self._connexion.dialect.name == "postgresql":
            return colonne == any_(literal(valeurs, ARRAY(colonne.type)))
        return colonne.in_(valeurs)

    def lire(self, id: str) -> Entree | None:
        """The event of that id, whoever may see it."""
        ligne = self._connexion.execute(select(*LUES).where(journal.c.id == id)).one_or_none()
        return None if ligne is None else _entree(ligne)


def _valeurs(entree: Entree, recu_a: float) -> tuple[Any, ...]:
    """The columns of an entry, in the order of `COLONNES`."""
    recu, evenement = entree.recu, entree.evenement
    dits = _RIEN if evenement is None else _extraire(evenement)
    prouve = (entree.source, recu.rang, recu.version, recu.precedente, recu.empreinte, recu.corps)
    return (*prouve, evenement is None, recu_a, *dits)


def _entree(ligne: Row[*tuple[Any, ...]]) -> Entree:
    recu = Recu(ligne.rang, ligne.version, ligne.precedente, ligne.empreinte, ligne.corps)
    return Entree(ligne.source, recu, interpreter(ligne.corps))


def _par_groupes(valeurs: Collection[Any]) -> list[list[Any]]:
    rangees = sorted(valeurs)
    return [rangees[debut : debut + PAR_REQUETE] for debut in range(0, len(rangees), PAR_REQUETE)]
