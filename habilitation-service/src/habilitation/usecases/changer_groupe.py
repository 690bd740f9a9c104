"""The administrateur changes a group: its name, or what it is habilitated to, within what the documents grant."""

from dataclasses import replace
from datetime import date

from habilitation.domain.chaine import habiliter
from habilitation.domain.envois import Envoi
from habilitation.domain.groupes import ChangementGroupe, Groupe
from habilitation.domain.liens import Trait
from habilitation.domain.services import Service
from habilitation.usecases.perimetres import groupe_administre, partenaire_administre, revoquer, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Acte, Travail


def changer_groupe(
    travail: Travail[Depots], acces: Acces, id: str, changement: ChangementGroupe, envoi: Envoi
) -> Groupe:
    """Give the group as it stands now; « moindre affectation »: it is habilitated anew, as if it were created today.

    Raises RessourceInconnue, RequeteInvalide, ConventionIncomplete, HorsBulletin, HabilitationSuspendue,
    ProfilUnique (a member has another CDAP profile elsewhere), VersionPerimee.
    """
    with travail.acte("habilitation.groupe.change", acces) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        groupe = groupe_administre(acte.depots, acces, id, acte.jour, envoi)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil, objet=groupe.id)
        if changement.nom is not None:
            acte.depots.groupes.renommer(groupe.id, changement.nom, trait)
        if changement.touche_l_habilitation:
            _rehabiliter(acte, acces, groupe, changement, trait)
        change = acte.depots.groupes.lire(groupe.id)
        if change is None:
            raise RessourceInconnue("groupe_inconnu")
        acte.note(profil=change.habilitation.profil)
        return change.au(acte.jour)


def _rehabiliter(acte: Acte[Depots], acces: Acces, groupe: Groupe, changement: ChangementGroupe, trait: Trait) -> None:
    partenaire = partenaire_administre(acte.depots, acces, groupe.partenaire, acte.jour)
    habilitation = habiliter(partenaire, changement.sur(groupe), acte.jour)
    acte.depots.groupes.rehabiliter(groupe.id, habilitation, trait)
    if habilitation.service is Service.CDAP and habilitation.profil != groupe.habilitation.profil:
        _changer_les_profils(acte.depots, groupe, habilitation.profil, acte.jour, trait)
    revoquer(acte.depots, trait, groupes=(groupe.id,))


def _changer_les_profils(depots: Depots, groupe: Groupe, profil: str, jour: date, trait: Trait) -> None:
    """Each member takes the group's new CDAP profile, for the same reason and until the same day as before."""
    fin = replace(trait, motif="changement de profil du groupe")
    depots.appartenances.vider(groupe.id, fin)
    for lue in groupe.appartenances:
        depots.appartenances.clore_echues(lue.identifiant, jour, replace(trait, motif="échéance passée"))
    depots.appartenances.lacher_profils_cdap([lue.identifiant for lue in groupe.appartenances], fin)
    for lue in groupe.au(jour).appartenances:
        tenu = depots.appartenances.tenir_profil_cdap(lue.identifiant, profil, trait)
        suite = replace(trait, motif=lue.trait.motif)
        depots.appartenances.ajouter(groupe.id, lue.identifiant, tenu, suite, lue.echeance)
