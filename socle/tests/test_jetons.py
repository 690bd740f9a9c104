"""Tokens: a good one passes; anything else than a good one proves nothing."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from atelier import un_groupe, un_service, un_utilisateur
from atelier.signature import Signataire
from socle.cles import CleInconnue, Trousseau
from socle.jetons import JetonInvalide, Verificateur

ISSUER = "http://127.0.0.1:8000"
SIGNATAIRE = Signataire()
BON = un_utilisateur(un_groupe()).claims


@pytest.fixture
def verificateur(tmp_path):
    SIGNATAIRE.deposer(tmp_path / "jwks.json")
    return Verificateur(Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json"), ISSUER, "cdap")


def b64(objet):
    octets = objet if isinstance(objet, bytes) else json.dumps(objet).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def sans(claim):
    return {cle: valeur for cle, valeur in BON.items() if cle != claim}


def retoucher(jeton, rang, changer):
    parties = jeton.split(".")
    parties[rang] = changer(parties[rang])
    return ".".join(parties)


def hs256_avec_la_cle_publique():
    """The classic confusion: the public key taken as a shared secret."""
    publique = rsa.RSAPublicNumbers(
        *(int.from_bytes(base64.urlsafe_b64decode(SIGNATAIRE.jwks()["keys"][0][c] + "==")) for c in ("e", "n"))
    ).public_key()
    pem = publique.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    debut = f"{b64({'alg': 'HS256', 'typ': 'at+jwt', 'kid': SIGNATAIRE.kid})}.{b64(BON)}"
    return f"{debut}.{b64(hmac.digest(pem, debut.encode(), hashlib.sha256))}"


def membre_double():
    present = int(time.time())
    charge = {"iss": ISSUER, "iat": present, "exp": present + 300, "jti": "x"} | BON
    texte = json.dumps(charge)[:-1] + ', "caf": "831"}'
    debut = f"{b64({'alg': 'RS256', 'typ': 'at+jwt', 'kid': SIGNATAIRE.kid})}.{b64(texte.encode())}"
    return debut + "." + SIGNATAIRE.signer(BON).split(".")[2]


MAUVAIS = {
    "vide": "",
    "un mot": "bonjour",
    "deux parties": ".".join(SIGNATAIRE.signer(BON).split(".")[:2]),
    "quatre parties": SIGNATAIRE.signer(BON) + ".AAAA",
    "jwe": SIGNATAIRE.signer(BON) + ".A.B",
    "trop long": "A" * 20_000,
    "signature vide": SIGNATAIRE.signer(BON).rsplit(".", 1)[0] + ".",
    "signature retouchee": retoucher(SIGNATAIRE.signer(BON), 2, lambda s: ("B" if s[0] == "A" else "A") + s[1:]),
    "charge retouchee": retoucher(SIGNATAIRE.signer(BON), 1, lambda _: b64(BON | {"sub": "ACC9XYZ2"})),
    "bourrage": SIGNATAIRE.signer(BON) + "=",
    "base64 ordinaire": retoucher(SIGNATAIRE.signer(BON), 2, lambda s: "+/" + s[2:]),
    "espace": SIGNATAIRE.signer(BON).replace(".", ". ", 1),
    "retour a la ligne": SIGNATAIRE.signer(BON) + "\n",
    "bits en trop": retoucher(SIGNATAIRE.signer(BON), 2, lambda s: s[:-1] + chr(ord(s[-1]) + 1)),
    "alg none": f"{b64({'alg': 'none', 'typ': 'at+jwt', 'kid': SIGNATAIRE.kid})}.{b64(BON)}.",
    "alg HS256": hs256_avec_la_cle_publique(),
    "alg PS256": SIGNATAIRE.signer(BON, alg="PS256"),
    "alg RS512": SIGNATAIRE.signer(BON, alg="RS512"),
    "typ JWT": SIGNATAIRE.signer(BON, typ="JWT"),
    "sans kid": f"{b64({'alg': 'RS256', 'typ': 'at+jwt'})}.{SIGNATAIRE.signer(BON).split('.', 1)[1]}",
    "kid inconnu": SIGNATAIRE.signer(BON, kid="une-autre"),
    "crit": SIGNATAIRE.signer(BON, crit=["exp"]),
    "jwk dans l'entete": SIGNATAIRE.signer(BON, jwk=SIGNATAIRE.jwks()["keys"][0]),
    "jku": SIGNATAIRE.signer(BON, jku="http://127.0.0.1/"),
    "autre emetteur": SIGNATAIRE.signer(BON | {"iss": "https://ailleurs.example"}),
    "autre audience": SIGNATAIRE.signer(BON | {"aud": "ailleurs"}),
    "audience en liste": SIGNATAIRE.signer(BON | {"aud": ["mcp"]}),
    "jeton de service pour un autre": SIGNATAIRE.signer(un_service("audit", "identity").claims),
    "expire": SIGNATAIRE.signer(BON | {"exp": int(time.time()) - 1}),
    "pas encore valable": SIGNATAIRE.signer(BON | {"nbf": int(time.time()) + 600}),
    "exp en texte": SIGNATAIRE.signer(BON | {"exp": str(int(time.time()) + 300)}),
    "exp a virgule": SIGNATAIRE.signer(BON | {"exp": time.time() + 300.5}),
    "iat booleen": SIGNATAIRE.signer(BON | {"iat": True}),
    "sub vide": SIGNATAIRE.signer(BON | {"sub": ""}),
    "groups en texte": SIGNATAIRE.signer(BON | {"groups": "tous"}),
    "groupe sans portee": SIGNATAIRE.signer(BON | {"groups": [{"id": "g", "service": "cdap"}]}),
    "roles en texte": SIGNATAIRE.signer(BON | {"roles": "caf:referent"}),
    "administrateur en texte": SIGNATAIRE.signer(BON | {"administrateur": "true"}),
    "droits booleen": SIGNATAIRE.signer(BON | {"droits": True}),
    "membre double": membre_double(),
    **{f"sans {claim}": SIGNATAIRE.signer(sans(claim)) for claim in BON},
}


@pytest.mark.parametrize("cas", MAUVAIS)
def test_un_mauvais_jeton_ne_prouve_rien_et_n_est_pas_repete(verificateur, cas):
    jeton = MAUVAIS[cas]
    with pytest.raises(JetonInvalide) as faute:
        verificateur.verifier(jeton)
    assert not jeton or jeton not in str(faute.value)


def test_un_bon_jeton_dit_qui_c_est(verificateur):
    identite = verificateur.verifier(SIGNATAIRE.signer(BON))
    assert (identite.sujet, identite.session, identite.partenaire) == (BON["sub"], BON["sid"], BON["partenaire"])
    assert identite.groupes[0].profil == "T1"
    assert not identite.est_un_service


def test_un_jeton_de_service_pour_moi_ne_dit_que_le_client(verificateur):
    identite = verificateur.verifier(SIGNATAIRE.signer(un_service("audit", "cdap").claims))
    assert (identite.client, identite.est_un_service, identite.groupes) == ("audit", True, ())


def test_un_jeton_verifie_n_est_plus_cru_apres_son_expiration(verificateur):
    jeton = SIGNATAIRE.signer(BON | {"exp": int(time.time()) + 1})
    verificateur.verifier(jeton)
    time.sleep(1.1)
    with pytest.raises(JetonInvalide):
        verificateur.verifier(jeton)


def test_hors_ligne_une_cle_inconnue_se_dit(verificateur):
    with pytest.raises(CleInconnue):
        verificateur.verifier(SIGNATAIRE.signer(BON, kid="une-autre"), en_ligne=False)


@pytest.mark.parametrize(
    "retouche", [{"use": "enc"}, {"kty": "EC"}, {"alg": "RS512"}, {"key_ops": ["sign"]}, {"kid": 7}]
)
def test_une_cle_qui_ne_sert_pas_a_verifier_n_est_pas_retenue(tmp_path, retouche):
    jwks = SIGNATAIRE.jwks()
    jwks["keys"][0] |= retouche
    (tmp_path / "jwks.json").write_text(json.dumps(jwks))
    assert not Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json").garni
