"""Somebody chooses her password, in the place of a provisional one or of her own."""

from identity.domain.mots_de_passe import IdentifiantsErrones, MotDePasse, exiger_la_regle
from identity.domain.sessions import MotifFin
from identity.usecases.fin import finir
from identity.usecases.formulaire import Presente, desceller
from identity.usecases.ports import Depots, Outils
from identity.usecases.preuve import confirmer, prouver
from socle.acces import Acces
from socle.travail import Travail


def changer_mot_de_passe(
    travail: Travail[Depots],
    acces: Acces,
    outils: Outils,
    identifiant: str,
    ancien: str,
    nouveau: str,
    formulaire: Presente | None = None,
) -> None:
    """Replace the password, and end every session that was opened with the old one.

    Raises Temporisation, IdentifiantsErrones, MotDePasseFaible. The rule is looked at only once the old one was
    proven. Where it comes from a form of a browser, raises FormulaireRefuse.
    """
    with travail.acte("identity.mot-de-passe.change", acces) as acte:
        if formulaire is not None:
            desceller(outils.cachet, formulaire, acte.instant)
        preuve = prouver(travail, acte, acces, outils, identifiant, ancien)
        exiger_la_regle(nouveau, ancien)
        choisi = MotDePasse(outils.coffre.hacher(nouveau), provisoire=False, expire_a=None)
        confirmer(acte, acces, preuve)
        compte, mot = preuve.compte, preuve.titulaire.mot
        if not acte.depots.comptes.remplacer_mot_de_passe(compte.identifiant, mot, choisi, acte.instant):
            raise IdentifiantsErrones("mot_de_passe_change_entre_temps")
        finir(acte, compte.identifiant, MotifFin.MOT_DE_PASSE_CHANGE)
