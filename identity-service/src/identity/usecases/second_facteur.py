"""The second factor at the door, which logging in and enrolling share."""

from identity.domain.mots_de_passe import MotDePasseAChanger
from identity.domain.preuve import Preuve
from identity.domain.second_facteur import (
    CodePresente,
    SecondFacteurAEnroler,
    SecondFacteurRequis,
    cibles,
    normaliser_code,
)
from identity.usecases.ports import Cachet, Depots, Outils
from identity.usecases.preuve import refuser_la_preuve
from socle.travail import Acte, Travail


def reconnaitre(
    travail: Travail[Depots], acte: Acte[Depots], outils: Outils, preuve: Preuve, code: str | None
) -> CodePresente | None:
    """What the code is, for an account whose second factor is in force; None where none is.

    Raises MotDePasseAChanger, SecondFacteurRequis where the code is missing, IdentifiantsErrones, counted, where it
    is wrong.
    """
    if preuve.a_changer:
        raise MotDePasseAChanger()
    facteur, identifiant = preuve.titulaire.facteur, preuve.compte.identifiant
    if facteur.scelle is None:
        return None
    if code is None:
        raise SecondFacteurRequis()
    normal = normaliser_code(code)
    pas = outils.totp.pas(identifiant, facteur.scelle, normal, acte.instant)
    if pas is not None:
        return CodePresente(pas=pas)
    empreinte = empreinte_recuperation(outils.cachet, identifiant, normal)
    with travail.lecture() as depots:
        connu = depots.seconds_facteurs.est_de_recuperation(identifiant, empreinte)
    if not connu:
        refuser_la_preuve(acte, preuve.cles, "second_facteur_errone")
    return CodePresente(empreinte=empreinte)


def exiger_l_enrolement(travail: Travail[Depots], preuve: Preuve, code: CodePresente | None) -> None:
    """Raises SecondFacteurAEnroler where somebody must have a second factor, and has none."""
    if code is not None:
        return
    with travail.lecture() as depots:
        if depots.seconds_facteurs.est_exige(cibles(preuve.compte.appartenance)):
            raise SecondFacteurAEnroler()


def consommer(acte: Acte[Depots], preuve: Preuve, code: CodePresente | None) -> None:
    """The first thing of the transaction. Raises IdentifiantsErrones, counted, where the code was used before."""
    if code is not None and not acte.depots.seconds_facteurs.consommer(preuve.compte.identifiant, code):
        refuser_la_preuve(acte, preuve.cles, "second_facteur_rejoue")


def empreinte_recuperation(cachet: Cachet, identifiant: str, code: str) -> str:
    """What is kept of a recovery code."""
    return cachet.empreinte("recuperation", identifiant, code)
