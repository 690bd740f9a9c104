"""Header hygiene, both ways."""

import pytest

from gateway.domain.entetes import annonce_un_corps, exiger_le_type, vers_le_client, vers_le_service
from gateway.domain.refus import TypeNonAccepte

MOTS = """
x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-user x-forwarded-anything forwarded x-real-ip
x-client-ip true-client-ip x-cluster-client-ip via x-auth-role x-auth-user x-user x-user-id x-userid x-username
x-remote-user x-remote-group remote-user remote-groups remote-anything mcp-passerelle mcp-adresse mcp-identite
x-original-url x-rewrite-url x-http-method-override x_auth_role x_forwarded_for mcp_adresse remote_user
content_type authorization_ cookie cookie2 host connection keep-alive te trailer transfer-encoding upgrade
proxy-authorization proxy-connection proxy-authenticate content-length expect accept-encoding content-encoding
traceparent tracestate baggage origin referer x-inconnu
"""


@pytest.mark.parametrize("nom", MOTS.split())
def test_un_entete_d_identite_de_mandataire_ou_de_saut_ne_passe_pas(nom: str) -> None:
    assert vers_le_service([(nom.encode(), b"x"), (b"accept", b"*/*")], avec_jeton=True) == [(b"accept", b"*/*")]


@pytest.mark.parametrize("nom", ["if-match", "if-none-match", "idempotency-key", "accept-language"])
def test_un_entete_de_la_demande_qui_est_pour_le_service_passe(nom: str) -> None:
    assert vers_le_service([(nom.encode(), b'"1"')], avec_jeton=True) == [(nom.encode(), b'"1"')]


def test_ce_que_connection_nomme_ne_passe_pas() -> None:
    entetes = [(b"connection", b"close, Accept ,if-match"), (b"accept", b"*/*"), (b"if-match", b'"1"')]
    assert vers_le_service([*entetes, (b"user-agent", b"essai")], avec_jeton=True) == [(b"user-agent", b"essai")]


def test_le_jeton_ne_va_qu_aux_operations_qui_en_veulent_un() -> None:
    entetes = [(b"authorization", b"Bearer x")]
    assert vers_le_service(entetes, avec_jeton=True) == entetes
    assert vers_le_service(entetes, avec_jeton=False) == []


@pytest.mark.parametrize("valeur", [b"caf\xe9", b"a\rb", b"a\x00", b"a\x7f"])
def test_une_valeur_qui_n_est_pas_de_l_ascii_visible_ne_passe_pas(valeur: bytes) -> None:
    assert vers_le_service([(b"accept-language", valeur)], avec_jeton=True) == []
    assert vers_le_client([(b"etag", valeur)]) == []


@pytest.mark.parametrize("nom", ["server", "set-cookie", "connection", "keep-alive", "x-powered-by", "date", "alt-svc",
                                 "access-control-allow-origin", "mcp-adresse", "transfer-encoding"])  # fmt: skip
def test_un_entete_du_service_qui_n_est_pas_pour_le_client_ne_passe_pas(nom: str) -> None:
    assert vers_le_client([(nom.encode(), b"x")]) == []


@pytest.mark.parametrize(
    "nom", ["content-type", "audit-receipt", "retry-after", "cache-control", "www-authenticate", "etag"]
)
def test_un_entete_du_service_qui_est_pour_le_client_passe(nom: str) -> None:
    assert vers_le_client([(nom.encode(), b"x")]) == [(nom.encode(), b"x")]


@pytest.mark.parametrize(
    ("recue", "rendue"),
    [
        (b"/cdap/v1/consultations/1", [b"/cdap/v1/consultations/1"]),
        (b"http://127.0.0.1:8003/cdap/v1/x?y=1", [b"/cdap/v1/x?y=1"]),
        (b"//ailleurs.example/x", []),
        (b"http://ailleurs.example//x", []),
        (b"/\\ailleurs.example", []),
        (b"x/y", []),
        (b"javascript:alert(1)", []),
    ],
)
def test_location_reste_un_chemin(recue: bytes, rendue: list[bytes]) -> None:
    assert [valeur for _, valeur in vers_le_client([(b"location", recue)])] == rendue


@pytest.mark.parametrize(
    "mime", [b"application/json", b"Application/JSON; charset=utf-8", b'application/json;charset="UTF-8"']
)
def test_un_corps_en_json_est_accepte(mime: bytes) -> None:
    exiger_le_type([(b"content-type", mime)])


@pytest.mark.parametrize(
    "entetes",
    [
        [],
        [(b"content-type", b"text/plain")],
        [(b"content-type", b"application/json; charset=utf-16")],
        [(b"content-type", b"application/json, text/plain")],
        [(b"content-type", b"application/jsonx")],
        [(b"content-type", b"application/json"), (b"content-type", b"application/json")],
        [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")],
    ],
)
def test_un_corps_d_un_autre_type_est_refuse(entetes: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(TypeNonAccepte):
        exiger_le_type(entetes)


def test_un_corps_s_annonce_par_sa_longueur_ou_par_morceaux() -> None:
    assert annonce_un_corps({b"content-length": b"2"})
    assert annonce_un_corps({b"transfer-encoding": b"chunked"})
    assert not annonce_un_corps({b"content-length": b"0", b"accept": b"*/*"})
