"""Malformed requests over raw sockets: never more than one answer, never a second request upstream, never an
identity header through."""

import re
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from atelier import un_groupe, un_utilisateur
from gateway.adapters.protocole import Protocole

LIRE = b"/cdap/v1/consultations/0198f3c2/rubriques/rsa"
CORPS = b'{"nom":"x"}'
_STATUT = re.compile(rb"^HTTP/1\.1 (\d{3}) ", re.M)


def un_jeton(porte: Any) -> bytes:
    return porte.banc.signataire.signer(un_utilisateur(un_groupe()).claims).encode()


def echanger(porte: Any, octets: bytes, *, silence_s: float = 0.3) -> bytes:
    """Send these bytes; what comes back until the gateway closes, or is silent."""
    recu = b""
    with socket.create_connection(("127.0.0.1", porte.port), timeout=30) as prise:
        prise.sendall(octets)
        try:
            while morceau := prise.recv(65_536):
                recu += morceau
                prise.settimeout(silence_s)
        except (TimeoutError, ConnectionResetError):
            pass
    return recu


def tete(jeton: bytes, *lignes: bytes, ligne: bytes = b"GET " + LIRE + b" HTTP/1.1", hote: bytes = b"Host: x") -> bytes:
    return b"\r\n".join([ligne, *([hote] if hote else []), b"Authorization: Bearer " + jeton, *lignes]) + b"\r\n\r\n"


def envoi(jeton: bytes, *lignes: bytes, corps: bytes = CORPS, **options: bytes) -> bytes:
    poster = {"ligne": b"POST /cdap/v1/consultations HTTP/1.1", **options}
    return tete(jeton, b"Content-Type: application/json", *lignes, **poster) + corps


def morceaux(jeton: bytes, corps: bytes, *lignes: bytes) -> bytes:
    return envoi(jeton, b"Transfer-Encoding: chunked", *lignes, corps=corps)


N = b"%d" % len(CORPS)
LONGUEUR = b"Content-Length: " + N
MALFORMEES: dict[str, Callable[[bytes], bytes]] = {
    "deux_longueurs": lambda j: envoi(j, LONGUEUR, b"Content-Length: 0"),
    "deux_longueurs_egales": lambda j: envoi(j, LONGUEUR, LONGUEUR),
    "longueurs_en_liste": lambda j: envoi(j, b"Content-Length: " + N + b", " + N),
    "longueur_puis_morceaux": lambda j: envoi(j, LONGUEUR, b"Transfer-Encoding: chunked", corps=b"0\r\n\r\n"),
    "morceaux_puis_longueur": lambda j: morceaux(j, b"0\r\n\r\n", LONGUEUR),
    "longueur_signee": lambda j: envoi(j, b"Content-Length: +" + N),
    "longueur_negative": lambda j: envoi(j, b"Content-Length: -1"),
    "longueur_hexadecimale": lambda j: envoi(j, b"Content-Length: 0xb"),
    "longueur_vide": lambda j: envoi(j, b"Content-Length:"),
    "longueur_immense": lambda j: envoi(j, b"Content-Length: 99999999999999999999999"),
    "longueur_a_espace": lambda j: envoi(j, b"Content-Length: 1 1"),
    "codage_gzip_et_morceaux": lambda j: envoi(j, b"Transfer-Encoding: gzip, chunked", corps=b"0\r\n\r\n"),
    "codage_inconnu": lambda j: envoi(j, b"Transfer-Encoding: xchunked", corps=b"0\r\n\r\n"),
    "codage_identity": lambda j: envoi(j, b"Transfer-Encoding: identity", corps=b""),
    "codage_double": lambda j: morceaux(j, b"0\r\n\r\n", b"Transfer-Encoding: chunked"),
    "codage_cache": lambda j: envoi(j, b"Transfer-Encoding:\x0bchunked", corps=b"0\r\n\r\n"),
    "codage_en_1_0": lambda j: envoi(
        j, b"Transfer-Encoding: chunked", corps=b"0\r\n\r\n", ligne=b"POST /cdap/v1/consultations HTTP/1.0"
    ),
    "morceau_negatif": lambda j: morceaux(j, b"-1\r\na\r\n0\r\n\r\n"),
    "morceau_a_espace": lambda j: morceaux(j, b" 1\r\na\r\n0\r\n\r\n"),
    "morceau_faux": lambda j: morceaux(j, b"zz\r\na\r\n0\r\n\r\n"),
    "morceau_0x": lambda j: morceaux(j, b"0x1\r\na\r\n0\r\n\r\n"),
    "morceau_immense": lambda j: morceaux(j, b"ffffffffffffffffff\r\na\r\n0\r\n\r\n"),
    "morceau_trop_long": lambda j: morceaux(j, b"1\r\nabc\r\n0\r\n\r\n"),
    "morceau_sans_cr": lambda j: morceaux(j, b"1\na\n0\n\n"),
    "entetes_apres_le_corps": lambda j: morceaux(j, b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"),
    "identite_apres_le_corps": lambda j: morceaux(j, b"2\r\n{}\r\n0\r\nMcp-Adresse: 6.6.6.6\r\n\r\n"),
    "ligne_pliee": lambda j: tete(j, b"Accept: a\r\n b"),
    "ligne_pliee_d_abord": lambda j: tete(j, b" X: a", hote=b"Host: x"),
    "espace_avant_deux_points": lambda j: tete(j, b"Accept : a"),
    "espace_dans_le_nom": lambda j: tete(j, b"Ac cept: a"),
    "tabulation_dans_le_nom": lambda j: tete(j, b"Accept\t: a"),
    "nom_vide": lambda j: tete(j, b": a"),
    "sans_deux_points": lambda j: tete(j, b"Accept"),
    "nom_hors_ascii": lambda j: tete(j, b"Acc\xe9pt: a"),
    "guillemet_dans_le_nom": lambda j: tete(j, b'Acc"ept: a'),
    "nul_dans_la_valeur": lambda j: tete(j, b"Accept: a\x00b"),
    "controle_dans_la_valeur": lambda j: tete(j, b"Accept: a\x01b"),
    "suppression_dans_la_valeur": lambda j: tete(j, b"Accept: a\x7fb"),
    "cr_seul": lambda j: tete(j, b"Accept: a\rMcp-Adresse: 6.6.6.6"),
    "lf_seul": lambda j: tete(j, b"Accept: a\nMcp-Adresse: 6.6.6.6"),
    "tout_en_lf": lambda j: tete(j).replace(b"\r\n", b"\n"),
    "sans_hote": lambda j: tete(j, hote=b""),
    "sans_hote_en_1_0": lambda j: tete(j, hote=b"", ligne=b"GET " + LIRE + b" HTTP/1.0"),
    "hote_vide": lambda j: tete(j, hote=b"Host:"),
    "deux_hotes": lambda j: tete(j, b"Host: y"),
    "deux_types": lambda j: envoi(j, LONGUEUR, b"Content-Type: application/json"),
    "deux_types_sans_corps": lambda j: tete(j, b"Content-Type: a", b"Content-Type: b"),
    "deux_jetons": lambda j: tete(j, b"authorization: Bearer " + j),
    "deux_cles_d_idempotence": lambda j: tete(j, b"Idempotency-Key: a", b"Idempotency-Key: b"),
    "version_2_0": lambda j: tete(j, ligne=b"GET " + LIRE + b" HTTP/2.0"),
    "version_0_9": lambda j: tete(j, ligne=b"GET " + LIRE + b" HTTP/0.9"),
    "version_1_2": lambda j: tete(j, ligne=b"GET " + LIRE + b" HTTP/1.2"),
    "sans_version": lambda _: b"GET " + LIRE + b"\r\n\r\n",
    "preface_http2": lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "pas_du_http": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "methode_minuscule": lambda j: tete(j, ligne=b"get " + LIRE + b" HTTP/1.1"),
    "espace_dans_la_cible": lambda j: tete(j, ligne=b"GET " + LIRE + b" x HTTP/1.1"),
    "cible_absolue": lambda j: tete(j, ligne=b"GET http://ailleurs.example" + LIRE + b" HTTP/1.1"),
    "cible_a_fragment": lambda j: tete(j, ligne=b"GET " + LIRE + b"#x HTTP/1.1"),
    "cible_etoile": lambda j: tete(j, ligne=b"OPTIONS * HTTP/1.1"),
    "connect": lambda j: tete(j, ligne=b"CONNECT cdap:80 HTTP/1.1"),
    "cible_hors_ascii": lambda j: tete(j, ligne=b"GET " + LIRE + b"\xe9 HTTP/1.1"),
    "controle_dans_la_cible": lambda j: tete(j, ligne=b"GET " + LIRE + b"\x01 HTTP/1.1"),
    "barre_codee": lambda j: tete(j, ligne=b"GET /cdap/v1/consultations/a%2frubriques/rsa HTTP/1.1"),
    "point_code": lambda j: tete(j, ligne=b"GET /cdap/v1/consultations/%2e%2e/rubriques/rsa HTTP/1.1"),
    "barre_inverse_codee": lambda j: tete(j, ligne=b"GET /cdap/v1/consultations/a%5cb/rubriques/rsa HTTP/1.1"),
    "lettre_codee": lambda j: tete(j, ligne=b"GET /habilitation/v1/partenaires/%76erification HTTP/1.1"),
    "nul_code": lambda j: tete(j, ligne=b"GET /cdap/v1/consultations/a%00/rubriques/rsa HTTP/1.1"),
    "corps_et_changement": lambda j: envoi(j, LONGUEUR, b"Connection: upgrade", b"Upgrade: h2c"),
    "tete_trop_grande": lambda j: tete(j, b"Accept: " + b"a" * 70_000),
    "trop_d_entetes": lambda j: tete(j, *[b"X-%d: a" % i for i in range(200)]),
    "tete_sans_fin": lambda j: tete(j)[:-2] + b"X: " + b"a" * 300_000,
    "cible_trop_longue": lambda j: tete(j, ligne=b"GET " + LIRE + b"?" + b"a" * 60_000 + b" HTTP/1.1"),
    "corps_trop_grand": lambda j: envoi(j, b"Content-Length: 1048577", corps=b""),
}  # fmt: skip


@pytest.mark.parametrize("forme", MALFORMEES)
def test_une_demande_mal_formee_a_une_reponse_au_plus_et_n_atteint_aucun_service(porte: Any, forme: str) -> None:
    jeton = un_jeton(porte)
    recu = echanger(porte, MALFORMEES[forme](jeton) + tete(jeton))
    statuts = [int(statut) for statut in _STATUT.findall(recu)]
    assert [statut for statut in statuts if not 400 <= statut < 500] == []
    assert len(statuts) == 1, recu
    assert porte.cdap.recues == [] and porte.nouvelles_traces() == []
    assert jeton not in recu and b"6.6.6.6" not in recu


@pytest.mark.parametrize("forme", ["deux_longueurs", "sans_hote", "deux_jetons", "tete_trop_grande"])
def test_le_refus_est_un_probleme_en_francais_et_ferme_la_connexion(porte: Any, forme: str) -> None:
    recu = echanger(porte, MALFORMEES[forme](un_jeton(porte)))
    tete_recue, _, corps = recu.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in tete_recue and b"connection: close" in tete_recue
    assert corps.startswith(b'{"type":"urn:mcp:probleme:')


IDENTITES = [
    b"Mcp-Adresse: 6.6.6.6", b"mcp_adresse: 6.6.6.6", b"MCP-PASSERELLE: x.y.z", b"X-Forwarded-For: 6.6.6.6",
    b"X_Auth_Role: caf:referent", b"X-Auth-Role: caf:referent", b"Remote-User: ACC2", b"X-User: ACC2",
    b"Transfer_Encoding: chunked", b"Content_Length: 100", b"Mcp-Echange: 0000000000000000",
    b"X-Original-URL: /identity/v1/comptes/verification", b"X-HTTP-Method-Override: DELETE",
    b"Connection: close, authorization, mcp-passerelle",
]  # fmt: skip


@pytest.mark.parametrize("entete", IDENTITES)
def test_aucun_entete_d_identite_ne_traverse(porte: Any, entete: bytes) -> None:
    jeton = un_jeton(porte)
    recu = echanger(porte, tete(jeton, entete), silence_s=0.1)
    assert len(_STATUT.findall(recu)) == 1
    (recue,) = porte.cdap.recues
    assert {nom.lower() for nom, _ in recue.entetes} <= {
        "host", "authorization", "traceparent", "mcp-passerelle", "mcp-adresse", "mcp-echange"
    }  # fmt: skip
    assert recue.valeurs("Mcp-Adresse") == ["127.0.0.1"]
    assert "6.6.6.6" not in str(recue.entetes) and "0000000000000000" not in str(recue.entetes)


@pytest.mark.parametrize("suite", [b"", b"GARBAGE\r\n\r\n", b"\x00\x00", b"GET /docs HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_ce_qui_suit_une_demande_sans_attendre_sa_reponse_n_est_pas_lu(porte: Any, suite: bytes) -> None:
    jeton = un_jeton(porte)
    recu = echanger(porte, tete(jeton) + (suite or tete(jeton)))
    assert _STATUT.findall(recu) == [b"200"] and b"connection: close" in recu
    assert len(porte.cdap.recues) == 1


def test_des_demandes_l_une_apres_l_autre_partagent_une_connexion(porte: Any) -> None:
    demande = tete(un_jeton(porte))
    with socket.create_connection(("127.0.0.1", porte.port), timeout=30) as prise:
        for _ in range(3):
            prise.sendall(demande)
            assert prise.recv(65_536).startswith(b"HTTP/1.1 200 ")
    assert len(porte.cdap.recues) == 3


def test_un_changement_de_protocole_n_a_pas_lieu(porte: Any) -> None:
    jeton = un_jeton(porte)
    recu = echanger(porte, tete(jeton, b"Connection: upgrade", b"Upgrade: websocket") + tete(jeton))
    assert _STATUT.findall(recu) == [b"200"] and len(porte.cdap.recues) == 1


class Pressee(Protocole):
    """The same protocol, with less patience."""

    tete_s, corps_s, reponse_s = 0.3, 0.4, 0.4


@pytest.mark.parametrize("debut", ["rien", "tete", "corps", "morceaux"])
def test_un_client_lent_est_coupe_sans_atteindre_de_service(nouvelle_porte: Any, debut: str) -> None:
    porte = nouvelle_porte(protocole=Pressee)
    jeton = un_jeton(porte)
    octets = {
        "rien": b"",
        "tete": tete(jeton)[:-2],
        "corps": envoi(jeton, b"Content-Length: 100"),
        "morceaux": morceaux(jeton, b"5\r\nabcde\r\n"),
    }[debut]
    depart = time.monotonic()
    with socket.create_connection(("127.0.0.1", porte.port), timeout=30) as prise:
        prise.sendall(octets)
        try:
            while time.monotonic() - depart < 60:
                prise.sendall(b"a" if debut == "tete" else b"")
                prise.settimeout(0.05)
                try:
                    if prise.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert time.monotonic() - depart < 30
    assert porte.cdap.recues == [] and porte.nouvelles_traces() == []


def test_un_client_qui_ne_lit_pas_sa_reponse_est_coupe(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(protocole=Pressee)
    porte.cdap.comportement = lambda poignee, _: poignee.repondre(corps=b"x" * (12 << 20))
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        prise.settimeout(30)
        prise.connect(("127.0.0.1", porte.port))
        prise.sendall(tete(un_jeton(porte)))
        time.sleep(1.0)
        recu = 0
        try:
            while morceau := prise.recv(1 << 20):
                recu += len(morceau)
        except ConnectionResetError:
            pass
    assert recu < 12 << 20


def test_une_connexion_de_trop_est_refusee_aussitot_et_les_autres_servent(nouvelle_porte: Callable[..., Any]) -> None:
    class Etroit(Protocole):
        connexions_max = 3

    porte = nouvelle_porte(protocole=Etroit)
    prises = [socket.create_connection(("127.0.0.1", porte.port), timeout=30) for _ in range(3)]
    try:
        assert echanger(porte, b"").startswith(b"HTTP/1.1 503 ")
        prises[0].sendall(tete(un_jeton(porte)))
        assert prises[0].recv(65_536).startswith(b"HTTP/1.1 200 ")
        prises.pop().close()
        fin = time.monotonic() + 30
        while not echanger(porte, tete(un_jeton(porte))).startswith(b"HTTP/1.1 200 "):
            assert time.monotonic() < fin
    finally:
        for prise in prises:
            prise.close()
