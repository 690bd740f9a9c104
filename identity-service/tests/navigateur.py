"""A browser before identity, and the front end of somebody else that sends it there."""

import re
import secrets
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.testclient import TestClient

from identity.adapters.depots import DepotsSql
from identity.domain.clients import Client
from identity.domain.codes import en_base64url
from identity.usecases.inscrire_client import inscrire_client
from socle.acces import Acces
from socle.travail import Travail

RACINE = "/identity/v1/oidc"
RETOUR, SORTIE = "https://application.example/retour?page=1", "https://application.example/au-revoir"
CHOISI = "Exemple-2026"


class Application:
    """A registered front end: public unless `secret`."""

    def __init__(self, maison: Any, secret: bool = False, nom: str = "Suivi social") -> None:
        travail = Travail(maison.banc.engine, "identity", DepotsSql)
        acces = Acces(acte="test", client="commande")
        self.client: Client
        self.client, self.secret = inscrire_client(travail, acces, nom, (RETOUR,), (SORTIE,), secret)
        self.id, self._http = self.client.id, maison.banc.app

    def demande(self, **champs: Any) -> dict[str, Any]:
        """The parameters of an authorization request; one that is None is left out."""
        self.verificateur = secrets.token_urlsafe(48)
        voulus = {
            "client_id": self.id, "redirect_uri": RETOUR, "response_type": "code", "scope": "openid", "state": "~ &=42",
            "nonce": "n-0S6", "code_challenge": defi(self.verificateur), "code_challenge_method": "S256",
        } | champs  # fmt: skip
        return {nom: valeur for nom, valeur in voulus.items() if valeur is not None}

    def echanger(self, code: str, **champs: Any) -> httpx.Response:
        """Exchange a code, as its own client would."""
        corps = {
            "grant_type": "authorization_code", "client_id": self.id, "code": code, "redirect_uri": RETOUR,
            "code_verifier": self.verificateur,
        } | ({"client_secret": self.secret} if self.secret else {}) | champs  # fmt: skip
        return self.jetons({nom: valeur for nom, valeur in corps.items() if valeur is not None})

    def renouveler(self, jeton: str, **champs: Any) -> httpx.Response:
        return self.jetons({"grant_type": "refresh_token", "client_id": self.id, "refresh_token": jeton} | champs)

    def jetons(self, corps: Any, **options: Any) -> httpx.Response:
        return TestClient(self._http, raise_server_exceptions=False).post(f"{RACINE}/jetons", data=corps, **options)


class Navigateur:
    """Somebody's browser: it keeps cookies, and shows where it is sent instead of going there."""

    def __init__(self, maison: Any) -> None:
        self.web = TestClient(maison.banc.app, raise_server_exceptions=False, follow_redirects=False,
                              base_url=maison.banc.reglages.issuer)  # fmt: skip

    def demander(self, parametres: Any, **options: Any) -> httpx.Response:
        requete = parametres if isinstance(parametres, str) else urlencode(parametres, doseq=True)
        return self.web.get(f"{RACINE}/autorisation?{requete}", **options)

    def connecter(self, page: httpx.Response, identifiant: str, mot_de_passe: str, **champs: Any) -> httpx.Response:
        """Fill in the form of a page, and send it."""
        corps = {"formulaire": scelle(page), "identifiant": identifiant, "mot_de_passe": mot_de_passe} | champs
        return self.web.post(f"{RACINE}/connexion", data={nom: v for nom, v in corps.items() if v is not None})

    def entrer(self, application: Application, identifiant: str, **champs: Any) -> str:
        """Log in for a front end; the code."""
        page = self.demander(application.demande(**champs))
        assert page.status_code == 200, page.text
        recu = self.connecter(page, identifiant, CHOISI)
        assert recu.status_code == 303, recu.text
        return dit(recu)["code"]


def scelle(page: httpx.Response) -> str:
    """The hidden field of a page."""
    trouve = re.search(r'name="formulaire" value="([^"]*)"', page.text)
    assert trouve, page.text
    return unescape(trouve.group(1))


def dit(reponse: httpx.Response) -> dict[str, str]:
    """What the address to which somebody is sent back says, which must be the registered one."""
    assert reponse.status_code == 303, reponse.text
    adresse = reponse.headers["Location"]
    assert adresse.startswith(RETOUR + "&"), adresse
    lus = parse_qs(urlsplit(adresse).query, strict_parsing=True)
    assert lus.pop("page") == ["1"] and all(len(valeurs) == 1 for valeurs in lus.values())
    return {nom: valeurs[0] for nom, valeurs in lus.items()}


def defi(verificateur: str) -> str:
    """The S256 challenge of a verifier."""
    return en_base64url(sha256(verificateur.encode()).digest())
