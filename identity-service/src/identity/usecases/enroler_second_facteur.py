"""Somebody gets a second factor: a secret for her telephone, then its first code puts it in force."""

from identity.domain.mots_de_passe import IdentifiantsErrones, MotDePasseAChanger
from identity.domain.second_facteur import normaliser_code, tirer_codes
from identity.usecases.ports import Depots, Outils
from identity.usecases.preuve import confirmer, prouver, refuser_la_preuve
from identity.usecases.second_facteur import consommer, empreinte_recuperation, reconnaitre
from socle.acces import Acces
from socle.travail import Travail


def enroler(
    travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str, mot_de_passe: str, code: str | None
) -> tuple[str, str]:
    """A secret and the URI that telephones read. Where a second factor is in force, its code is needed as well, and
    it stays so until the new one is confirmed.

    Raises what logging in raises.
    """
    with travail.acte("identity.second-facteur.enrole", acces) as acte:
        preuve = prouver(travail, acte, acces, outils, identifiant, mot_de_passe)
        present = reconnaitre(travail, acte, outils, preuve, code)
        secret, uri, scelle = outils.totp.nouveau(identifiant)
        consommer(acte, preuve, present)
        confirmer(acte, acces, preuve)
        acte.depots.seconds_facteurs.proposer(identifiant, scelle)
        return secret, uri


def activer(
    travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str, mot_de_passe: str, code: str
) -> list[str]:
    """The first code puts the secret in force; the recovery codes, shown this once.

    Raises what logging in raises, and IdentifiantsErrones, counted, for a wrong code or where nothing waits.
    """
    with travail.acte("identity.second-facteur.active", acces) as acte:
        preuve = prouver(travail, acte, acces, outils, identifiant, mot_de_passe)
        if preuve.a_changer:
            raise MotDePasseAChanger()
        en_attente = preuve.titulaire.facteur.en_attente
        pas = en_attente and outils.totp.pas(identifiant, en_attente, normaliser_code(code), acte.instant)
        if not (en_attente and pas):
            refuser_la_preuve(acte, preuve.cles, "second_facteur_errone")
        codes = tirer_codes()
        empreintes = [empreinte_recuperation(outils.cachet, identifiant, normaliser_code(un)) for un in codes]
        confirmer(acte, acces, preuve)
        if not acte.depots.seconds_facteurs.activer(identifiant, str(en_attente), int(pas or 0), empreintes):
            raise IdentifiantsErrones("second_facteur_change_entre_temps")
        return codes
