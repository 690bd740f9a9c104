"""What every act on an open consultation begins with: whose it is, by what right, and the dossier."""

from dataclasses import asdict

from cdap.domain.consultations import (
    Consultation,
    exiger_perimetre,
    exiger_rubrique,
    exiger_utilisable,
    habilitation_de,
)
from cdap.domain.dossiers import Dossier
from cdap.domain.profils import Rubrique
from cdap.domain.refus import ConsultationInconnue
from cdap.usecases.ports import Depots
from socle.acces import Acces, Groupe
from socle.travail import Acte


def dossier_consulte(
    acte: Acte[Depots], depots: Depots, acces: Acces, consultation: str, rubrique: Rubrique | None = None
) -> tuple[Consultation, Groupe, Dossier]:
    """The consultation, the group under which it was opened, and the dossier as it stands.

    Rights, rubrique (where the act needs one) and extra check are looked at again, on this request's claims.
    Raises ConsultationInconnue, RubriqueInterdite, HorsPerimetre.
    """
    ouverte = exiger_utilisable(depots.consultations.lire(consultation), acces.sujet, acces.session, acte.instant)
    acte.note(consultation=ouverte.id, dossier=asdict(ouverte.cle))
    groupe = habilitation_de(ouverte, acces.groupes_de("cdap"))
    acte.au_titre_de(groupe)
    if rubrique is not None:
        exiger_rubrique(groupe, rubrique)
    dossier = depots.dossiers.lire(ouverte.cle)
    if dossier is None:
        raise ConsultationInconnue("dossier_disparu")
    exiger_perimetre(groupe, dossier, ouverte.demande(acces.partenaire), acte.jour)
    return ouverte, groupe, dossier
