"""A user reads one rubrique of the dossier that her consultation opened."""

from dataclasses import asdict

from cdap.domain.consultations import (
    exiger_perimetre,
    exiger_rubrique,
    exiger_utilisable,
    habilitation_de,
    profil_de,
)
from cdap.domain.contenus import Contenu
from cdap.domain.profils import RUBRIQUES, Rubrique
from cdap.domain.refus import ConsultationInconnue
from cdap.domain.rubriques import contenu
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_rubrique(travail: Travail[Depots], acces: Acces, consultation: str, rubrique: Rubrique) -> Contenu:
    """Give the rubrique as it stands today; rights and extra check are looked at again, on this request's claims.

    Raises ConsultationInconnue, RubriqueInterdite, HorsPerimetre. Refusals are traced with their cause.
    """
    with travail.acte("cdap.rubrique.lue", acces, rubrique=rubrique.value) as acte:
        trouvee = acte.depots.consultations.lire(consultation)
        ouverte = exiger_utilisable(trouvee, acces.sujet, acces.session, acte.instant)
        acte.note(consultation=ouverte.id, dossier=asdict(ouverte.cle))
        groupe = habilitation_de(ouverte, acces.groupes_de("cdap"))
        acte.au_titre_de(groupe)
        exiger_rubrique(groupe, rubrique)
        dossier = acte.depots.dossiers.lire(ouverte.cle)
        if dossier is None:
            raise ConsultationInconnue("dossier_disparu")
        exiger_perimetre(groupe, dossier, ouverte.demande(acces.partenaire), acte.jour)
        return contenu(dossier, rubrique, RUBRIQUES[profil_de(groupe)], acte.jour)
