"""The administrateur, or the responsable of the group, puts an existing user of the partner in a group."""

from dataclasses import dataclass, replace
from datetime import date

from habilitation.domain.envois import Envoi
from habilitation.domain.groupes import Groupe
from habilitation.domain.liens import Trait
from habilitation.domain.perimetre import exiger_compte
from habilitation.domain.refus import RequeteInvalide
from habilitation.domain.services import Service
from habilitation.usecases.perimetres import groupe_gere, signer
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.une_fois import deja_fait, redire, retenir
from socle.acces import Acces
from socle.travail import Travail


@dataclass(frozen=True, slots=True)
class NouveauMembre:
    """Who enters, why, and until which day, that day included."""

    identifiant: str
    motif: str | None = None
    echeance: date | None = None


def ajouter_membre(
    travail: Travail[Depots], acces: Acces, comptes: Comptes, id: str, nouveau: NouveauMembre, envoi: Envoi
) -> None:
    """Make this user a member. « Un seul [profil] pour un utilisateur » (webinar, « Les rubriques accessibles »).

    Raises RessourceInconnue, RequeteInvalide, ProfilUnique, DejaExistant, VoisinIndisponible, VersionPerimee,
    CleReutilisee.
    """
    with travail.acte("habilitation.membre.ajoute", acces, objet=nouveau.identifiant) as acte:
        with travail.lecture() as depots:
            groupe = groupe_gere(depots, acces, id, acte.jour)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil)
        exiger_compte(comptes.partenaire_de(nouveau.identifiant, acces.trace), groupe.partenaire)
        fait = deja_fait(acte, acces, envoi)
        groupe = groupe_gere(acte.depots, acces, id, acte.jour, None if fait else envoi)
        if fait:
            redire(acte, fait)
            return
        if nouveau.echeance and nouveau.echeance < acte.jour:
            raise RequeteInvalide("echeance_passee", erreurs=(("echeance", "Cette date est passée."),))
        trait = signer(acte.depots, acces, acte.instant, nouveau.motif)
        _entrer(acte.depots, groupe, nouveau, acte.jour, trait)
        retenir(acte, acces, envoi, nouveau.identifiant, trait)


def _entrer(depots: Depots, groupe: Groupe, nouveau: NouveauMembre, jour: date, trait: Trait) -> None:
    """What ended by itself is closed first: it holds neither the place nor the CDAP profile."""
    appartenances, profil = depots.appartenances, None
    appartenances.clore_echues(nouveau.identifiant, jour, replace(trait, motif="échéance passée"))
    if groupe.habilitation.service is Service.CDAP:
        profil = appartenances.tenir_profil_cdap(nouveau.identifiant, groupe.habilitation.profil, trait)
    appartenances.ajouter(groupe.id, nouveau.identifiant, profil, trait, nouveau.echeance)
