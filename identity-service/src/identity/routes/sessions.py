"""Logging in, renewing, logging out."""

from typing import Any

from identity.usecases.emission import Jetons
from identity.usecases.fermer_session import fermer_session
from identity.usecases.ouvrir_session import ouvrir_session
from identity.usecases.ports import Depots, Outils
from identity.usecases.rafraichir_session import rafraichir_session
from socle.acces import Acces
from socle.travail import Travail


def ouvrir(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Log in."""
    return _representer(ouvrir_session(travail, acces, outils, body["identifiant"], body["mot_de_passe"])), 201, {}


def rafraichir(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Renew."""
    return _representer(rafraichir_session(travail, acces, outils, body["refresh_token"]))


def fermer(acces: Acces, travail: Travail[Depots]) -> Any:
    """Log out."""
    fermer_session(travail, acces)
    return None, 204, {}


def _representer(jetons: Jetons) -> dict[str, Any]:
    return {
        "access_token": jetons.acces,
        "token_type": "Bearer",
        "expires_in": jetons.vie_s,
        "refresh_token": jetons.rafraichissement,
    }
