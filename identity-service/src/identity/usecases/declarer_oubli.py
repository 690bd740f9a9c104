"""Somebody says that she has forgotten her password; who is known under that address is helped by mail."""

import hmac

from identity.domain.captchas import CaptchaErrone, lire
from identity.usecases.demander_captcha import empreinte
from identity.usecases.ports import Cachet, Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail


def declarer_oubli(
    travail: Travail[Depots], acces: Acces, outils: Outils, courriel: str, captcha: str, reponse: str
) -> None:
    """Take a place in the queue: the same work, whether the address is known or not.

    The event says which; an address that nobody has is not kept. Raises CaptchaErrone.
    """
    with travail.acte("identity.mot-de-passe.oublie", acces) as acte:
        _exiger_le_captcha(acte, outils.cachet, captcha, reponse)
        identifiants = acte.depots.comptes.par_courriel(courriel)
        acte.depots.oublis.enfiler(identifiants, acte.instant)
        if identifiants:
            acte.note(objet=identifiants[0])
        else:
            acte.note(issue="refuse", cause="courriel_inconnu")


def _exiger_le_captcha(acte: Acte[Depots], cachet: Cachet, nom: str, reponse: str) -> None:
    """One answer to one captcha, right or wrong."""
    captcha, attendue = lire(nom)
    if acte.instant >= captcha.expire_a:
        raise CaptchaErrone("captcha_expire")
    if not acte.depots.captchas.utiliser(captcha.numero, captcha.expire_a):
        raise CaptchaErrone("captcha_deja_utilise")
    acte.acquis()
    if not hmac.compare_digest(empreinte(cachet, captcha, reponse), attendue):
        raise CaptchaErrone("captcha_errone")
