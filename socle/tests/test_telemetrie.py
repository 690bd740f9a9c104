"""Spans: one for each operation, under the trace of its request, with nobody's data in it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from atelier.collecteur import Collecteur
from socle import traces
from socle.app import construire
from socle.cles import Trousseau
from socle.jetons import Verificateur
from socle.mesures import exposer
from socle.operations import Porte
from socle.sante import Sante
from socle.telemetrie import Telemetrie, ouvrir

TRACE, AMONT = "a" * 32, "b" * 16


@pytest.fixture
def collecteur() -> Iterator[Collecteur]:
    serveur = Collecteur()
    yield serveur
    serveur.eteindre()


def _client(telemetrie, engine, travail, tmp_path):
    cles = Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json")
    communes = {"engine": engine, "source": "cdap", "sante": Sante("cdap", "1", engine, cles)}
    porte = Porte(Verificateur(cles, "http://127.0.0.1:8000", "cdap"), travail, communes, telemetrie)
    return TestClient(construire("cdap", porte, threads=1), raise_server_exceptions=False)


def test_une_operation_est_un_span_sous_la_trace_de_sa_requete(collecteur, engine, travail, tmp_path):
    telemetrie = Telemetrie("cdap", collecteur.url)
    client = _client(telemetrie, engine, travail, tmp_path)
    secret = "GIDELVEAU"
    client.get(
        f"/cdap/v1/consultations/{secret}/rubriques/rsa",
        headers={"traceparent": f"00-{TRACE}-{AMONT}-01", "Authorization": f"Bearer {secret}"},
    )
    client.get("/_vie")
    telemetrie.fermer()
    assert {chemin for chemin, _ in collecteur.recus} == {"/v1/traces"}
    (service, refus), (_, vie) = collecteur.spans
    assert service == "cdap"
    assert (refus.name, refus.trace_id.hex(), refus.parent_span_id.hex()) == (
        "consultations.lire_rubrique", TRACE, AMONT,
    )  # fmt: skip
    dits = {dit.key: dit.value.string_value or dit.value.int_value for dit in refus.attributes}
    assert dits == {"mcp.operation": "consultations.lire_rubrique", "http.response.status_code": 401}
    assert refus.start_time_unix_nano <= refus.end_time_unix_nano
    # A request that names no trace begins one.
    assert vie.name == "sondes.vie" and vie.trace_id.hex() not in (TRACE, "0" * 32) and vie.parent_span_id == b""
    assert not any(secret.encode() in corps or b"consultations/" in corps for _, corps in collecteur.recus)


def test_un_collecteur_absent_ne_coute_que_des_spans_et_cela_se_compte(collecteur, engine, travail, tmp_path):
    collecteur.statut = 400
    perdues = _perdues()
    telemetrie = Telemetrie("cdap", collecteur.url)
    assert _client(telemetrie, engine, travail, tmp_path).get("/_vie").status_code == 200
    telemetrie.fermer()
    assert collecteur.recus and _perdues() == perdues + 1


def test_sans_adresse_il_n_y_a_pas_de_telemetrie():
    assert ouvrir("cdap", "") is None


def test_ce_qu_une_operation_appelle_nomme_son_pas():
    pas = traces.commencer()
    assert traces.vers_l_aval(TRACE) == f"00-{TRACE}-{pas}-01"
    assert traces.amont(traces.vers_l_aval(TRACE)) == pas
    assert traces.commencer() != pas


@pytest.mark.parametrize(
    "recu", [None, "", "00-x", f"00-{TRACE}-{'0' * 16}-01", f"00-{'0' * 32}-{AMONT}-01", f"01-{TRACE}-{AMONT}-01"]
)
def test_un_traceparent_qui_ne_se_lit_pas_n_a_pas_d_amont(recu):
    assert traces.amont(recu) is None


def _perdues() -> float:
    ligne = next(x for x in exposer().decode().splitlines() if x.startswith("mcp_traces_perdues_total "))
    return float(ligne.split()[1])
