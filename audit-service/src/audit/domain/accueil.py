"""What to do with a batch that a source gives: what takes its rank, what is kept aside, where to stop.

Invariant: an entry is taken only at head + 1, on the head's print, with its own print recomputed; the first
that does not fit stops the batch, with an alarm. Nothing is skipped in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from audit.domain.chaine import Recu, Tete, s_enchaine
from audit.domain.evenement import Evenement, interpreter, source_dite
from audit.domain.lignee import lit_ouverture
from socle.refus import RessourceInconnue


class Genre(StrEnum):
    """What an alarm is about (architecture.md, section 5)."""

    FORK = "fork"
    """A known rank came again with another print."""
    CHAINE = "chaine"
    """The next rank does not go on from the head, or its print is not that of its bytes."""
    SOURCE = "source"
    """The event names another source."""
    RECUL = "recul"
    """The source's head is behind the journal's: it was restored from a copy, or emptied."""
    ILLISIBLE = "illisible"
    """The event took its rank, but cannot be interpreted."""
    DOUBLE = "double"
    """The event took its rank, but its id is another entry's."""
    PURGE = "purge"
    """The source no longer has what the journal lacks: audit itself was restored from a copy that is too old."""
    LIGNEE = "lignee"
    """The event opens a new lineage, but not from the journal's head."""
    PERTE = "perte"
    """A new lineage goes on from a head that is above the journal's: the ranks between are lost to both."""

    @property
    def arrete(self) -> bool:
        """Whether the source stops growing until an operator has looked."""
        return self not in (Genre.ILLISIBLE, Genre.DOUBLE, Genre.PERTE)


class Suite(StrEnum):
    """What the collector does next with this source."""

    A_JOUR = "a-jour"
    TROU = "trou"
    ARRETEE = "arretee"


@dataclass(frozen=True, slots=True)
class Lot:
    """What a source answered: its events after the rank that was asked for, its own head, and where it now begins
    if it no longer has what was asked for."""

    apres: int
    tete: Tete
    recus: tuple[Recu, ...]
    point: Tete | None = None


@dataclass(frozen=True, slots=True)
class Connu:
    """An event that the journal has: from which source, and its bytes."""

    source: str
    corps: bytes


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry of the journal; `evenement` is None where it cannot be shown: `ecart` says why, or it is an event
    that a restored source brought again, and that is shown where it came first."""

    source: str
    recu: Recu
    evenement: Evenement | None
    ecart: Genre | None = None


@dataclass(frozen=True, slots=True)
class Alarme:
    """What does not fit, kept aside as it was received; without `recu` it is about the source's head."""

    source: str
    rang: int
    genre: Genre
    empreinte: str
    recu: Recu | None = None


class AlarmeInconnue(RessourceInconnue):
    """No alarm of that number is open."""


@dataclass(frozen=True, slots=True)
class Tri:
    """What becomes of a batch."""

    entrees: tuple[Entree, ...] = ()
    alarmes: tuple[Alarme, ...] = ()
    suite: Suite = Suite.A_JOUR


def trier(
    source: str,
    tete: Tete,
    lot: Lot,
    connues: Mapping[int, str],
    ids: Mapping[str, Connu],
    lignee: bool = False,
) -> Tri:
    """Sort a batch. `tete` is the journal's head of that source, `connues` its prints at the ranks that the batch
    names, `ids` those events of the batch that the journal already has; `lignee`, whether this source was restored
    before and went on with a new lineage: it may then bring again what the journal has."""
    arret = _alarme_de_tete(source, tete, lot, connues)
    if arret is not None:
        return Tri((), (arret,), Suite.ARRETEE)
    entrees: list[Entree] = []
    alarmes: list[Alarme] = []
    vus, empreintes = dict(ids), dict(connues)
    for recu in lot.recus:
        if recu.rang <= tete.rang and empreintes.get(recu.rang) == recu.empreinte:
            continue
        ouverture = lit_ouverture(recu.corps)
        if recu.rang > tete.rang + 1:
            connue = Tete(recu.rang - 1, recu.precedente)
            if ouverture != connue:
                return Tri(tuple(entrees), tuple(alarmes), Suite.TROU)
            alarmes.append(Alarme(source, tete.rang + 1, Genre.PERTE, recu.precedente))
            tete = connue
        genre = _empechement(source, tete, recu, ouverture)
        if genre is not None:
            alarmes.append(Alarme(source, recu.rang, genre, recu.empreinte, recu))
            return Tri(tuple(entrees), tuple(alarmes), Suite.ARRETEE)
        lignee = lignee or ouverture is not None
        entree = _entree(source, recu, vus, lignee)
        entrees.append(entree)
        if entree.ecart is not None:
            alarmes.append(Alarme(source, recu.rang, entree.ecart, recu.empreinte))
        tete = Tete(recu.rang, recu.empreinte)
        empreintes[recu.rang] = recu.empreinte
    return Tri(tuple(entrees), tuple(alarmes))


def rangs_nommes(lot: Lot, jusqu_a: int) -> set[int]:
    """The ranks that a batch names, and that the journal may have: those whose prints `trier` compares."""
    return {rang for rang in (lot.tete.rang, *(recu.rang for recu in lot.recus)) if rang <= jusqu_a}


def ids_nommes(lot: Lot) -> set[str]:
    """The ids that a batch brings."""
    return {evenement.id for recu in lot.recus if (evenement := interpreter(recu.corps))}


def _alarme_de_tete(source: str, tete: Tete, lot: Lot, connues: Mapping[int, str]) -> Alarme | None:
    if lot.tete.rang < lot.apres:
        return Alarme(source, lot.tete.rang, Genre.RECUL, lot.tete.empreinte)
    if connues.get(lot.tete.rang, lot.tete.empreinte) != lot.tete.empreinte:
        return Alarme(source, lot.tete.rang, Genre.FORK, lot.tete.empreinte)
    if lot.point is not None and lot.point.rang > tete.rang:
        return Alarme(source, lot.point.rang, Genre.PURGE, lot.point.empreinte)
    return None


def _empechement(source: str, tete: Tete, recu: Recu, ouverture: Tete | None) -> Genre | None:
    if recu.rang <= tete.rang:
        return Genre.FORK
    if not s_enchaine(tete, recu):
        return Genre.CHAINE
    if source_dite(recu.corps) not in (source, None):
        return Genre.SOURCE
    if ouverture not in (tete, None):
        return Genre.LIGNEE
    return None


def _entree(source: str, recu: Recu, vus: dict[str, Connu], lignee: bool) -> Entree:
    evenement = interpreter(recu.corps)
    if evenement is None:
        return Entree(source, recu, None, Genre.ILLISIBLE)
    deja = vus.get(evenement.id)
    if deja is not None:
        repris = lignee and deja == Connu(source, recu.corps)
        return Entree(source, recu, None, None if repris else Genre.DOUBLE)
    vus[evenement.id] = Connu(source, recu.corps)
    return Entree(source, recu, evenement)
