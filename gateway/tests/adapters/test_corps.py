"""Bodies: bounded, plain JSON, handed on with their length."""

import socket
from typing import Any

import pytest

from atelier import un_groupe, un_utilisateur

OUVRIR = ("POST", "/cdap/v1/consultations")
JSON = ("Content-Type", "application/json")
LIMITE = 1 << 20


def un_t1() -> Any:
    return un_utilisateur(un_groupe())


def test_un_corps_a_la_limite_passe_entier(porte: Any) -> None:
    corps = b"x" * LIMITE
    assert porte.demander(*OUVRIR, persona=un_t1(), entetes=[JSON], corps=corps).statut == 200
    assert porte.cdap.recues[0].corps == corps


@pytest.mark.parametrize("taille", [LIMITE + 1, 4 * LIMITE])
def test_un_corps_trop_grand_est_un_413_que_le_client_peut_lire(porte: Any, taille: int) -> None:
    reponse = porte.demander(*OUVRIR, persona=un_t1(), entetes=[JSON], corps=b"x" * taille)
    assert (reponse.statut, reponse.probleme) == (413, "trop-grand")
    assert porte.cdap.recues == [] and porte.nouvelles_traces() == []


def _par_morceaux(taille: int) -> bytes:
    morceau = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    return morceau * (taille // 65_536) + b"0\r\n\r\n"


def test_un_corps_par_morceaux_est_transmis_avec_sa_longueur(porte: Any) -> None:
    entetes = [JSON, ("Transfer-Encoding", "chunked")]
    reponse = porte.demander(*OUVRIR, persona=un_t1(), entetes=entetes, corps=_par_morceaux(131_072))
    assert reponse.statut == 200
    (recue,) = porte.cdap.recues
    assert recue.valeurs("Content-Length") == ["131072"] and recue.valeurs("Transfer-Encoding") == []
    assert recue.corps == b"x" * 131_072


def test_un_corps_par_morceaux_trop_grand_est_un_413(porte: Any) -> None:
    entetes = [JSON, ("Transfer-Encoding", "chunked")]
    reponse = porte.demander(*OUVRIR, persona=un_t1(), entetes=entetes, corps=_par_morceaux(2 * LIMITE))
    assert (reponse.statut, reponse.probleme) == (413, "trop-grand")
    assert porte.cdap.recues == []


@pytest.mark.parametrize(
    "entetes",
    [[], [("Content-Type", "text/xml")], [JSON, ("Content-Encoding", "gzip")]],
)
def test_un_corps_qui_n_est_pas_du_json_est_un_415(porte: Any, entetes: list[tuple[str, str]]) -> None:
    reponse = porte.demander(*OUVRIR, persona=un_t1(), entetes=entetes, corps=b"{}")
    assert (reponse.statut, reponse.probleme) == (415, "type-non-accepte")
    assert porte.cdap.recues == []


def test_une_demande_sans_corps_n_a_pas_besoin_de_type(porte: Any) -> None:
    assert porte.demander(*OUVRIR, persona=un_t1(), corps=b"").statut == 200
    assert porte.cdap.recues[0].valeurs("Content-Length") == ["0"]


def test_un_client_qui_raccroche_au_milieu_n_atteint_pas_le_service(porte: Any) -> None:
    jeton = porte.banc.signataire.signer(un_t1().claims)
    with socket.create_connection(("127.0.0.1", porte.port)) as prise:
        prise.sendall(
            f"POST /cdap/v1/consultations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {jeton}\r\n"
            f"Content-Type: application/json\r\nContent-Length: 100\r\n\r\nmoitie".encode()
        )
    assert porte.demander(*OUVRIR, persona=un_t1(), entetes=[JSON], corps=b"{}").statut == 200
    assert [recue.corps for recue in porte.cdap.recues] == [b"{}"]
