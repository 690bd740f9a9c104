"""Services that are down, slow, cut off or wrong: one problem, one event, and the others unharmed."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from portes import ServiceReel, accorde

from atelier import un_agent, un_groupe, un_referent, un_utilisateur
from socle.mesures import exposer

LIRE = ("GET", "/cdap/v1/consultations/0198f3c2/rubriques/rsa")
JSON = [("Content-Type", "application/json")]


def un_t1() -> Any:
    return un_utilisateur(un_groupe())


def echec(porte: Any, reponse: Any, cause: str) -> None:
    """The answer is an unavailable service, and its one event says why."""
    assert (reponse.statut, reponse.probleme) == (503, "service-indisponible")
    assert reponse.entetes["Retry-After"] == "2"
    (trace,) = porte.nouvelles_traces()
    assert reponse.entetes["Audit-Receipt"] == trace["id"]
    assert (trace["data"]["issue"], trace["data"]["cause"]) == ("echec", cause)
    assert trace["data"]["sujet"] is not None


def attendre_le_retour(porte: Any) -> float:
    """Seconds until cdap is served again."""
    debut = time.monotonic()
    while porte.demander(*LIRE, persona=un_t1()).statut != 200:
        assert time.monotonic() - debut < 30
        time.sleep(0.02)
    porte.nouvelles_traces()
    return time.monotonic() - debut


def test_un_service_eteint_est_un_503_trace_en_moins_d_une_seconde(porte: Any) -> None:
    reponse = porte.demander("GET", "/audit/v1/evenements", persona=un_agent("caf:controleur"))
    assert reponse.secondes < 1
    echec(porte, reponse, "service_injoignable")
    assert porte.demander(*LIRE, persona=un_t1()).statut == 200


def test_sans_utilisateur_connu_un_service_eteint_ne_laisse_pas_d_evenement(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(url_identity="http://127.0.0.1:9")
    reponse = porte.demander("POST", "/identity/v1/sessions", entetes=JSON, corps=b"{}")
    assert (reponse.statut, reponse.probleme) == (503, "service-indisponible")
    assert reponse.secondes < 1
    assert porte.nouvelles_traces() == []


def test_un_service_lent_est_coupe_et_n_en_retient_aucun_autre(porte: Any) -> None:
    liberer = threading.Event()
    porte.cdap.comportement = lambda poignee, _: (liberer.wait(5), poignee.repondre())
    with ThreadPoolExecutor(20) as fils:
        lentes = [fils.submit(porte.demander, *LIRE, persona=un_t1()) for _ in range(19)]
        time.sleep(0.2)
        autre = porte.demander("GET", "/.well-known/jwks.json")
        recues = [lente.result() for lente in lentes]
    liberer.set()
    assert autre.statut == 200 and autre.secondes < 0.5
    assert {reponse.statut for reponse in recues} == {503}
    assert max(reponse.secondes for reponse in recues) < 2
    traces = porte.nouvelles_traces()
    assert sorted(reponse.entetes["Audit-Receipt"] for reponse in recues) == sorted(trace["id"] for trace in traces)
    assert {trace["data"]["cause"] for trace in traces} == {"delai_depasse"}
    attendre_le_retour(porte)


ENTETE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"", "service_injoignable"),
        (b"HTTP/1.1 200 OK\r\nContent-Ty", "service_injoignable"),
        (ENTETE + b"Content-Length: 100\r\n\r\n" + b'{"rubrique":', "reponse_incomplete"),
        (ENTETE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", "reponse_incomplete"),
        (ENTETE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabcde\r\n0\r\n\r\n", "reponse_incomplete"),
        (ENTETE + b"\r\n" + b'{"sans":"fin"}', "reponse_incomplete"),
        (b"n'importe quoi\r\n\r\n", "reponse_incomplete"),
        (ENTETE + b"Content-Length: abc\r\n\r\nx", "reponse_incomplete"),
        (ENTETE + b"Content-Length: 17000000\r\n\r\n" + b"x" * 17_000_000, "reponse_incomplete"),
    ],
    ids=["rien", "entete_coupe", "corps_coupe", "morceaux_coupes", "morceaux_faux", "sans_fin", "pas_du_http",
         "longueur_fausse", "trop_grand"],
)  # fmt: skip
def test_une_reponse_qui_n_est_pas_entiere_ne_sort_pas(porte: Any, octets: bytes, cause: str) -> None:
    porte.cdap.comportement = lambda poignee, _: poignee.brut(octets)
    reponse = porte.demander(*LIRE, persona=un_t1())
    echec(porte, reponse, cause)
    assert len(porte.cdap.recues) == 1
    porte.cdap.comportement = lambda poignee, _: poignee.repondre(corps=b'{"a":1}')
    assert porte.demander(*LIRE, persona=un_t1()).corps == b'{"a":1}'


def test_une_connexion_gardee_que_le_service_a_fermee_ne_fait_ni_echec_ni_double(porte: Any) -> None:
    porte.cdap.comportement = lambda poignee, _: (poignee.repondre(), setattr(poignee, "close_connection", True))
    for _ in range(5):
        assert porte.demander(*LIRE, persona=un_t1()).statut == 200
        time.sleep(0.02)
    assert len(porte.cdap.recues) == 5


def test_une_redirection_n_est_pas_suivie_et_son_lieu_reste_un_chemin(porte: Any) -> None:
    porte.cdap.comportement = lambda poignee, _: poignee.repondre(
        307, b"", Location=f"{porte.identity.url}/.well-known/jwks.json"
    )
    avant = len(porte.identity.recues)
    reponse = porte.demander(*LIRE, persona=un_t1())
    assert (reponse.statut, reponse.entetes["Location"]) == (307, "/.well-known/jwks.json")
    assert len(porte.identity.recues) == avant


def test_le_statut_du_service_et_ses_entetes_utiles_passent_les_autres_non(porte: Any) -> None:
    porte.cdap.comportement = lambda poignee, _: poignee.repondre(
        429, b"{}", Retry_After="30", Server="secret", Set_Cookie="a=b", X_Powered_By="x", Cache_Control="private"
    )
    reponse = porte.demander(*LIRE, persona=un_t1())
    assert (reponse.statut, reponse.corps, reponse.entetes["Retry-After"]) == (429, b"{}", "30")
    assert reponse.entetes.get_all("Cache-Control") == ["private"]
    assert reponse.entetes["X-Content-Type-Options"] == "nosniff"
    assert reponse.entetes["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert all(reponse.entetes[nom] is None for nom in ("Server", "Set-Cookie", "X-Powered-By"))


def test_un_204_n_a_ni_corps_ni_longueur(porte: Any) -> None:
    porte.identity.comportement, ancien = (
        lambda poignee, _: poignee.brut(b"HTTP/1.1 204 No Content\r\n\r\n"),
        (porte.identity.comportement),
    )
    try:
        reponse = porte.demander("DELETE", "/identity/v1/sessions/courante", persona=un_referent())
    finally:
        porte.identity.comportement = ancien
    assert (reponse.statut, reponse.corps, reponse.entetes["Content-Length"]) == (204, b"", None)


def test_a_l_arret_ce_qui_est_en_cours_finit(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte()
    porte.cdap.comportement = lambda poignee, _: (time.sleep(0.4), poignee.repondre(corps=b'{"a":1}'))
    with ThreadPoolExecutor(1) as fils:
        en_cours = fils.submit(porte.demander, *LIRE, persona=un_t1())
        time.sleep(0.15)
        porte.arreter()
        assert (en_cours.result().statut, en_cours.result().corps) == (200, b'{"a":1}')


def test_a_l_arret_ce_qui_dure_trop_est_un_503(nouvelle_porte: Any) -> None:
    porte, liberer = nouvelle_porte(), threading.Event()
    porte.cdap.comportement = lambda poignee, _: (liberer.wait(5), poignee.repondre())
    with ThreadPoolExecutor(1) as fils:
        en_cours = fils.submit(porte.demander, *LIRE, persona=un_t1())
        time.sleep(0.15)
        porte.arreter()
        liberer.set()
        echec(porte, en_cours.result(), "arret")


def test_un_service_muet_est_refuse_aussitot_puis_sonde_et_les_autres_servent(nouvelle_porte: Any) -> None:
    porte, liberer = nouvelle_porte(delai_reponse_s=0.3), threading.Event()
    porte.cdap.comportement = lambda poignee, _: (liberer.wait(20), poignee.repondre())
    with ThreadPoolExecutor(5) as fils:
        premieres = [fils.submit(porte.demander, *LIRE, persona=un_t1()) for _ in range(5)]
        assert {premiere.result().statut for premiere in premieres} == {503}
    porte.nouvelles_traces()
    recues = sum(recue.chemin == LIRE[1] for recue in porte.cdap.recues)
    reponse = porte.demander(*LIRE, persona=un_t1())
    assert reponse.secondes < 0.1
    echec(porte, reponse, "circuit_ouvert")
    assert sum(recue.chemin == LIRE[1] for recue in porte.cdap.recues) == recues
    autre = porte.demander("GET", "/.well-known/jwks.json")
    assert autre.statut == 200 and autre.secondes < 0.1
    assert b'mcp_circuit_ouvert{source="cdap"} 1.0' in exposer()
    liberer.set()
    assert attendre_le_retour(porte) < 1.5
    assert "/_vie" in [recue.chemin for recue in porte.cdap.recues]
    assert b'mcp_circuit_ouvert{source="cdap"} 0.0' in exposer()


def test_un_service_qui_vit_et_se_tait_n_est_essaye_que_par_une_demande_a_la_fois(nouvelle_porte: Any) -> None:
    porte, liberer = nouvelle_porte(delai_reponse_s=0.3), threading.Event()
    vit = ("/_vie",)
    porte.cdap.comportement = lambda poignee, recue: (recue.chemin in vit or liberer.wait(20), poignee.repondre())
    with ThreadPoolExecutor(5) as fils:
        assert {r.statut for r in fils.map(lambda _: porte.demander(*LIRE, persona=un_t1()), range(5))} == {503}
    porte.nouvelles_traces()
    debut, avant = time.monotonic(), sum(recue.chemin == LIRE[1] for recue in porte.cdap.recues)
    with ThreadPoolExecutor(8) as fils:
        while time.monotonic() - debut < 2:
            assert {r.statut for r in fils.map(lambda _: porte.demander(*LIRE, persona=un_t1()), range(8))} == {503}
    causes = Counter(trace["data"]["cause"] for trace in porte.nouvelles_traces())
    essais = sum(recue.chemin == LIRE[1] for recue in porte.cdap.recues) - avant
    assert 1 <= essais <= 1 + (time.monotonic() - debut) / 0.3
    assert causes["delai_depasse"] == essais < causes["circuit_ouvert"]
    assert b'mcp_circuit_ouvert{source="cdap"} 1.0' in exposer()
    liberer.set()
    assert attendre_le_retour(porte) < 1.5
    assert b'mcp_circuit_ouvert{source="cdap"} 0.0' in exposer()


def test_un_service_eteint_qui_revient_est_servi_dans_la_seconde(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte()
    port = porte.cdap.server_port
    porte.cdap.eteindre()
    reponses = [porte.demander(*LIRE, persona=un_t1()) for _ in range(8)]
    assert {reponse.statut for reponse in reponses} == {503}
    assert max(reponse.secondes for reponse in reponses) < 1
    causes = [trace["data"]["cause"] for trace in porte.nouvelles_traces()]
    assert causes == ["service_injoignable"] * 5 + ["circuit_ouvert"] * 3
    revenu = ServiceReel(port=port)
    try:
        assert attendre_le_retour(porte) < 1
    finally:
        revenu.eteindre()


def test_une_demande_ou_deux_qui_echouent_n_ouvrent_pas_le_circuit(porte: Any) -> None:
    porte.cdap.comportement = lambda poignee, _: poignee.brut(b"")
    for _ in range(4):
        assert porte.demander(*LIRE, persona=un_t1()).statut == 503
    porte.cdap.comportement = accorde
    assert porte.demander(*LIRE, persona=un_t1()).statut == 200
