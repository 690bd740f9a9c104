"""Service tokens and the keys that verify them."""

import hashlib

import pytest


@pytest.fixture
def client(maison):
    dossier = maison.banc.reglages.dossier_secrets / "clients"
    dossier.mkdir(parents=True)
    (dossier / "audit").write_text(hashlib.sha256(b"secret-d-audit").hexdigest() + "\n")
    (dossier / "portail").write_text(hashlib.sha256(b"secret-du-portail").hexdigest() + "\n")
    return maison


def demander(maison, client="audit", secret="secret-d-audit", cible="cdap"):
    return maison.personne.post(
        "/identity/v1/jetons-de-service", json={"client": client, "secret": secret, "cible": cible}
    )


def test_un_service_qui_prouve_son_secret_recoit_un_jeton_pour_sa_cible(client):
    recu = demander(client)
    assert (recu.status_code, recu.json()["expires_in"]) == (200, 900)
    claims = client.lire_jeton(recu.json()["access_token"], audience="cdap")
    assert (claims["client_id"], claims["aud"], claims["exp"] - claims["iat"]) == ("audit", "cdap", 900)
    assert set(claims) == {"iss", "aud", "client_id", "iat", "exp", "jti"}


@pytest.mark.parametrize(("nom", "secret"), [("audit", "autre"), ("cdap", "secret-d-audit"), ("audit", "\u20ac")])
def test_un_secret_errone_et_un_client_sans_secret_recoivent_le_meme_refus(client, nom, secret):
    recu = demander(client, nom, secret)
    assert (recu.status_code, recu.json()["type"]) == (401, "urn:mcp:probleme:identifiants-errones")


@pytest.mark.parametrize(("cible", "statut"), [("gateway", 200), ("cdap", 401), ("habilitation", 401)])
def test_le_portail_ne_se_prouve_qu_a_la_passerelle(client, cible, statut):
    assert demander(client, "portail", "secret-du-portail", cible).status_code == statut


def test_les_cles_publiees_ne_disent_rien_de_prive(maison):
    recu = maison.personne.get("/.well-known/jwks.json")
    (cle,) = recu.json()["keys"]
    assert set(cle) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (cle["kty"], cle["use"], cle["alg"]) == ("RSA", "sig", "RS256")


def test_le_service_est_pret_sans_aucun_voisin(maison):
    maison.habilitation.arreter()
    assert maison.personne.get("/_pret").json()["etat"] == "pret"
