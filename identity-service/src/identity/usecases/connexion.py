"""The steps of a login, which the API and the form of a browser share."""

from dataclasses import dataclass
from datetime import datetime

from identity.domain.comptes import Compte
from identity.domain.courriels import connexion_inhabituelle
from identity.domain.preuve import Preuve
from identity.domain.second_facteur import CodePresente
from identity.domain.sessions import nouveau_sid
from identity.usecases.ports import Depots, Outils
from identity.usecases.preuve import confirmer, prouver
from identity.usecases.second_facteur import consommer, exiger_l_enrolement, reconnaitre
from socle.acces import Acces
from socle.travail import Acte, Travail


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who was proven, and the session about to be opened for her; it ends at `limite` at the latest."""

    preuve: Preuve
    code: CodePresente | None
    sid: str
    limite: datetime

    @property
    def compte(self) -> Compte:
        """Her account."""
        return self.preuve.compte


def reconnaitre_l_entrant(
    travail: Travail[Depots],
    acte: Acte[Depots],
    acces: Acces,
    outils: Outils,
    identifiant: str,
    mot_de_passe: str,
    code: str | None,
) -> Entrant:
    """Whom password and second factor prove: slow, so before the transaction begins.

    Raises Temporisation, IdentifiantsErrones, MotDePasseAChanger, SecondFacteurRequis, SecondFacteurAEnroler.
    """
    preuve = prouver(travail, acte, acces, outils, identifiant, mot_de_passe)
    present = reconnaitre(travail, acte, outils, preuve, code)
    exiger_l_enrolement(travail, preuve, present)
    return Entrant(preuve, present, nouveau_sid(), acte.instant + outils.duree_session_max)


def faire_entrer(acte: Acte[Depots], acces: Acces, entrant: Entrant) -> None:
    """Open her session; an address that is new for this account is told to its owner.

    Raises Temporisation, IdentifiantsErrones where what was proven no longer holds.
    """
    compte = entrant.compte
    consommer(acte, entrant.preuve, entrant.code)
    connue = confirmer(acte, acces, entrant.preuve)
    acte.depots.sessions.ouvrir(entrant.sid, compte.identifiant, acces.adresse, acte.instant, entrant.limite)
    if not connue:
        lettre = connexion_inhabituelle(compte.personne, acces.adresse, acte.instant)
        acte.depots.courriels.enfiler(lettre, acte.instant)
    acte.note(session=entrant.sid)
