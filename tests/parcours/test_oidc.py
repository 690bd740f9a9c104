"""A front end of somebody else logs people in through the running house, with a client library that is not ours."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from atelier.maison import Maison

pytestmark = pytest.mark.partout
RETOUR, SORTIE = "https://application.example/retour?de=mcp", "https://application.example/au-revoir"


class Application:
    """A front end with its server: it knows its client_id, its secret, and what discovery says."""

    def __init__(self, maison: Maison, *, secret: bool, methode: str) -> None:
        mots = ["--nom", "Suivi social", "--retour", RETOUR, "--sortie", SORTIE, *(["--secret"] if secret else [])]
        inscrite = maison.commande("identity", "oidc", "ajouter", *mots)
        assert inscrite.returncode == 0, inscrite.stderr
        self.id, *reste = inscrite.stdout.split()
        self.secret = reste[0] if reste else None
        self.maison = maison
        self.lu = requests.get(f"{maison.url}/.well-known/openid-configuration", timeout=10).json()
        assert self.lu["issuer"] == maison.url
        self.oauth = OAuth2Session(
            self.id, self.secret, scope="openid", redirect_uri=RETOUR, code_challenge_method="S256",
            token_endpoint_auth_method=methode, token_endpoint=self.lu["token_endpoint"],
        )  # fmt: skip
        self.oauth.trust_env = False

    def partir(self, **champs: str) -> str:
        """Where the front end sends somebody; it keeps state, nonce and verifier."""
        self.verificateur, self.nonce = generate_token(48), generate_token(20)
        adresse, self.etat = self.oauth.create_authorization_url(
            self.lu["authorization_endpoint"], code_verifier=self.verificateur, nonce=self.nonce, **champs
        )
        return str(adresse)

    def revenir(self, adresse: str) -> dict[str, Any]:
        """Somebody is back: the library checks `state`, and exchanges the code."""
        assert parse_qs(urlsplit(adresse).query)["iss"] == [self.lu["issuer"]]
        jetons: dict[str, Any] = self.oauth.fetch_token(
            authorization_response=adresse, state=self.etat, code_verifier=self.verificateur
        )
        return jetons

    def identite(self, jetons: dict[str, Any]) -> Any:
        """The ID token, validated by the library with the published keys."""
        cles = KeySet.import_key_set(requests.get(self.lu["jwks_uri"], timeout=10).json())
        permis = JWSRegistry(algorithms=self.lu["id_token_signing_alg_values_supported"])
        lu = jwt.decode(jetons["id_token"], cles, registry=permis)
        claims = CodeIDToken(
            lu.claims, lu.header,
            {"iss": {"value": self.lu["issuer"]}, "aud": {"value": self.id}},
            {"nonce": self.nonce, "client_id": self.id, "access_token": jetons["access_token"]},
        )  # fmt: skip
        claims.validate()
        return claims


class Navigateur:
    """A browser: cookies, forms, and no redirect that it is not told to follow."""

    def __init__(self) -> None:
        self.web = requests.Session()
        self.web.trust_env = False

    def aller(self, adresse: str) -> requests.Response:
        return self.web.get(adresse, timeout=20, allow_redirects=False)

    def remplir(self, page: requests.Response, **champs: str) -> requests.Response:
        """Send the form of a page to where it says."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action, page.text
        racine = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        caches = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        corps = {nom: unescape(valeur) for nom, valeur in caches.items()} | champs
        return self.web.post(racine + action.group(1), data=corps, timeout=20, allow_redirects=False)

    def se_connecter(self, page: requests.Response, compte: dict[str, Any]) -> str:
        recu = self.remplir(page, identifiant=compte["identifiant"], mot_de_passe=compte["mot_de_passe"])
        assert recu.status_code == 303, recu.text
        return recu.headers["Location"]


@pytest.mark.parametrize(
    ("secret", "methode"), [(False, "none"), (True, "client_secret_basic"), (True, "client_secret_post")]
)
def test_une_vraie_bibliotheque_connecte_renouvelle_et_deconnecte(maison, secret, methode):
    application, navigateur, compte = (
        Application(maison, secret=secret, methode=methode),
        Navigateur(),
        maison.compte("T1"),
    )
    page = navigateur.aller(application.partir(login_hint=compte["identifiant"]))
    assert page.status_code == 200 and compte["identifiant"] in page.text
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (
        "style-src 'sha256-" in page.headers["Content-Security-Policy"] and page.headers["Cache-Control"] == "no-store"
    )
    jetons = application.revenir(navigateur.se_connecter(page, compte))
    claims = application.identite(jetons)
    assert claims["sub"] == compte["identifiant"] and claims.header["alg"] == "RS256"
    sujet = application.oauth.get(application.lu["userinfo_endpoint"])
    assert (sujet.status_code, sujet.json()) == (200, {"sub": claims["sub"]})

    client = maison.client()
    client._web.headers["Authorization"] = f"Bearer {jetons['access_token']}"
    consultation = client.ouvrir(compte["dossier"])
    assert consultation.status_code == 201, consultation.text

    frais = application.oauth.refresh_token(application.lu["token_endpoint"], refresh_token=jetons["refresh_token"])
    assert frais["refresh_token"] != jetons["refresh_token"]

    muette = navigateur.aller(application.partir(prompt="none"))
    assert muette.status_code == 303
    encore = application.revenir(muette.headers["Location"])
    assert application.identite(encore)["sid"] == claims["sid"]

    voulu = {"id_token_hint": jetons["id_token"], "post_logout_redirect_uri": SORTIE, "state": "a&b"}
    sortie = navigateur.aller(f"{application.lu['end_session_endpoint']}?{urlencode(voulu)}")
    assert (sortie.status_code, sortie.headers["Location"]) == (303, f"{SORTIE}?state=a%26b")
    assert "login_required" in navigateur.aller(application.partir(prompt="none")).headers["Location"]
    maison.attendre(lambda: client.get("/identity/v1/comptes/moi").status_code == 401, 2)


def test_un_code_rejoue_coupe_les_jetons_a_la_passerelle(maison):
    application, navigateur, compte = (
        Application(maison, secret=False, methode="none"),
        Navigateur(),
        maison.compte("T2"),
    )
    retour = navigateur.se_connecter(navigateur.aller(application.partir()), compte)
    jetons = application.revenir(retour)
    moi = maison.client()
    moi._web.headers["Authorization"] = f"Bearer {jetons['access_token']}"
    assert moi.get("/identity/v1/comptes/moi").status_code == 200
    with pytest.raises(Exception, match="invalid_grant"):
        application.revenir(retour)
    maison.attendre(lambda: moi.get("/identity/v1/comptes/moi").status_code == 401, 2)


def test_ce_que_la_passerelle_laisse_passer_d_un_navigateur(maison):
    application, navigateur = Application(maison, secret=False, methode="none"), Navigateur()
    page = navigateur.aller(application.partir())
    assert [cookie.name for cookie in navigateur.web.cookies] == ["mcp-formulaire"]
    errone = navigateur.remplir(page, identifiant="ACCZZZZZ", mot_de_passe="Errone-2026")
    assert errone.status_code == 401 and 'role="alert"' in errone.text
    sans_cookie = Navigateur().remplir(page, identifiant="ACCZZZZZ", mot_de_passe="Errone-2026")
    assert sans_cookie.status_code == 403 and "Location" not in sans_cookie.headers
    ailleurs = navigateur.aller(application.partir().replace("application.example", "pirate.example"))
    assert (ailleurs.status_code, "Location" in ailleurs.headers) == (400, False)
    assert "Audit-Receipt" in ailleurs.headers
    adresse = f"{maison.url}/identity/v1/oidc/connexion"
    assert navigateur.web.post(adresse, json={}, timeout=20).status_code == 415
    assert navigateur.web.post(f"{maison.url}/identity/v1/sessions", data={"a": "b"}, timeout=20).status_code == 415


def test_ni_requete_ni_code_ni_mot_de_passe_ne_va_au_journal_technique(maison):
    application, navigateur, compte = (
        Application(maison, secret=True, methode="client_secret_post"),
        Navigateur(),
        maison.compte("T4"),
    )
    retour = navigateur.se_connecter(navigateur.aller(application.partir(login_hint=compte["identifiant"])), compte)
    jetons = application.revenir(retour)
    (code,) = parse_qs(urlsplit(retour).query)["code"]
    secrets = {
        code, application.etat, application.nonce, application.verificateur, str(application.secret),
        compte["mot_de_passe"], jetons["refresh_token"], navigateur.web.cookies["mcp-session"],
        navigateur.web.cookies["mcp-formulaire"], "login_hint", "code_challenge", "redirect_uri",
    }  # fmt: skip
    for nom, dit in maison.journaux.items():
        assert [secret for secret in secrets if secret in dit] == [], nom
    controleur = maison.client(maison.compte_de_role("caf:controleur"))

    def evenements() -> str:
        recu = controleur.post("/audit/v1/evenements/recherche", json={"sujet": compte["identifiant"]})
        assert recu.status_code == 200, recu.text
        return recu.text

    maison.attendre(lambda: "identity.code.echange" in evenements(), 20)
    assert not [secret for secret in secrets - {"redirect_uri"} if secret in evenements()]
    assert json.loads(evenements())["evenements"][0]["client"] is not None
