"""An account: a person, and either the partner she works for or the Caf whose agent she is."""

import re
from dataclasses import dataclass
from enum import StrEnum

from socle.refus import Refus

_LATIN = "A-Za-z0-9\u00c0-\u024f\u1e00-\u1eff"  # civil status in France knows Latin letters only
_NOM = re.compile(rf"[{_LATIN}][{_LATIN} '’.-]{{0,99}}")
_ATOME = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, dot-atom
_COURRIEL = re.compile(rf"{_ATOME}(\.{_ATOME})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_CAF = re.compile(r"[0-9]{3}")


class PersonneInvalide(Refus):
    """A name, an address or a Caf that does not have the form that is needed."""

    code = "requete-invalide"


class ReferentExistant(Refus):
    """The Caf already has a référent: the first one cannot be made again."""

    code = "deja-existant"


class CompteInconnu(Refus):
    """There is no such account, or it is not for this person to act on: one answer."""

    code = "ressource-inconnue"


class SoiMeme(Refus):
    """Nobody does this to his own account."""

    code = "soi-meme"


class Role(StrEnum):
    """What an agent of a Caf may do (architecture, section 4)."""

    REFERENT = "caf:referent"
    CONTROLEUR = "caf:controleur"
    SUPERVISEUR = "caf:superviseur"
    GESTIONNAIRE = "caf:gestionnaire"


@dataclass(frozen=True, slots=True)
class Personne:
    """Somebody, as told by who creates her account."""

    nom: str
    prenom: str
    courriel: str


@dataclass(frozen=True, slots=True)
class Appartenance:
    """Where an account belongs: a partner (with its Caf référente), or a Caf."""

    partenaire: str | None = None
    caf_referente: str | None = None
    caf: str | None = None


@dataclass(frozen=True, slots=True)
class Compte:
    """An account, and the roles in force of an agent."""

    identifiant: str
    personne: Personne
    appartenance: Appartenance
    roles: frozenset[Role] = frozenset()
    ferme: bool = False

    def references(self) -> dict[str, str | None]:
        """Who an event is about: references only, never a name."""
        ou = self.appartenance
        return {"sujet": self.identifiant, "partenaire": ou.partenaire, "caf": ou.caf or ou.caf_referente}


def agent_de(caf: str) -> Appartenance:
    """The belonging of an agent. Raises PersonneInvalide where this is no code of a Caf (3 digits)."""
    if not _CAF.fullmatch(caf):
        raise PersonneInvalide("caf_invalide")
    return Appartenance(caf=caf)


def une_personne(nom: str, prenom: str, courriel: str) -> Personne:
    """A person whose names and address can be written on a mail. Raises PersonneInvalide."""
    if not (_NOM.fullmatch(nom) and _NOM.fullmatch(prenom)):
        raise PersonneInvalide("nom_invalide")
    local, _, _ = courriel.partition("@")
    if not _COURRIEL.fullmatch(courriel) or len(courriel) > 255 or len(local) > 64:
        raise PersonneInvalide("courriel_invalide")  # webinar, « Dialogue »: 64 before @, 255 in all
    return Personne(nom, prenom, courriel)
