"""The extra checks of five profiles (webinar, slide « Les profils », « Contrôles supplémentaires »).

They apply to every rubrique, synthèse and attestation included. Invariant: a fact that is missing denies.
No clock, no query: the facts and the day come in; out comes None, or the cause for the journal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from cdap.domain.calendrier import il_y_a
from cdap.domain.liens import Liens
from cdap.domain.numeros import meme_instructeur
from cdap.domain.profils import Profil

MOIS_APRES_RSA = 24
"""« les deux dernières années », in calendar months."""


class Cause(StrEnum):
    """Why a check was not satisfied. « absent »: the user gave no number."""

    INSTRUCTEUR_ABSENT = "instructeur_absent"
    INSTRUCTEUR_INCOHERENT = "instructeur_incoherent"
    HORS_TUTELLE = "hors_tutelle"
    BAILLEUR_ABSENT = "bailleur_absent"
    BAILLEUR_INCOHERENT = "bailleur_incoherent"
    RSA_ABSENT = "rsa_absent"
    RSA_TROP_ANCIEN = "rsa_trop_ancien"
    DOSSIER_PARTI = "dossier_parti"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demande:
    """What the user's partner is (its SIRET) and what the user typed beside the name and the number."""

    siret: str | None = None
    numero_instructeur: str | None = None
    numero_bailleur: str | None = None


Controle = Callable[[Liens, Demande, date], Cause | None]


def instructeur_coherent(liens: Liens, demande: Demande, le: date) -> Cause | None:
    """T4: « contrôle de cohérence n° instructeur / n° allocataire »: the dossier names that service."""
    if not demande.numero_instructeur:
        return Cause.INSTRUCTEUR_ABSENT
    for numero in liens.numeros_instructeur or ():
        if meme_instructeur(numero, demande.numero_instructeur):
            return None
    return Cause.INSTRUCTEUR_INCOHERENT


def sous_tutelle(liens: Liens, demande: Demande, le: date) -> Cause | None:
    """T9: « uniquement les dossiers qui sont sous sa tutelle ou qui l'ont été », not those that will be."""
    if demande.siret and any(m.siret == demande.siret and m.depuis <= le for m in liens.mandats or ()):
        return None
    return Cause.HORS_TUTELLE


def bailleur_coherent(liens: Liens, demande: Demande, le: date) -> Cause | None:
    """T10: « contrôle de cohérence n° bailleur / n° allocataire »: it lets the current logement."""
    if not demande.numero_bailleur:
        return Cause.BAILLEUR_ABSENT
    return None if liens.numero_bailleur == demande.numero_bailleur else Cause.BAILLEUR_INCOHERENT


def rsa_en_cours_ou_recent(liens: Liens, demande: Demande, le: date) -> Cause | None:
    """T18, T19: « bénéficiaires du Rsa ou ayant bénéficié du Rsa les deux dernières années ».

    The day itself and the same day 24 calendar months before both count; a right to come does not.
    """
    droits = liens.droits_rsa or ()
    if any(droit.recouvre(il_y_a(MOIS_APRES_RSA, le), le) for droit in droits):
        return None
    return Cause.RSA_TROP_ANCIEN if any(droit.recouvre(date.min, le) for droit in droits) else Cause.RSA_ABSENT


CONTROLES: Mapping[Profil, Controle] = MappingProxyType(
    {
        Profil.T4: instructeur_coherent,
        Profil.T9: sous_tutelle,
        Profil.T10: bailleur_coherent,
        Profil.T18: rsa_en_cours_ou_recent,
        Profil.T19: rsa_en_cours_ou_recent,
    }
)


def controler(profil: Profil, liens: Liens, demande: Demande, le: date) -> Cause | None:
    """The cause for which this profile may not see the dossier, or None, as for a profile without check.

    A dossier that has gone to another Caf is seen there, by nobody here (ADR 28).
    """
    if liens.depart is not None and liens.depart.le <= le:
        return Cause.DOSSIER_PARTI
    controle = CONTROLES.get(profil)
    return None if controle is None else controle(liens, demande, le)
