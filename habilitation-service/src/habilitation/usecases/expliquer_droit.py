"""Why a user of a partner may, or may not, do an act: now, or at an instant that is past."""

from datetime import datetime

from habilitation.domain.chaine import Anneau, Maillon
from habilitation.domain.explications import Explication, Question, expliquer
from habilitation.domain.perimetre import exiger_lecteur
from habilitation.domain.refus import RequeteInvalide
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail, jour_de


def expliquer_droit(
    travail: Travail[Depots], acces: Acces, siret: str, identifiant: str, question: Question, a: datetime | None
) -> Explication:
    """Give the chain, or its first missing link, for the référent, the contrôleur or the administrateur of today.

    Raises RessourceInconnue, RequeteInvalide for an instant to come.
    """
    with travail.acte("habilitation.explication.lue", acces, objet=siret, profil=question.profil) as acte:
        exiger_lecteur(acces, acte.depots.partenaires.lire(siret), acte.jour)
        if a is not None and a > acte.instant:
            raise RequeteInvalide("instant_a_venir", erreurs=(("a", "Cet instant est à venir."),))
        acte.note(partenaire=siret)
        if acte.depots.partenaires.connait(siret, identifiant):
            acte.note(objet=identifiant)
        partenaire = acte.depots.partenaires.lire(siret, a)
        if partenaire is None:
            return Explication((Anneau(Maillon.PARTENAIRE, False, siret),))
        groupes = acte.depots.groupes.du_partenaire(siret, a)
        return expliquer(partenaire, groupes, identifiant, question, jour_de(a or acte.instant))
