"""A consultation: a dossier opened by one user, in one session, for 15 minutes; and when it may be used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cdap.domain import refus
from cdap.domain.controles import Demande, controler
from cdap.domain.dossiers import Cle, Dossier, repond_au_nom
from cdap.domain.liens import Liens
from cdap.domain.profils import Profil, Rubrique, est_ouverte
from socle.acces import Groupe

DUREE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ouverture:
    """What the search screen sends (webinar, « Consulter dossier »); `groupe` where several cover the Caf."""

    cle: Cle
    nom: str
    numero_instructeur: str | None = None
    numero_bailleur: str | None = None
    groupe: str | None = None

    def pour(self, profil: Profil) -> "Ouverture":
        """The same without the fields that belong to another profile: they are ignored, and not kept."""
        return replace(
            self,
            numero_instructeur=self.numero_instructeur if profil is Profil.T4 else None,
            numero_bailleur=self.numero_bailleur if profil is Profil.T10 else None,
        )

    def demande(self, siret: str | None) -> Demande:
        """What the extra checks look at, for the partner of that SIRET."""
        return Demande(siret=siret, numero_instructeur=self.numero_instructeur, numero_bailleur=self.numero_bailleur)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """An open dossier; the typed numbers are kept, since the checks are made again at every read."""

    id: str
    sujet: str
    session: str
    groupe: str
    cle: Cle
    numero_instructeur: str | None
    numero_bailleur: str | None
    ouverte_a: datetime
    expire_a: datetime

    def demande(self, siret: str | None) -> Demande:
        """What the extra checks look at, for the partner of that SIRET."""
        return Demande(siret=siret, numero_instructeur=self.numero_instructeur, numero_bailleur=self.numero_bailleur)


def exiger_un_choix(groupes: Sequence[Groupe], organisme: str, voulu: str | None) -> None:
    """Where several groups cover the organisme, one must be named. Raises GroupeAPreciser."""
    if voulu is None and sum(groupe.couvre(organisme) for groupe in groupes) > 1:
        raise refus.GroupeAPreciser()


def choisir_groupe(groupes: Sequence[Groupe], organisme: str, voulu: str | None) -> Groupe:
    """The group that covers the organisme; if one is named, that one. Raises DossierNonAccessible."""
    couvrants = [groupe for groupe in groupes if groupe.couvre(organisme)]
    if not couvrants:
        raise refus.DossierNonAccessible("hors_portee")
    for groupe in couvrants:
        if voulu in (None, groupe.id):
            return groupe
    raise refus.DossierNonAccessible("groupe_inconnu")


def exiger_ouvrable(dossier: Dossier | None, ouverture: Ouverture, groupe: Groupe, siret: str | None, le: date) -> None:
    """Number, name and the profile's extra check, in one verdict that tells them apart in the journal only.

    Raises DossierNonAccessible with the true cause (webinar: « si sa saisie est correcte »).
    """
    nom_admis = dossier is not None and repond_au_nom(dossier, ouverture.nom)
    liens = dossier.liens if dossier else Liens()
    cause = controler(profil_de(groupe), liens, ouverture.demande(siret), le)
    if dossier is None:
        raise refus.DossierNonAccessible("numero_inconnu")
    if not nom_admis:
        raise refus.DossierNonAccessible("nom_errone")
    if cause is not None:
        raise refus.DossierNonAccessible(cause)


def exiger_utilisable(
    consultation: Consultation | None, sujet: str | None, session: str | None, a: datetime
) -> Consultation:
    """A consultation serves its user, in her session, until it expires. Raises ConsultationInconnue."""
    if consultation is None:
        raise refus.ConsultationInconnue("consultation_inconnue")
    if consultation.sujet != sujet or consultation.session != session:
        raise refus.ConsultationInconnue("consultation_d_un_autre")
    if a >= consultation.expire_a:
        raise refus.ConsultationInconnue("consultation_expiree")
    return consultation


def habilitation_de(consultation: Consultation, groupes: Sequence[Groupe]) -> Groupe:
    """The group under which the dossier was opened, as the token of this very request has it.

    Raises HorsPerimetre if the user is no longer in it, or it no longer covers the organisme.
    """
    for groupe in groupes:
        if groupe.id == consultation.groupe:
            if not groupe.couvre(consultation.cle.organisme):
                raise refus.HorsPerimetre("hors_portee")
            return groupe
    raise refus.HorsPerimetre("groupe_retire")


def exiger_rubrique(groupe: Groupe, rubrique: Rubrique) -> None:
    """The webinar's table. Raises RubriqueInterdite."""
    if not est_ouverte(profil_de(groupe), rubrique):
        raise refus.RubriqueInterdite("rubrique_hors_profil")


def exiger_perimetre(groupe: Groupe, dossier: Dossier, demande: Demande, le: date) -> None:
    """The profile's extra check, made again. Raises HorsPerimetre with its cause."""
    cause = controler(profil_de(groupe), dossier.liens, demande, le)
    if cause is not None:
        raise refus.HorsPerimetre(cause)


def profil_de(groupe: Groupe) -> Profil:
    """The CDAP profile of a group. Raises HorsPerimetre for a code that CDAP does not know."""
    try:
        return Profil(groupe.profil or "")
    except ValueError:
        raise refus.HorsPerimetre("profil_inconnu") from None
