"""Logging in, renewing, logging out."""

from typing import Any

from identity.routes.instants import instant
from identity.usecases.emission import Jetons
from identity.usecases.fermer_session import fermer_les_sessions, fermer_session, fermer_une_session
from identity.usecases.lire_sessions import lire_mes_sessions
from identity.usecases.ouvrir_session import ouvrir_session
from identity.usecases.ports import Depots, Outils
from identity.usecases.rafraichir_session import rafraichir_session
from socle.acces import Acces
from socle.travail import Travail


def ouvrir(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Log in."""
    preuve = body["identifiant"], body["mot_de_passe"], body.get("code")
    return _representer(ouvrir_session(travail, acces, outils, *preuve)), 201, {}


def rafraichir(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Renew."""
    return _representer(rafraichir_session(travail, acces, outils, body["refresh_token"]))


def fermer(acces: Acces, travail: Travail[Depots]) -> Any:
    """Log out."""
    fermer_session(travail, acces)
    return None, 204, {}


def lister(acces: Acces, travail: Travail[Depots]) -> Any:
    """One's own sessions under way."""
    return {
        "sessions": [
            {
                "sid": ouverte.sid,
                "ouverte_a": instant(ouverte.ouverte_a),
                "vue_a": instant(ouverte.vue_a),
                "fin_a": instant(ouverte.fin_a),
                "adresse": ouverte.adresse,
                "courante": ouverte.sid == acces.session,
            }
            for ouverte in lire_mes_sessions(travail, acces)
        ]
    }


def fermer_une(sid: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """End one of one's own sessions."""
    fermer_une_session(travail, acces, sid)
    return None, 204, {}


def fermer_celles_de(identifiant: str, acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """End all sessions of somebody."""
    fermer_les_sessions(travail, acces, outils, identifiant)
    return None, 204, {}


def _representer(jetons: Jetons) -> dict[str, Any]:
    return {
        "access_token": jetons.acces,
        "token_type": "Bearer",
        "expires_in": jetons.vie_s,
        "refresh_token": jetons.rafraichissement,
    }
