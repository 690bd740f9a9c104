"""The chain of rights, link by link: what must be there before a group may be habilitated, and on every day after.

One rule for granting, for being in force and for explaining: the links that `chaine` gives, in order. What would not
be granted today is not in force today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habilitation.domain.documents import Document, Genre
from habilitation.domain.groupes import DemandeGroupe, Groupe, Habilitation, Portee
from habilitation.domain.liens import Trait
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.refus import ConventionIncomplete, HabilitationSuspendue, HorsBulletin, RequeteInvalide
from habilitation.domain.services import Service
from habilitation.domain.suspensions import Cible
from socle.refus import Refus

CAF_DES_YVELINES = "781"


class Maillon(StrEnum):
    """A link of the chain, in its order; its value is the cause that the journal keeps when it is missing."""

    PARTENAIRE = "partenaire_inconnu"
    CONVENTION = "convention_absente"
    CONTRAT = "contrat_absent"
    BULLETIN = "bulletin_absent"
    PROFIL = "profil_hors_bulletin"
    SERVICE = "service_suspendu"
    ORGANISME = "organisme_hors_caf_referente"
    ELIGIBILITE = "eligibilite_absente"
    CAF_REFERENTE = "caf_referente_autre_que_yvelines"
    GROUPE = "groupe_absent"
    PORTEE = "organisme_hors_portee"
    GROUPE_ACTIF = "groupe_suspendu"
    APPARTENANCE = "appartenance_absente"
    ECHEANCE = "echeance_passee"
    UTILISATEUR = "utilisateur_suspendu"


REFUS: Mapping[Maillon, type[Refus]] = {
    Maillon.CONVENTION: ConventionIncomplete,
    Maillon.CONTRAT: ConventionIncomplete,
    Maillon.BULLETIN: ConventionIncomplete,
    Maillon.PROFIL: HorsBulletin,
    Maillon.SERVICE: HabilitationSuspendue,
    Maillon.ORGANISME: HorsBulletin,
    Maillon.ELIGIBILITE: HorsBulletin,
    Maillon.CAF_REFERENTE: HorsBulletin,
}


@dataclass(frozen=True, slots=True)
class Anneau:
    """One link as it was found: whether it holds, what it is, and who opened it."""

    maillon: Maillon
    tient: bool
    reference: str | None = None
    trait: Trait | None = None


def exiger_convention(partenaire: Partenaire, jour: date) -> None:
    """Raises ConventionIncomplete unless the convention is open and signed: it binds the administrateurs."""
    if partenaire.signe(Genre.CONVENTION, jour) is None:
        raise ConventionIncomplete(Maillon.CONVENTION)


def habiliter(partenaire: Partenaire, demande: DemandeGroupe, jour: date) -> Habilitation:
    """Give the group's habilitation, within what the documents grant.

    Raises RequeteInvalide where portée and organismes contradict each other; ConventionIncomplete, HorsBulletin,
    HabilitationSuspendue.
    """
    organismes = _organismes(partenaire, demande)
    bulletin = partenaire.bulletin(demande.service)
    habilitation = Habilitation(
        demande.service, demande.profil, demande.portee, organismes, bulletin.id if bulletin else ""
    )
    manquant = maillon_manquant(partenaire, habilitation, jour)
    if manquant:
        raise REFUS[manquant](manquant)
    return habilitation


def maillon_manquant(partenaire: Partenaire, habilitation: Habilitation, jour: date) -> Maillon | None:
    """The first link that is not there on that day; None if the whole chain of the group holds."""
    return next((lu.maillon for lu in chaine_du_groupe(partenaire, habilitation, jour) if not lu.tient), None)


def chaine_du_groupe(partenaire: Partenaire, habilitation: Habilitation, jour: date) -> Iterator[Anneau]:
    """From the convention to the group's scope."""
    bulletin = partenaire.document(habilitation.bulletin)
    yield from documents(partenaire, bulletin, habilitation.service, habilitation.profil, jour)
    yield from _perimetre(partenaire, habilitation, jour)


def documents(
    partenaire: Partenaire, bulletin: Document | None, service: Service, profil: str, jour: date
) -> Iterator[Anneau]:
    """Convention, contrat, bulletin, the profile that it grants, and that the Caf did not suspend the service."""
    for maillon, genre in ((Maillon.CONVENTION, Genre.CONVENTION), (Maillon.CONTRAT, Genre.CONTRAT)):
        yield _document(maillon, partenaire.signe(genre, jour))
    signe = bulletin if bulletin and bulletin.en_vigueur(jour) else None
    adhesion = signe.adhesion if signe else None
    yield _document(Maillon.BULLETIN, signe)
    accorde = adhesion is not None and adhesion.service == service and profil in adhesion.profils
    yield Anneau(Maillon.PROFIL, accorde, profil)
    yield _actif(partenaire, Maillon.SERVICE, Cible.SERVICE, service)


def chaine(partenaire: Partenaire, groupe: Groupe, identifiant: str, jour: date) -> Iterator[Anneau]:
    """The whole chain, down to this user's membership of this group."""
    yield from chaine_du_groupe(partenaire, groupe.habilitation, jour)
    yield Anneau(Maillon.GROUPE, True, groupe.id, groupe.habilitation.trait)
    yield _actif(partenaire, Maillon.GROUPE_ACTIF, Cible.GROUPE, groupe.id)
    appartenance = groupe.appartenance(identifiant)
    yield Anneau(
        Maillon.APPARTENANCE, appartenance is not None, identifiant, appartenance.trait if appartenance else None
    )
    if appartenance and appartenance.echeance:
        yield Anneau(Maillon.ECHEANCE, appartenance.en_cours(jour), appartenance.echeance.isoformat())
    yield _actif(partenaire, Maillon.UTILISATEUR, Cible.UTILISATEUR, identifiant)


def _perimetre(partenaire: Partenaire, habilitation: Habilitation, jour: date) -> Iterator[Anneau]:
    if habilitation.portee is Portee.MONO:
        la_sienne = habilitation.organismes == (partenaire.caf_referente,)
        yield Anneau(Maillon.ORGANISME, la_sienne, partenaire.caf_referente)
        return
    yield _document(Maillon.ELIGIBILITE, partenaire.signe(Genre.ELIGIBILITE, jour))
    # « Pour les partenaires ayant une activité sur plusieurs départements, la CAF référente est la CAF des
    # Yvelines » (webinar, « Les rubriques accessibles »).
    yvelines = partenaire.caf_referente == CAF_DES_YVELINES
    yield Anneau(Maillon.CAF_REFERENTE, yvelines, partenaire.caf_referente)


def _document(maillon: Maillon, document: Document | None) -> Anneau:
    if document is None:
        return Anneau(maillon, False)
    return Anneau(maillon, True, document.id, document.trait)


def _actif(partenaire: Partenaire, maillon: Maillon, cible: Cible, reference: str) -> Anneau:
    suspension = partenaire.suspension(cible, reference)
    return Anneau(maillon, suspension is None, reference, suspension.prononcee if suspension else None)


def _organismes(partenaire: Partenaire, demande: DemandeGroupe) -> tuple[str, ...]:
    """The Caf covered, in order: mono takes the Caf référente by default, multi two at least, nationale none."""
    donnes = tuple(sorted(demande.organismes))
    if demande.portee is Portee.MONO:
        return donnes or (partenaire.caf_referente,)
    if demande.portee is Portee.MULTI and len(donnes) < 2:
        raise RequeteInvalide("multi_sans_organismes", erreurs=(("organismes", "Il en faut deux au moins."),))
    if demande.portee is Portee.NATIONALE and donnes:
        raise RequeteInvalide("nationale_avec_organismes", erreurs=(("organismes", "Toutes sont couvertes."),))
    return donnes
