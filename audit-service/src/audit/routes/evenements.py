"""The journal, for the contrôleurs: search, and one event with its place in the chain."""

from typing import Any

from audit.domain.accueil import Entree
from audit.domain.evenement import Evenement, Issue
from audit.domain.recherche import Criteres, Dossier, borne, ecrire_curseur, lire_curseur
from audit.usecases.chercher_evenements import Page, chercher_evenements
from audit.usecases.lire_evenement import lire_evenement
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail

_TELS_QUELS = (
    "id", "source", "type", "time", "sujet", "client", "partenaire", "caf", "service", "groupe", "profil", "acte",
    "rubrique", "consultation", "objet", "issue", "cause", "finalite", "fondement", "destinataire", "adresse",
    "session", "trace", "nombre",
)  # fmt: skip


def lister(
    acces: Acces,
    travail: Travail[Depots],
    sujet: str | None = None,
    service: str | None = None,
    type: str | None = None,
    issue: str | None = None,
    partenaire: str | None = None,
    depuis: str | None = None,
    jusqu_a: str | None = None,
    curseur: str | None = None,
) -> Any:
    """A page of events, newest first."""
    demande = {
        "sujet": sujet,
        "service": service,
        "type": type,
        "issue": issue,
        "partenaire": partenaire,
        "depuis": depuis,
        "jusqu_a": jusqu_a,
        "curseur": curseur,
    }
    return _page(chercher_evenements(travail, acces, criteres(demande)))


def rechercher(body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """The same, and by dossier."""
    return _page(chercher_evenements(travail, acces, criteres(body)))


def lire(evenement: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """One event."""
    return _representer(lire_evenement(travail, acces, evenement))


def criteres(demande: dict[str, Any]) -> Criteres:
    """What a body or a query asks. Raises RequeteInvalide."""
    issue, dossier = demande.get("issue"), demande.get("dossier")
    return Criteres(
        sujet=demande.get("sujet"),
        service=demande.get("service"),
        type=demande.get("type"),
        issue=None if issue is None else Issue(issue),
        partenaire=demande.get("partenaire"),
        depuis=borne("depuis", demande.get("depuis")),
        jusqu_a=borne("jusqu_a", demande.get("jusqu_a")),
        dossier=None if dossier is None else Dossier(**dossier),
        apres=lire_curseur(demande.get("curseur")),
    )


def _page(page: Page) -> dict[str, Any]:
    return {
        "evenements": [_representer(entree) for entree in page.entrees],
        "suivant": None if page.suivant is None else ecrire_curseur(page.suivant),
    }


def _representer(entree: Entree) -> dict[str, Any]:
    dit, recu = entree.evenement, entree.recu
    champs = {} if dit is None else {nom: getattr(dit, nom) for nom in _TELS_QUELS} | {"dossier": _dossier(dit)}
    return champs | {"rang": recu.rang, "empreinte": recu.empreinte, "precedente": recu.precedente}


def _dossier(dit: Evenement) -> dict[str, Any] | None:
    if dit.organisme is None:
        return None
    return {"organisme": dit.organisme, "numero_allocataire": dit.numero_allocataire}
