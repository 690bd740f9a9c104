"""Who could do one of these acts on the dossiers of a Caf on a day, and by which chain: the reverse question."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from habilitation.domain.explications import Habilite, Question, habilites
from habilitation.domain.refus import RequeteInvalide
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import FRANCE, Travail

PAR_PAGE = 50
CONTROLEUR = "caf:controleur"


@dataclass(frozen=True, slots=True)
class Page:
    """The persons of some partners; `suivant` is the SIRET after which to go on, None at the end."""

    habilites: tuple[Habilite, ...]
    suivant: str | None


def lire_habilites(
    travail: Travail[Depots], acces: Acces, questions: tuple[Question, ...], le: date, apres: str = ""
) -> Page:
    """Give everyone who could at some instant of that day.

    A référent sees the partners of its Caf; a contrôleur too, and all partners where the dossiers are its Caf's own.
    Raises AccesRefuse, RequeteInvalide for a day to come.
    """
    organisme = questions[0].organisme
    with travail.acte("habilitation.habilites.lus", acces, objet=organisme) as acte:
        if acces.caf is None:
            raise AccesRefuse("agent_sans_caf")
        if le > acte.jour:
            raise RequeteInvalide("jour_a_venir", erreurs=(("le", "Cette date est à venir."),))
        caf = None if CONTROLEUR in acces.roles and acces.caf == organisme else acces.caf
        service, profils = questions[0].service, [question.profil for question in questions]
        sirets = acte.depots.partenaires.ayant_habilite(service, profils, caf, apres, PAR_PAGE + 1)
        page = sirets[:PAR_PAGE]
        trouves = tuple(trouve for siret in page for trouve in _du_partenaire(acte.depots, siret, questions, le))
        return Page(trouves, page[-1] if len(sirets) > PAR_PAGE else None)


def _du_partenaire(depots: Depots, siret: str, questions: tuple[Question, ...], le: date) -> tuple[Habilite, ...]:
    """Each person and profile once, at the first instant of the day at which the chain held."""
    trouves: dict[tuple[str, str], Habilite] = {}
    for instant in _instants(depots, siret, le):
        partenaire = depots.partenaires.lire(siret, instant)
        if partenaire is not None:
            groupes = depots.groupes.du_partenaire(siret, instant)
            for trouve in habilites(partenaire, groupes, questions, instant, le):
                trouves.setdefault((trouve.identifiant, trouve.profil), trouve)
    return tuple(trouves.values())


def _instants(depots: Depots, siret: str, le: date) -> Iterator[datetime]:
    """The beginning of the day, and each change within it: between two of them nothing changes."""
    debut = datetime.combine(le, time.min, FRANCE)
    yield debut
    yield from depots.partenaires.instants(siret, debut, datetime.combine(le + timedelta(days=1), time.min, FRANCE))
