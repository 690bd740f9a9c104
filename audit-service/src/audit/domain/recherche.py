"""What a contrôleur asks of the journal, and what he may see of it."""

import base64
import re
from dataclasses import dataclass, fields
from datetime import datetime

from audit.domain.evenement import Evenement, Issue, est_identifiant, instant_utc
from socle.refus import AccesRefuse, Refus, RessourceInconnue

PAR_PAGE = 50
_CURSEUR = re.compile(r"[A-Za-z0-9_-]+")
_INSTANT = "Un instant s’écrit avec sa date, son heure et son décalage, comme 2026-01-31T08:30:00+01:00."
_A_L_ENVERS = "La fin de la période doit venir après son début."
_A_VENIR = "Le début de la période est à venir."
_CURSEUR_D_UNE_PAGE = "Ce curseur n’est pas celui d’une page."


class RequeteInvalide(Refus):
    """A criterion that has not the form that the contract describes."""

    code = "requete-invalide"


class EvenementInconnu(RessourceInconnue):
    """No such event, or not for this agent: the answer is the same, the cause is kept."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The key of a dossier."""

    organisme: str
    numero_allocataire: str

    @property
    def reference(self) -> dict[str, str]:
        """As an event names it."""
        return {"organisme": self.organisme, "numero_allocataire": self.numero_allocataire}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands in the order of the journal's pages: by instant, then id."""

    instant: str
    id: str


@dataclass(frozen=True, slots=True)
class Criteres:
    """What is asked; None asks nothing. `depuis` is included, `jusqu_a` is not; `apres` is where the page begins."""

    sujet: str | None = None
    service: str | None = None
    type: str | None = None
    issue: Issue | None = None
    partenaire: str | None = None
    depuis: str | None = None
    jusqu_a: str | None = None
    dossier: Dossier | None = None
    apres: Place | None = None

    @property
    def precis(self) -> bool:
        """Whether few events can fit, whatever else is asked: those of one subject, or of one dossier."""
        return self.sujet is not None or self.dossier is not None

    @property
    def nommes(self) -> tuple[str, ...]:
        """Which criteria there are, never what they say."""
        return tuple(
            champ.name for champ in fields(self) if champ.name != "apres" and getattr(self, champ.name) is not None
        )

    def exiger_une_periode(self, a: datetime) -> None:
        """An empty answer must mean that there was no access, not that none could fit.

        Raises RequeteInvalide, which names the field, where the period begins after `a`, or not before its end.
        """
        if self.depuis is not None and self.depuis > instant_utc(a.isoformat()):
            raise RequeteInvalide("periode_a_venir", erreurs=(("depuis", _A_VENIR),))
        if self.depuis is not None and self.jusqu_a is not None and self.jusqu_a <= self.depuis:
            raise RequeteInvalide("periode_a_l_envers", erreurs=(("jusqu_a", _A_L_ENVERS),))


def caf_de(caf: str | None) -> str:
    """The Caf whose accesses an agent sees. Raises AccesRefuse for an agent of none."""
    if caf is None:
        raise AccesRefuse("agent_sans_caf")
    return caf


def visible(evenement: Evenement, caf: str) -> bool:
    """An agent sees what concerns his Caf, by who acted or by the dossier; and what is no Caf's (a failed login)."""
    return caf in (evenement.caf, evenement.organisme) or (evenement.caf is None and evenement.organisme is None)


def borne(champ: str, texte: str | None) -> str | None:
    """Read an instant. Raises RequeteInvalide, which names the field, if it is not ISO 8601 with its offset."""
    try:
        return None if texte is None else instant_utc(texte)
    except ValueError:
        raise RequeteInvalide("instant_invalide", erreurs=((champ, _INSTANT),)) from None


def ecrire_curseur(place: Place) -> str:
    """The opaque form of a place, for the next page."""
    return base64.urlsafe_b64encode(f"{place.instant}|{place.id}".encode()).rstrip(b"=").decode()


def lire_curseur(texte: str | None) -> Place | None:
    """Read what `ecrire_curseur` gave. Raises RequeteInvalide for anything else."""
    if texte is None:
        return None
    try:
        instant, _, id = _decoder(texte).partition("|")
        if instant_utc(instant) == instant and est_identifiant(id) and ecrire_curseur(Place(instant, id)) == texte:
            return Place(instant, id)
    except ValueError:
        pass
    raise RequeteInvalide("curseur_invalide", erreurs=(("curseur", _CURSEUR_D_UNE_PAGE),))


def _decoder(texte: str) -> str:
    if not _CURSEUR.fullmatch(texte):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(texte + "=" * (-len(texte) % 4)).decode("ascii")
