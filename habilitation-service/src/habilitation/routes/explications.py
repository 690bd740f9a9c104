"""Why someone may, and who may."""

from typing import Any

from habilitation.domain.explications import Question
from habilitation.domain.services import Service
from habilitation.routes.lecture import instant, jour
from habilitation.routes.representations import en_explication, en_habilite
from habilitation.usecases.expliquer_droit import expliquer_droit
from habilitation.usecases.lire_habilites import lire_habilites
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def expliquer(
    siret: str,
    identifiant: str,
    service: str,
    profil: str,
    organisme: str,
    acces: Acces,
    travail: Travail[Depots],
    a: str | None = None,
) -> Any:
    """GET /partenaires/{siret}/explication"""
    question = Question(Service(service), profil, organisme)
    quand = instant("a", a) if a is not None else None
    return en_explication(expliquer_droit(travail, acces, siret, identifiant, question, quand))


def habilites(
    service: str,
    profils: list[str],
    organisme: str,
    le: str,
    acces: Acces,
    travail: Travail[Depots],
    apres: str = "",
) -> Any:
    """GET /explication"""
    questions = tuple(Question(Service(service), profil, organisme) for profil in profils)
    page = lire_habilites(travail, acces, questions, jour("le", le), apres)
    return {"personnes": [en_habilite(lu) for lu in page.habilites], "suivant": page.suivant}
