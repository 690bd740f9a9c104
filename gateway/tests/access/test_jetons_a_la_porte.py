"""Bad tokens: none passes, none is echoed, none leaves an event."""

import base64
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from atelier import Signataire, un_groupe, un_utilisateur
from atelier.signature import ISSUER

LIRE = ("GET", "/cdap/v1/consultations/0198f3c2/rubriques/rsa")
AUTRE_CLE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def claims(**autres: Any) -> dict[str, Any]:
    return un_utilisateur(un_groupe()).claims | autres


def claims_complets() -> dict[str, Any]:
    return claims(iss=ISSUER, exp=int(time.time()) + 60, iat=int(time.time()), jti="1")


def b64(objet: Any) -> str:
    octets = objet if isinstance(objet, bytes) else json.dumps(objet).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def refait(jeton: str, *, tete: Any = None, charge: Any = None, signature: str | None = None) -> str:
    t, c, s = jeton.split(".")
    return ".".join((b64(tete) if tete else t, b64(charge) if charge else c, s if signature is None else signature))


TETE = {"alg": "RS256", "typ": "at+jwt", "kid": Signataire().kid}
FAUX: dict[str, Callable[[Signataire], str]] = {
    "sans_signature": lambda s: refait(s.signer(claims()), tete=TETE | {"alg": "none"}, signature=""),
    "hs256_avec_la_cle_publique": lambda s: jwt.encode(
        claims_complets(), s.jwks()["keys"][0]["n"], "HS256", headers={"typ": "at+jwt", "kid": s.kid}
    ),
    "autre_cle": lambda _: jwt.encode(claims_complets(), AUTRE_CLE, "RS256", headers=TETE),
    "expire": lambda s: s.signer(claims(exp=int(time.time()) - 1)),
    "sans_exp": lambda s: s.signer(claims(exp=None)),
    "exp_en_texte": lambda s: s.signer(claims(exp=str(int(time.time()) + 60))),
    "pas_encore_valable": lambda s: s.signer(claims(nbf=int(time.time()) + 60)),
    "autre_emetteur": lambda s: s.signer(claims(iss="https://ailleurs.example")),
    "autre_audience": lambda s: s.signer(claims(aud="cdap")),
    "audiences_en_liste": lambda s: s.signer(claims(aud=["mcp"])),
    "autre_type": lambda s: s.signer(claims(), typ="JWT"),
    "cle_inconnue": lambda s: s.signer(claims(), kid="inconnue"),
    "cle_dans_l_entete": lambda s: s.signer(claims(), jwk={"kty": "RSA"}),
    "crit": lambda s: s.signer(claims(), crit=["b64"]),
    "sans_sujet": lambda s: s.signer({cle: v for cle, v in claims().items() if cle != "sub"}),
    "groupes_en_texte": lambda s: s.signer(claims(groups="cdap")),
    "roles_en_texte": lambda s: s.signer(claims(roles="caf:referent")),
    "droits_booleen": lambda s: s.signer(claims(droits=True)),
    "charge_changee": lambda s: refait(s.signer(claims()), charge=claims(sub="ACC9ZZZZ")),
    "membre_double": lambda s: refait(s.signer(claims()), tete=b'{"alg":"RS256","typ":"at+jwt","kid":"a","kid":"b"}'),
    "rembourrage": lambda s: s.signer(claims()) + "=",
    "signature_coupee": lambda s: s.signer(claims())[:-4],
    "quatre_parties": lambda s: s.signer(claims()) + ".x",
    "deux_parties": lambda s: s.signer(claims()).rpartition(".")[0],
    "forme_json": lambda _: '{"payload":"x"}',
    "espace": lambda s: s.signer(claims()) + " x",
    "trop_long": lambda s: s.signer(claims(nonce="x" * 20_000)),
    "rien_d_un_jeton": lambda _: "secret-marque-4711",
}  # fmt: skip


@pytest.mark.parametrize("famille", FAUX)
def test_un_mauvais_jeton_est_refuse_sans_echo_ni_evenement(
    porte: Any, famille: str, caplog: pytest.LogCaptureFixture
) -> None:
    jeton = FAUX[famille](porte.banc.signataire)
    with caplog.at_level(logging.DEBUG):
        reponse = porte.demander(*LIRE, jeton=jeton)
    assert (reponse.statut, reponse.probleme) == (401, "jeton-invalide")
    assert reponse.entetes["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert porte.cdap.recues == [] and porte.nouvelles_traces() == []
    dit = reponse.corps.decode() + str(reponse.entetes) + "".join(str(ligne.__dict__) for ligne in caplog.records)
    assert all(partie not in dit for partie in jeton.split(".") if len(partie) > 10)


def test_le_bon_jeton_dont_les_mauvais_sont_faits_passe(porte: Any) -> None:
    assert porte.demander(*LIRE, jeton=porte.banc.signataire.signer(claims())).statut == 200


@pytest.mark.parametrize("valeurs", [[], ["Basic eDp5"], ["Bearer"], ["Bearer "], ["x"]])
def test_sans_jeton_il_faut_se_connecter(porte: Any, valeurs: list[str]) -> None:
    reponse = porte.demander(*LIRE, entetes=[("Authorization", valeur) for valeur in valeurs])
    assert (reponse.statut, reponse.probleme) == (401, "jeton-absent")
    assert reponse.entetes["WWW-Authenticate"] == "Bearer"


def test_deux_jetons_sont_un_de_trop(porte: Any) -> None:
    bon = porte.banc.signataire.signer(claims())
    reponse = porte.demander(*LIRE, jeton=bon, entetes=[("Authorization", f"Bearer {bon}")])
    assert (reponse.statut, reponse.probleme) == (400, "requete-invalide")
    assert porte.cdap.recues == []


class ApresRotation(Signataire):
    """Identity, once it has turned its key."""

    def __init__(self) -> None:
        super().__init__()
        self.kid = "cle-nouvelle"


def test_une_cle_nouvelle_est_cherchee_chez_identity(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte()
    cles = json.dumps(ApresRotation().jwks()).encode()
    porte.identity.comportement = lambda poignee, _: poignee.repondre(corps=cles)
    assert porte.demander(*LIRE, jeton=ApresRotation().signer(claims())).statut == 200
    inconnues = [porte.demander(*LIRE, jeton=porte.banc.signataire.signer(claims(), kid=f"x{i}")) for i in range(3)]
    assert {reponse.statut for reponse in inconnues} == {401}
    assert [recue.chemin for recue in porte.identity.recues].count("/.well-known/jwks.json") == 1


def test_redemarree_sans_identity_elle_verifie_avec_les_cles_du_disque(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(url_identity="http://127.0.0.1:9")
    reponse = porte.demander(*LIRE, jeton=porte.banc.signataire.signer(claims()))
    assert reponse.statut == 200 and reponse.secondes < 1
    (recue,) = porte.cdap.recues
    assert recue.valeurs("Mcp-Passerelle") == [] and recue.valeurs("Mcp-Adresse") == []
