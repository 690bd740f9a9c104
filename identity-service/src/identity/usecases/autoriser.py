"""A front end of others sends somebody to log in: she is logged in already, or is shown the form."""

from dataclasses import dataclass

from identity.domain.autorisation import AutorisationRefusee, Demande, exiger_le_retour, lire, viser
from identity.domain.clients import Client
from identity.domain.parametres import Parametres
from identity.domain.sessions import empreinte
from identity.usecases.formulaire import sceller
from identity.usecases.octroi import donner_un_code
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail

FORMULAIRE, CODE = "formulaire", "code"


@dataclass(frozen=True, slots=True)
class AConnecter:
    """Somebody must log in: for whom, what the form holds, and what stands in its first field."""

    client: Client
    retour: str
    formulaire: str
    indice: str | None


def autoriser(
    travail: Travail[Depots], acces: Acces, outils: Outils, parametres: Parametres, session: str | None, cookie: str
) -> str | AConnecter:
    """The address of the front end with its code, for who is logged in; otherwise what the form needs.

    `session` and `cookie` are the cookies of the browser. Raises RetourRefuse (shown) and AutorisationRefusee (goes
    back). The event says in `objet` which it was.
    """
    with travail.acte("identity.autorisation.demandee", acces) as acte:
        vise, retour = viser(parametres)
        client = exiger_le_retour(acte.depots.clients.lire(vise), retour)
        acte.note(client=client.id)
        demande = lire(parametres, client, retour)
        adresse = _deja_connectee(acte, outils, demande, session)
        if adresse is not None:
            return adresse
        if demande.muette:
            raise AutorisationRefusee("login_required", "connexion_requise", retour, demande.etat)
        acte.note(objet=FORMULAIRE)
        return AConnecter(client, retour, sceller(outils.cachet, demande, cookie, acte.instant), demande.indice)


def _deja_connectee(acte: Acte[Depots], outils: Outils, demande: Demande, session: str | None) -> str | None:
    ouverte = acte.depots.sessions.du_navigateur(empreinte(session), acte.instant) if session else None
    if ouverte is None or not demande.admet(ouverte.ouverte_a, acte.instant):
        return None
    compte = acte.depots.comptes.lire(ouverte.identifiant)
    if compte is None or compte.ferme:
        return None
    acte.note(objet=CODE, session=ouverte.sid, **compte.references())
    return donner_un_code(acte, outils, demande, ouverte.sid, ouverte.identifiant)
