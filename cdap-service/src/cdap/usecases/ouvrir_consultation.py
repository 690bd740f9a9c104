"""A user opens a dossier by the name and the number that she has (webinar, « Consulter dossier »)."""

from dataclasses import asdict

from cdap.domain.consultations import DUREE, Consultation, Ouverture, choisir_groupe, exiger_ouvrable, profil_de
from cdap.domain.profils import RUBRIQUES, Rubrique
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def ouvrir_consultation(
    travail: Travail[Depots], acces: Acces, ouverture: Ouverture
) -> tuple[Consultation, list[Rubrique]]:
    """Open the dossier for this user and session; the consultation, and the rubriques that it will give.

    Raises DossierNonAccessible, GroupeAPreciser, HorsPerimetre. The journal keeps key and true cause, not the name.
    """
    cle = ouverture.cle
    with travail.acte("cdap.consultation.ouverte", acces, dossier=asdict(cle)) as acte:
        groupe = choisir_groupe(acces.groupes_de("cdap"), cle.organisme, ouverture.groupe)
        acte.au_titre_de(groupe)
        dossier = acte.depots.dossiers.lire(cle)
        exiger_ouvrable(dossier, ouverture, groupe, acces.partenaire, acte.jour)
        consultation = Consultation(
            id=acte.recu,
            sujet=acces.sujet or "",
            session=acces.session or "",
            groupe=groupe.id,
            cle=cle,
            numero_instructeur=ouverture.numero_instructeur,
            numero_bailleur=ouverture.numero_bailleur,
            ouverte_a=acte.instant,
            expire_a=acte.instant + DUREE,
        )
        acte.depots.consultations.inscrire(consultation)
        acte.note(consultation=consultation.id)
        ouvertes = RUBRIQUES[profil_de(groupe)]
        return consultation, [rubrique for rubrique in Rubrique if rubrique in ouvertes]
