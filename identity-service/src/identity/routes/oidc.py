"""OpenID Connect for the front ends of others: what browsers are shown, and what front ends ask for."""

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

import flask

from contracts import problemes
from identity.domain.autorisation import AutorisationRefusee, RetourRefuse, adresse_de_retour
from identity.domain.clients import origine
from identity.domain.codes import JetonNonDonne
from identity.domain.mots_de_passe import MotDePasseAChanger, MotDePasseFaible
from identity.domain.parametres import Parametres, un
from identity.domain.second_facteur import SecondFacteurAEnroler
from identity.domain.sessions import JetonRefuse
from identity.routes.cookies import Cookies
from identity.routes.pages import CONNEXION, MESSAGE, MOT_DE_PASSE, SORTIE, Page, rendre
from identity.usecases.autoriser import autoriser
from identity.usecases.autoriser_par_connexion import autoriser_par_connexion
from identity.usecases.changer_mot_de_passe import changer_mot_de_passe
from identity.usecases.client import ClientPresente
from identity.usecases.deconnecter import Fin, Sortie, deconnecter
from identity.usecases.echanger_code import OCTROI, echanger_code
from identity.usecases.emission import Jetons
from identity.usecases.formulaire import FormulaireRefuse, Presente
from identity.usecases.lire_client import client_a_montrer
from identity.usecases.ports import Depots, Outils
from identity.usecases.rafraichir_session import rafraichir_session
from socle.acces import Acces
from socle.refus import Refus
from socle.travail import TraceImpossible, Travail

RACINE = "/identity/v1/oidc"
RENOUVELER = "refresh_token"
TITRE, TITRE_REFUS = "Connexion", "Cette demande ne peut pas aboutir"
RETOUR_REFUSE = (
    "L’application qui vous envoie n’est pas connue, ou demande à vous renvoyer à une adresse qui n’est pas la sienne. "
    "Prévenez la personne qui s’en occupe."
)
SORTIE_REFUSEE = (
    "L’application demande à vous renvoyer à une adresse qui n’est pas la sienne. Vous pouvez fermer cette fenêtre."
)

SORTIES = {
    Fin.NAVIGATEUR: "Vous êtes déconnecté",
    Fin.APPLICATION: "Votre connexion à l’application a pris fin",
    Fin.RIEN: "Ce navigateur n’a présenté aucune connexion",
}
A_ENROLER = (
    "Un second facteur est exigé de vous, et il ne se met pas en service sur cette page. Connectez-vous au portail "
    "Mon Compte Partenaire : il vous le fait mettre en service avec votre téléphone. Revenez ensuite ici avec le code "
    "qu’il affiche."
)


def decouvrir(outils: Outils) -> Any:
    """What a client library needs to know (OpenID Connect Discovery 1.0)."""
    base = outils.issuer + RACINE
    return {
        "issuer": outils.issuer,
        "authorization_endpoint": f"{base}/autorisation",
        "token_endpoint": f"{base}/jetons",
        "userinfo_endpoint": f"{base}/sujet",
        "end_session_endpoint": f"{base}/deconnexion",
        "jwks_uri": f"{outils.issuer}/.well-known/jwks.json",
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [OCTROI, RENOUVELER],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "sid", "at_hash"],
        "ui_locales_supported": ["fr"],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def autorisation(acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Give a code, or show the form."""
    cookies = Cookies(outils.issuer)
    cookie = cookies.formulaire_ou_nouveau()
    try:
        suite = autoriser(travail, acces, outils, _de_la_requete(), cookies.session, cookie)
    except RetourRefuse as refus:
        return _refuser(refus, RETOUR_REFUSE)
    except AutorisationRefusee as refus:
        return _renvoyer(adresse_de_retour(refus.retour, error=refus.erreur, state=refus.etat, iss=outils.issuer))
    if isinstance(suite, str):
        return _renvoyer(suite)
    page = Page(TITRE, client=suite.client.nom, formulaire=suite.formulaire, identifiant=suite.indice or "",
                vers=origine(suite.retour))  # fmt: skip
    return cookies.poser_le_formulaire(rendre(CONNEXION, page), cookie)


def connecter(acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Log in through the form."""
    cookies, champs = Cookies(outils.issuer), _du_formulaire()
    presente = Presente(un(champs, "formulaire"), cookies.formulaire)
    preuve = un(champs, "identifiant") or "", un(champs, "mot_de_passe") or "", un(champs, "code")
    try:
        adresse, session = autoriser_par_connexion(travail, acces, outils, presente, *preuve, cookies.session)
    except (TraceImpossible, FormulaireRefuse, RetourRefuse) as refus:
        return _refuser(refus)
    except Refus as refus:
        gabarit = MOT_DE_PASSE if isinstance(refus, MotDePasseAChanger) else CONNEXION
        dit = A_ENROLER if isinstance(refus, SecondFacteurAEnroler) else None
        return _remontrer(travail, outils, gabarit, presente, preuve[0], refus, dit)
    return cookies.poser_la_session(_renvoyer(adresse), session)


def changer_le_mot_de_passe(acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Choose a password in the place of a provisional one, then log in."""
    champs = _du_formulaire()
    presente = Presente(un(champs, "formulaire"), Cookies(outils.issuer).formulaire)
    identifiant, ancien, nouveau = (un(champs, nom) or "" for nom in ("identifiant", "ancien", "nouveau"))
    choisi = nouveau if nouveau == un(champs, "confirmation") else ""
    try:
        changer_mot_de_passe(travail, acces, outils, identifiant, ancien, choisi, presente)
    except (TraceImpossible, FormulaireRefuse) as refus:
        return _refuser(refus)
    except Refus as refus:
        dit = "Les deux nouveaux mots de passe ne sont pas les mêmes." if nouveau and not choisi else None
        return _remontrer(
            travail, outils, MOT_DE_PASSE, presente, identifiant, refus,
            dit if isinstance(refus, MotDePasseFaible) else None,
        )  # fmt: skip
    avis = "Votre mot de passe est changé. Connectez-vous avec le nouveau."
    return _remontrer(travail, outils, CONNEXION, presente, identifiant, avis=avis)


def jetons(acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Exchange a code, or renew."""
    champs = _du_formulaire()
    presente = _client(champs)
    try:
        if un(champs, "grant_type") == RENOUVELER:
            jeton = un(champs, "refresh_token") or ""
            return _representer(rafraichir_session(travail, acces, outils, jeton, presente))
        donnes = echanger_code(travail, acces, outils, presente, champs)
        return _representer(donnes.jetons) | {"id_token": donnes.identite}
    except JetonNonDonne as refus:
        return _dire(refus.erreur)
    except JetonRefuse:
        return _dire("invalid_grant")


def sujet(acces: Acces) -> Any:
    """Who is logged in: nothing that names her."""
    return {"sub": acces.sujet}


def deconnexion(acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """End the session, and go back."""
    return _deconnecter(_de_la_requete(), acces, travail, outils)


def deconnexion_par_formulaire(acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """The same, sent or confirmed by a form."""
    return _deconnecter(_du_formulaire(), acces, travail, outils)


def _deconnecter(champs: Parametres, acces: Acces, travail: Travail[Depots], outils: Outils) -> flask.Response:
    cookies = Cookies(outils.issuer)
    cookie = cookies.formulaire_ou_nouveau()
    try:
        sortie = deconnecter(travail, acces, outils, champs, cookies.session, cookie)
    except RetourRefuse as refus:
        return _refuser(refus, RETOUR_REFUSE)
    except FormulaireRefuse as refus:
        return _refuser(refus)
    if sortie.formulaire:
        page = Page("Voulez-vous vous déconnecter ?", formulaire=sortie.formulaire)
        return cookies.poser_le_formulaire(rendre(SORTIE, page), cookie)
    reponse = _renvoyer(sortie.retour) if sortie.retour else _dire_la_sortie(sortie)
    return cookies.oter_la_session(reponse) if sortie.fin is Fin.NAVIGATEUR else reponse


def _dire_la_sortie(sortie: Sortie) -> flask.Response:
    avis = SORTIE_REFUSEE if sortie.refusee else "Vous pouvez fermer cette fenêtre."
    return rendre(SORTIE, Page(SORTIES[sortie.fin], avis=avis))


def _remontrer(
    travail: Travail[Depots],
    outils: Outils,
    gabarit: str,
    presente: Presente,
    identifiant: str,
    refus: Refus | None = None,
    dit: str | None = None,
    avis: str | None = None,
) -> flask.Response:
    """The form again, with what went wrong; what was typed is kept, but for passwords and codes."""
    client, retour = client_a_montrer(travail, outils, presente)
    page = Page(TITRE, avis=avis, client=client.nom, formulaire=presente.texte, identifiant=identifiant[:40],
                vers=origine(retour))  # fmt: skip
    if refus is None:
        return rendre(gabarit, page)
    attente = refus.entetes.get("Retry-After")
    suite = f" Attendez {attente} secondes avant de recommencer." if attente else ""
    reponse = rendre(gabarit, replace(page, erreur=(dit or _titre(refus)) + suite), _statut(refus))
    reponse.headers.update(refus.entetes)
    return reponse


def _refuser(refus: Refus, erreur: str | None = None) -> flask.Response:
    """A page that leads nowhere. Raises what left no trace: then nothing else may be answered (law 2)."""
    if refus.recu is None:
        raise refus
    return rendre(MESSAGE, Page(TITRE_REFUS, erreur=erreur or _titre(refus)), _statut(refus))


def _renvoyer(adresse: str) -> flask.Response:
    reponse = flask.Response(status=303)
    reponse.autocorrect_location_header = False
    reponse.headers["Location"] = adresse
    reponse.headers["Cache-Control"] = "no-store"
    return reponse


def _dire(erreur: str) -> Any:
    """A refusal as client libraries read it (RFC 6749, 5.2)."""
    if erreur != "invalid_client":
        return {"error": erreur}, 400, {}
    return {"error": erreur}, 401, {"WWW-Authenticate": 'Basic realm="Mon Compte Partenaire"'}


def _representer(jetons: Jetons) -> dict[str, Any]:
    return {
        "access_token": jetons.acces,
        "token_type": "Bearer",
        "expires_in": jetons.vie_s,
        "refresh_token": jetons.rafraichissement,
        "scope": "openid",
    }


def _client(champs: Parametres) -> ClientPresente:
    """What presents the client: the header, or the form, and not both (RFC 6749, 2.3.1)."""
    id, secret = un(champs, "client_id"), un(champs, "client_secret")
    schema, _, lu = flask.request.headers.get("Authorization", "").partition(" ")
    if schema.lower() != "basic":
        return ClientPresente(id, secret)
    try:
        de_l_entete, _, mot = base64.b64decode(lu, validate=True).decode().partition(":")
    except ValueError:
        return ClientPresente(None, None)
    nomme = unquote_plus(de_l_entete)
    return ClientPresente(nomme, unquote_plus(mot), double=secret is not None or id not in (None, nomme))


def _de_la_requete() -> Parametres:
    return flask.request.args.to_dict(flat=False)


def _du_formulaire() -> Parametres:
    return flask.request.form.to_dict(flat=False)


def _statut(refus: Refus) -> int:
    return int(problemes()[refus.code]["statut"])


def _titre(refus: Refus) -> str:
    return str(problemes()[refus.code]["titre"])
