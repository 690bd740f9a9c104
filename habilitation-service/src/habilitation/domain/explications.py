"""Why a user may or may not do an act, by the same chain that gives the rights; and who may, by which chain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from habilitation.domain.chaine import Anneau, Maillon, chaine, documents
from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.services import Service


@dataclass(frozen=True, slots=True)
class Question:
    """An act: this profile of this service, on the dossiers of this Caf."""

    service: Service
    profil: str
    organisme: str


@dataclass(frozen=True, slots=True)
class Explication:
    """The chain, whole or up to the first link that is missing; `groupe` is the one that goes furthest."""

    anneaux: tuple[Anneau, ...]
    groupe: str | None = None

    @property
    def accorde(self) -> bool:
        """Whether the whole chain holds."""
        return all(anneau.tient for anneau in self.anneaux)

    @property
    def manquant(self) -> Maillon | None:
        """The first link that is missing."""
        return next((anneau.maillon for anneau in self.anneaux if not anneau.tient), None)


@dataclass(frozen=True, slots=True)
class Habilite:
    """A person who could do the act, since when in the day that is asked for, and by which chain."""

    identifiant: str
    partenaire: str
    profil: str
    a: datetime
    explication: Explication


def expliquer(
    partenaire: Partenaire, groupes: Iterable[Groupe], identifiant: str, question: Question, jour: date
) -> Explication:
    """The chain of the group by which the user may; of the group that goes furthest where she may not."""
    convient = (question.service, question.profil)
    chaines = [
        Explication(_jusqu_au_premier(_chaine(partenaire, groupe, identifiant, question, jour)), groupe.id)
        for groupe in groupes
        if (groupe.habilitation.service, groupe.habilitation.profil) == convient
    ]
    if not chaines:
        return Explication(_jusqu_au_premier(_sans_groupe(partenaire, question, jour)))
    return max(chaines, key=lambda lue: (lue.accorde, len(lue.anneaux)))


def habilites(
    partenaire: Partenaire, groupes: Iterable[Groupe], questions: Iterable[Question], instant: datetime, jour: date
) -> Iterator[Habilite]:
    """Everyone of this partner who may one of these acts at this instant."""
    groupes = tuple(groupes)
    personnes = sorted({lue.identifiant for groupe in groupes for lue in groupe.appartenances})
    for question in questions:
        for identifiant in personnes:
            explication = expliquer(partenaire, groupes, identifiant, question, jour)
            if explication.accorde:
                yield Habilite(identifiant, partenaire.siret, question.profil, instant, explication)


def _chaine(
    partenaire: Partenaire, groupe: Groupe, identifiant: str, question: Question, jour: date
) -> Iterator[Anneau]:
    yield from chaine(partenaire, groupe, identifiant, jour)
    yield Anneau(Maillon.PORTEE, groupe.habilitation.couvre(question.organisme), question.organisme)


def _sans_groupe(partenaire: Partenaire, question: Question, jour: date) -> Iterator[Anneau]:
    bulletin = partenaire.bulletin(question.service)
    yield from documents(partenaire, bulletin, question.service, question.profil, jour)
    yield Anneau(Maillon.GROUPE, False)


def _jusqu_au_premier(anneaux: Iterable[Anneau]) -> tuple[Anneau, ...]:
    """The links up to the first that is missing, which is the last of them."""
    lus = []
    for anneau in anneaux:
        lus.append(anneau)
        if not anneau.tient:
            break
    return tuple(lus)
