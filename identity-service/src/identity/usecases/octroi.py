"""The giving of a code, which logging in and being logged in already share."""

from identity.domain.autorisation import Demande, adresse_de_retour
from identity.domain.codes import VIE, Code
from identity.domain.sessions import empreinte, tirer_jeton
from identity.usecases.ports import Depots, Outils
from socle.travail import Acte


def donner_un_code(acte: Acte[Depots], outils: Outils, demande: Demande, sid: str, identifiant: str) -> str:
    """Store a code for that session; the address of the front end that carries it."""
    clair = tirer_jeton()
    acte.depots.codes.garder(
        Code(
            empreinte=empreinte(clair),
            client=demande.client,
            retour=demande.retour,
            defi=demande.defi,
            nonce=demande.nonce,
            sid=sid,
            identifiant=identifiant,
            expire_a=acte.instant + VIE,
        ),
        acte.instant,
    )
    return adresse_de_retour(demande.retour, code=clair, state=demande.etat, iss=outils.issuer)
