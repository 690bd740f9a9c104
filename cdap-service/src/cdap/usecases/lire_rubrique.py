"""A user reads one rubrique of the dossier that her consultation opened."""

from cdap.domain.consultations import profil_de
from cdap.domain.contenus import Contenu
from cdap.domain.profils import RUBRIQUES, Rubrique
from cdap.domain.rubriques import contenu
from cdap.domain.vues import ENTIERE, Cadrage, VueDeRubrique, vue_de
from cdap.usecases.dossier_consulte import dossier_consulte
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_rubrique(
    travail: Travail[Depots], acces: Acces, consultation: str, rubrique: Rubrique, cadrage: Cadrage = ENTIERE
) -> Contenu | VueDeRubrique:
    """Give the rubrique as it stands today, whole or in one of its views.

    Raises ConsultationInconnue, RubriqueInterdite, HorsPerimetre, VueInvalide. Refusals are traced with their cause.
    """
    with travail.acte("cdap.rubrique.lue", acces, rubrique=rubrique.value) as acte:
        _, groupe, dossier = dossier_consulte(acte, acte.a_lire, acces, consultation, rubrique)
        entiere = contenu(dossier, rubrique, RUBRIQUES[profil_de(groupe)], acte.jour)
        return vue_de(rubrique, entiere, cadrage, acte.jour)
