"""The chain of rights, link by link: what must be there before a group may be habilitated, and on every day after.

One rule for both: `maillon_manquant`. What would not be granted today is not in force today.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from habilitation.domain.documents import Document, Genre
from habilitation.domain.groupes import DemandeGroupe, Habilitation, Portee
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.refus import ConventionIncomplete, HorsBulletin, RequeteInvalide
from socle.refus import Refus

CAF_DES_YVELINES = "781"


class Maillon(StrEnum):
    """A link of the chain, in its order; its name is the cause that the journal keeps."""

    CONVENTION = "convention_absente"
    CONTRAT = "contrat_absent"
    BULLETIN = "bulletin_absent"
    PROFIL = "profil_hors_bulletin"
    ORGANISME = "organisme_hors_caf_referente"
    ELIGIBILITE = "eligibilite_absente"
    CAF_REFERENTE = "caf_referente_autre_que_yvelines"


REFUS: Mapping[Maillon, type[Refus]] = {
    Maillon.CONVENTION: ConventionIncomplete,
    Maillon.CONTRAT: ConventionIncomplete,
    Maillon.BULLETIN: ConventionIncomplete,
    Maillon.PROFIL: HorsBulletin,
    Maillon.ORGANISME: HorsBulletin,
    Maillon.ELIGIBILITE: HorsBulletin,
    Maillon.CAF_REFERENTE: HorsBulletin,
}


def exiger_convention(partenaire: Partenaire, jour: date) -> None:
    """Raises ConventionIncomplete unless the convention is open and signed: it binds the administrateurs."""
    if not partenaire.a_signe(Genre.CONVENTION, jour):
        raise ConventionIncomplete(Maillon.CONVENTION)


def habiliter(partenaire: Partenaire, demande: DemandeGroupe, jour: date) -> Habilitation:
    """Give the group's habilitation, within what the documents grant.

    Raises RequeteInvalide where portée and organismes contradict each other; ConventionIncomplete, HorsBulletin.
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
    """The first link that is not there on that day; None if the whole chain holds."""
    bulletin = partenaire.document(habilitation.bulletin)
    if not partenaire.a_signe(Genre.CONVENTION, jour):
        return Maillon.CONVENTION
    if not partenaire.a_signe(Genre.CONTRAT, jour):
        return Maillon.CONTRAT
    if bulletin is None or not bulletin.en_vigueur(jour):
        return Maillon.BULLETIN
    if not _accorde(bulletin, habilitation):
        return Maillon.PROFIL
    if habilitation.portee is Portee.MONO:
        return None if habilitation.organismes == (partenaire.caf_referente,) else Maillon.ORGANISME
    if not partenaire.a_signe(Genre.ELIGIBILITE, jour):
        return Maillon.ELIGIBILITE
    # « Pour les partenaires ayant une activité sur plusieurs départements, la CAF référente est la CAF des
    # Yvelines » (webinar, « Les rubriques accessibles »).
    return None if partenaire.caf_referente == CAF_DES_YVELINES else Maillon.CAF_REFERENTE


def _accorde(bulletin: Document, habilitation: Habilitation) -> bool:
    adhesion = bulletin.adhesion
    return adhesion is not None and adhesion.service == habilitation.service and habilitation.profil in adhesion.profils


def _organismes(partenaire: Partenaire, demande: DemandeGroupe) -> tuple[str, ...]:
    """The Caf covered, in order: mono takes the Caf référente by default, multi two at least, nationale none."""
    donnes = tuple(sorted(demande.organismes))
    if demande.portee is Portee.MONO:
        return donnes or (partenaire.caf_referente,)
    if demande.portee is Portee.MULTI and len(donnes) < 2:
        raise RequeteInvalide("multi_sans_organismes")
    if demande.portee is Portee.NATIONALE and donnes:
        raise RequeteInvalide("nationale_avec_organismes")
    return donnes
