"""Somebody chooses her password, in the place of a provisional one or of her own."""

from identity.domain.mots_de_passe import IdentifiantsErrones, MotDePasse, exiger_la_regle
from identity.domain.sessions import MotifFin
from identity.usecases.ports import Coffre, Depots
from identity.usecases.preuve import prouver
from socle.acces import Acces
from socle.travail import Travail


def changer_mot_de_passe(
    travail: Travail[Depots], acces: Acces, coffre: Coffre, identifiant: str, ancien: str, nouveau: str
) -> None:
    """Replace the password, and end every session that was opened with the old one.

    Raises IdentifiantsErrones, MotDePasseFaible. The rule is looked at only once the old one was proven.
    """
    with travail.acte("identity.mot-de-passe.change", acces) as acte:
        compte, mot = prouver(travail, acte, coffre, identifiant, ancien)
        exiger_la_regle(nouveau, ancien)
        choisi = MotDePasse(coffre.hacher(nouveau), provisoire=False, expire_a=None)
        if not acte.depots.comptes.remplacer_mot_de_passe(compte.identifiant, mot, choisi, acte.instant):
            raise IdentifiantsErrones("mot_de_passe_change_entre_temps")
        acte.depots.sessions.fermer_toutes(compte.identifiant, MotifFin.MOT_DE_PASSE_CHANGE, acte.instant)
