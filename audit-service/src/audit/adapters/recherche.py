"""Pages of a search over SQL, each read from an index, however large the journal and however rare what is asked.

An index gives a page in its order only if every column before `instant` is held equal. So each way of being visible
is asked by itself; a column that the caller does not ask for is held equal to each of its values in turn, which the
index itself lists in a few steps; and the database merges the branches, reading no more of each than the page takes.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal, or_, select, tuple_, union_all

from audit.adapters.tables import journal
from audit.domain.evenement import Issue
from audit.domain.recherche import Criteres

AXES = ("service", "type", "issue")
"""Columns of the indexes, in their order, after the key and the partner."""

LUES = (
    journal.c.source, journal.c.rang, journal.c.version, journal.c.precedente, journal.c.empreinte, journal.c.corps,
)  # fmt: skip
Egalites = dict[str, str]


def chercher(connexion: Connection, criteres: Criteres, caf: str, limite: int) -> list[Row[*tuple[Any, ...]]]:
    """The newest that fit and that this Caf may see, by instant then id, the newest first."""
    lignes: list[Row[*tuple[Any, ...]]] = []
    for vue in vues(criteres, caf):
        lignes += _page(connexion, [_branche(criteres, vue, egales) for egales in _egalites(connexion, criteres, vue)],
                        limite)  # fmt: skip
    lignes.sort(key=lambda ligne: (ligne.instant, ligne.id), reverse=True)
    return lignes[:limite]


def vues(criteres: Criteres, caf: str) -> list[ColumnElement[bool]]:
    """The rule of `domain.recherche.visible`, in three ways that exclude each other; a test holds the two together.

    A subject or a dossier leads to few events, which are looked through: one way is enough.
    """
    trois = [
        journal.c.caf == caf,
        and_(journal.c.organisme == caf, journal.c.caf.is_distinct_from(journal.c.organisme)),
        and_(journal.c.caf.is_(None), journal.c.organisme.is_(None)),
    ]
    return [or_(*trois)] if criteres.precis else trois


def _page(connexion: Connection, branches: list[Select[*tuple[Any, ...]]], limite: int) -> list[Row[*tuple[Any, ...]]]:
    if not branches:
        return []
    if len(branches) == 1:
        (seule,) = branches
        ordre = seule.order_by(journal.c.instant.desc(), journal.c.id.desc())
        return list(connexion.execute(ordre.limit(limite)).all())
    toutes = union_all(*branches)
    colonnes = toutes.selected_columns
    return list(connexion.execute(toutes.order_by(colonnes.instant.desc(), colonnes.id.desc()).limit(limite)).all())


def _branche(criteres: Criteres, vue: ColumnElement[bool], egales: Egalites) -> Select[*tuple[Any, ...]]:
    return select(*LUES, journal.c.instant, journal.c.id).where(
        vue, *(journal.c[nom] == valeur for nom, valeur in egales.items()), *_bornes(criteres),
        journal.c.illisible.is_(False),
    )  # fmt: skip


def _egalites(connexion: Connection, criteres: Criteres, vue: ColumnElement[bool]) -> Iterator[Egalites]:
    """What each branch holds equal, besides the way of being visible."""
    voulues = {nom: str(valeur) for nom in ("partenaire", *AXES) if (valeur := getattr(criteres, nom)) is not None}
    if criteres.precis or not voulues:
        yield voulues
        return
    branches = [{nom: valeur for nom, valeur in voulues.items() if nom == "partenaire"}]
    for nom in AXES:
        branches = [
            branche | {nom: valeur}
            for branche in branches
            for valeur in _valeurs(connexion, vue, branche, nom, voulues.get(nom))
        ]
    yield from branches


def _valeurs(
    connexion: Connection, vue: ColumnElement[bool], sous: Egalites, nom: str, voulue: str | None
) -> list[str]:
    """The values that a column has under these: asked, in a closed list, or found by leaps along the index."""
    if voulue is not None:
        return [voulue]
    if nom == "issue":
        return [issue.value for issue in Issue]
    colonne, ici = journal.c[nom], [vue, *(journal.c[autre] == valeur for autre, valeur in sous.items())]
    pas = select(func.min(colonne).label("valeur")).where(*ici).cte("pas", recursive=True)
    suivante = select(func.min(colonne)).where(*ici, colonne > pas.c.valeur).scalar_subquery()
    pas = pas.union_all(select(suivante).select_from(pas).where(pas.c.valeur.is_not(None)))
    return list(connexion.execute(select(pas.c.valeur).where(pas.c.valeur.is_not(None))).scalars())


def _bornes(criteres: Criteres) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if criteres.sujet is not None:
        conditions.append(journal.c.sujet == criteres.sujet)
    if criteres.dossier is not None:
        conditions.append(journal.c.organisme == criteres.dossier.organisme)
        conditions.append(journal.c.numero_allocataire == criteres.dossier.numero_allocataire)
    if criteres.depuis is not None:
        conditions.append(journal.c.instant >= criteres.depuis)
    if criteres.jusqu_a is not None:
        conditions.append(journal.c.instant < criteres.jusqu_a)
    if criteres.apres is not None:
        place = tuple_(literal(criteres.apres.instant), literal(criteres.apres.id))
        conditions.append(tuple_(journal.c.instant, journal.c.id) < place)
        # Said again for what cannot use the pair: an index that ends in the instant.
        conditions.append(journal.c.instant <= criteres.apres.instant)
    return conditions
