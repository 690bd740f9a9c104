"""The journal over SQL: entries go in once, and come out as the bytes that went in."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, tuple_

from audit.adapters.tables import EXTRAITS, journal
from audit.domain.accueil import Entree
from audit.domain.chaine import AVANT_TOUT, Recu, Tete
from audit.domain.evenement import interpreter
from audit.domain.recherche import Criteres

PAR_REQUETE = 500
"""How many values one `IN` holds: below every limit on bound parameters."""

_LUES = (
    journal.c.source, journal.c.rang, journal.c.version, journal.c.precedente, journal.c.empreinte, journal.c.corps,
)  # fmt: skip


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
        return AVANT_TOUT if ligne is None else Tete(ligne.rang, ligne.empreinte)

    def empreintes(self, source: str, rangs: Collection[int]) -> Mapping[int, str]:
        """The prints that the journal has at these ranks; rank 0 has that from which every chain begins."""
        connues = {AVANT_TOUT.rang: AVANT_TOUT.empreinte} if AVANT_TOUT.rang in rangs else {}
        for groupe in _par_groupes(rangs):
            requete = select(journal.c.rang, journal.c.empreinte).where(
                journal.c.source == source, journal.c.rang.in_(groupe)
            )
            connues |= {ligne.rang: ligne.empreinte for ligne in self._connexion.execute(requete)}
        return connues

    def connus(self, ids: Collection[str]) -> set[str]:
        """Those of these ids that the journal has, from any source."""
        trouves: set[str] = set()
        for groupe in _par_groupes(ids):
            trouves |= set(self._connexion.execute(select(journal.c.id).where(journal.c.id.in_(groupe))).scalars())
        return trouves

    def ajouter(self, entrees: Sequence[Entree]) -> None:
        """Add entries; a rank or an id that is taken is an error of the database, never a replacement."""
        if entrees:
            recu_a = time.time()
            self._connexion.execute(insert(journal), [_ligne(entree, recu_a) for entree in entrees])

    def chercher(self, criteres: Criteres, caf: str, limite: int) -> list[Entree]:
        """The newest events that fit and that this Caf may see, by instant then id, the newest first.

        A subject or a dossier leads to few events, which are then looked through. Otherwise each way of being
        visible is asked by itself, so that an index gives its newest events without sorting all of them.
        """
        precis = criteres.sujet is not None or criteres.dossier is not None
        trouvees: list[Row[*tuple[Any, ...]]] = []
        for visible in [or_(*_visibles(caf))] if precis else _visibles(caf):
            requete = (
                select(*_LUES, journal.c.instant, journal.c.id)
                .where(journal.c.illisible.is_(False), visible, *_conditions(criteres))
                .order_by(journal.c.instant.desc(), journal.c.id.desc())
                .limit(limite)
            )
            trouvees += self._connexion.execute(requete).all()
        trouvees.sort(key=lambda ligne: (ligne.instant, ligne.id), reverse=True)
        return [_entree(ligne) for ligne in trouvees[:limite]]

    def lire(self, id: str) -> Entree | None:
        """The event of that id, whoever may see it."""
        ligne = self._connexion.execute(select(*_LUES).where(journal.c.id == id)).one_or_none()
        return None if ligne is None else _entree(ligne)


def _visibles(caf: str) -> list[ColumnElement[bool]]:
    """The rule of `domain.recherche.visible`, in three ways that exclude each other; a test holds the two together."""
    return [
        journal.c.caf == caf,
        and_(journal.c.organisme == caf, journal.c.caf.is_distinct_from(caf)),
        and_(journal.c.caf.is_(None), journal.c.organisme.is_(None)),
    ]


def _conditions(criteres: Criteres) -> list[ColumnElement[bool]]:
    egales = {nom: getattr(criteres, nom) for nom in ("sujet", "service", "type", "issue")}
    conditions: list[ColumnElement[bool]] = [
        journal.c[nom] == str(valeur) for nom, valeur in egales.items() if valeur is not None
    ]
    if criteres.dossier is not None:
        conditions.append(journal.c.organisme == criteres.dossier.organisme)
        conditions.append(journal.c.numero_allocataire == criteres.dossier.numero_allocataire)
    if criteres.depuis is not None:
        conditions.append(journal.c.instant >= criteres.depuis)
    if criteres.jusqu_a is not None:
        conditions.append(journal.c.instant < criteres.jusqu_a)
    if criteres.apres is not None:
        conditions.append(tuple_(journal.c.instant, journal.c.id) < tuple_(criteres.apres.instant, criteres.apres.id))
    return conditions


def _ligne(entree: Entree, recu_a: float) -> dict[str, Any]:
    recu, evenement = entree.recu, entree.evenement
    return {
        "source": entree.source,
        "rang": recu.rang,
        "version": recu.version,
        "precedente": recu.precedente,
        "empreinte": recu.empreinte,
        "corps": recu.corps,
        "illisible": evenement is None,
        "recu_a": recu_a,
        **{nom: None if evenement is None else getattr(evenement, nom) for nom in EXTRAITS},
    }


def _entree(ligne: Row[*tuple[Any, ...]]) -> Entree:
    recu = Recu(ligne.rang, ligne.version, ligne.precedente, ligne.empreinte, ligne.corps)
    return Entree(ligne.source, recu, interpreter(ligne.corps))


def _par_groupes(valeurs: Collection[Any]) -> list[list[Any]]:
    rangees = sorted(valeurs)
    return [rangees[debut : debut + PAR_REQUETE] for debut in range(0, len(rangees), PAR_REQUETE)]
