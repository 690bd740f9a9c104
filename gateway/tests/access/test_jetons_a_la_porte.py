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
Fabrique = Callable[[Signataire], str]
EXIGES = (
    "sub",
    "client_id",
    "sid",
    "partenaire",
    "caf_referente",
    "administrateur",
    "responsable_de",
    "roles",
    "caf",
    "groups",
    "droits",
)
DE_TRAVERS: dict[str, Any] = {
    "sub": 7, "client_id": [], "sid": None, "partenaire": 99900031800017, "administrateur": "true",
    "responsable_de": "g", "roles": "caf:referent", "caf": 831, "groups": "cdap", "droits": True, "jti": 1, "iat": "0",
}  # fmt: skip


def avec(**autres: Any) -> Fabrique:
    """A token that says something else."""
    return lambda s: s.signer(claims(**autres))


def tete(**autres: Any) -> Fabrique:
    """A token with another header."""
    return lambda s: s.signer(claims(), **autres)


def coupe(changer: Callable[[list[str]], list[str]]) -> Fabrique:
    """A token whose parts are changed."""
    return lambda s: ".".join(changer(s.signer(claims()).split(".")))


def sans(claim: str) -> Fabrique:
    """A token without a claim."""
    return lambda s: s.signer({cle: v for cle, v in claims().items() if cle != claim})


def apres(secondes: float) -> int:
    return int(time.time() + secondes)


FAMILLES: dict[str, dict[str, Fabrique]] = {
    "algorithme": {
        "none": lambda s: refait(s.signer(claims()), tete=TETE | {"alg": "none"}, signature=""),
        "None": lambda s: refait(s.signer(claims()), tete=TETE | {"alg": "None"}, signature=""),
        "hs256_avec_la_cle_publique": lambda s: jwt.encode(
            claims_complets(), s.jwks()["keys"][0]["n"], "HS256", headers={"typ": "at+jwt", "kid": s.kid}
        ),
        "ps256": tete(alg="PS256"),
        "rs512": tete(alg="RS512"),
        "sans_alg": lambda s: refait(s.signer(claims()), tete={"typ": "at+jwt", "kid": s.kid}),
    },
    "signature": {
        "vide": coupe(lambda p: [p[0], p[1], ""]),
        "coupee": coupe(lambda p: [p[0], p[1], p[2][:-4]]),
        "d_un_autre_jeton": lambda s: refait(s.signer(claims()), signature=s.signer(claims()).split(".")[2]),
        "charge_changee": lambda s: refait(s.signer(claims()), charge=claims(sub="ACC9ZZZZ")),
        "tete_changee": lambda s: refait(s.signer(claims()), tete=TETE | {"x": 1}),
    },
    "cle": {
        "autre": lambda _: jwt.encode(claims_complets(), AUTRE_CLE, "RS256", headers=TETE),
        "inconnue": tete(kid="inconnue"),
        "kid_absent": lambda s: refait(s.signer(claims()), tete={"alg": "RS256", "typ": "at+jwt"}),
        "kid_de_chemin": tete(kid="../../../dev/null"),
        "jwk": tete(jwk={"kty": "RSA"}),
        "jku": tete(jku="http://127.0.0.1/jwks"),
        "x5u": tete(x5u="http://127.0.0.1/x"),
    },
    "temps": {
        "expire": avec(exp=-1),
        "sans_exp": avec(exp=None),
        "exp_en_texte": lambda s: s.signer(claims(exp=str(apres(60)))),
        "exp_a_virgule": lambda s: s.signer(claims(exp=time.time() + 60.5)),
        "exp_booleen": avec(exp=True),
        "pas_encore_valable": lambda s: s.signer(claims(nbf=apres(60))),
        "nbf_en_texte": lambda s: s.signer(claims(nbf=str(apres(-60)))),
    },
    "emetteur_et_audience": {
        "autre_emetteur": avec(iss="https://ailleurs.example"),
        "emetteur_a_peu_pres": avec(iss=ISSUER + "/"),
        "emetteur_vide": avec(iss=""),
        "autre_audience": avec(aud="cdap"),
        "audiences_en_liste": avec(aud=["mcp"]),
        "audience_absente": avec(aud=None),
        "jeton_de_service": lambda s: s.signer({"aud": "gateway", "client_id": "audit"}),
    },
    "type_et_crit": {
        "jwt": tete(typ="JWT"),
        "identite": tete(typ="id+jwt"),
        "sans_type": tete(typ=None),
        "crit": tete(crit=["b64"]),
        "crit_vide": tete(crit=[]),
        "b64": tete(b64=False, crit=["b64"]),
    },
    "claim_absent": {claim: sans(claim) for claim in EXIGES},
    "claim_de_travers": {claim: avec(**{claim: faux}) for claim, faux in DE_TRAVERS.items()}
    | {"groupe_sans_portee": avec(groups=[{"id": "g", "service": "cdap"}]), "sub_vide": avec(sub="")},
    "forme": {
        "json": lambda _: '{"payload":"x"}',
        "deux_parties": coupe(lambda p: p[:2]),
        "quatre_parties": coupe(lambda p: [*p, "x"]),
        "cinq_parties": coupe(lambda p: [*p, "A", "B"]),
        "parties_vides": lambda _: "..",
        "suivi_d_un_mot": lambda s: s.signer(claims()) + " x",
        "trop_long": avec(nonce="x" * 20_000),
        "rien_d_un_jeton": lambda _: "secret-marque-4711",
    },
    "base64_et_doubles": {
        "rembourrage": lambda s: s.signer(claims()) + "=",
        "alphabet_ordinaire": coupe(lambda p: [p[0], p[1], "+/" + p[2][2:]]),
        "espace": coupe(lambda p: [p[0], " " + p[1], p[2]]),
        "bits_en_trop": coupe(lambda p: [p[0], p[1], p[2][:-1] + chr(ord(p[2][-1]) + 1)]),
        "tete_double": lambda s: refait(s.signer(claims()), tete=b'{"alg":"RS256","typ":"at+jwt","kid":"a","kid":"b"}'),
        "charge_double": lambda s: refait(
            s.signer(claims()), charge=json.dumps(claims_complets())[:-1].encode() + b', "caf": "831"}'
        ),
        "charge_qui_n_est_pas_un_objet": lambda s: refait(s.signer(claims()), charge=[1]),
        "charge_illisible": lambda s: refait(s.signer(claims()), charge=b"\xff\xfe"),
    },
}
FAUX = {f"{famille}-{nom}": faux for famille, cas in FAMILLES.items() for nom, faux in cas.items()}


def test_il_y_en_a_assez() -> None:
    assert len(FAMILLES) >= 10 and len(FAUX) >= 60


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
