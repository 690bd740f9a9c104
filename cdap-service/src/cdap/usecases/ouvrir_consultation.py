"""A user opens a dossier by the name and the number that she has (webinar, « Consulter dossier »)."""

from dataclasses import asdict

from cdap.domain.consultations import (
    DUREE,
    Consultation,
    Ouverture,
    choisir_groupe,
    exiger_ouvrable,
    exiger_un_choix,
    profil_de,
)
from cdap.domain.profils import RUBRIQUES, Rubrique
from cdap.domain.temporisation import FENETRE, exiger_patience
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def ouvrir_consultation(
    travail: Travail[Depots], acces: Acces, ouverture: Ouverture
) -> tuple[Consultation, list[Rubrique]]:
    """Open the dossier for this user and session; the consultation, and the rubriques that it will give.

    Raises DossierNonAccessible, GroupeAPreciser, TropDEchecs, HorsPerimetre. The journal keeps the key and the true
    cause, not the name.
    """
    cle, sujet = ouverture.cle, acces.sujet or ""
    with travail.acte("cdap.consultation.ouverte", acces, dossier=asdict(cle)) as acte:
        depots, groupes = acte.depots, acces.groupes_de("cdap")
        exiger_un_choix(groupes, cle.organisme, ouverture.groupe)
        exiger_patience(depots.echecs.de(sujet, acte.instant - FENETRE), acte.instant)
        depots.echecs.inscrire(sujet, acte.instant)
        acte.acquis()  # the attempt counts as failed, until it has succeeded
        dossier = depots.dossiers.lire(cle)
        groupe = choisir_groupe(groupes, cle.organisme, ouverture.groupe)
        acte.au_titre_de(groupe)
        profil = profil_de(groupe)
        ouverture = ouverture.pour(profil)
        exiger_ouvrable(dossier, ouverture, groupe, acces.partenaire, acte.jour)
        consultation = Consultation(
            id=acte.recu,
            sujet=sujet,
            session=acces.session or "",
            groupe=groupe.id,
            cle=cle,
            numero_instructeur=ouverture.numero_instructeur,
            numero_bailleur=ouverture.numero_bailleur,
            ouverte_a=acte.instant,
            expire_a=acte.instant + DUREE,
        )
        depots.consultations.inscrire(consultation)
        depots.echecs.retirer(sujet, acte.instant)
        acte.note(consultation=consultation.id)
        ouvertes = RUBRIQUES[profil]
        return consultation, [rubrique for rubrique in Rubrique if rubrique in ouvertes]
