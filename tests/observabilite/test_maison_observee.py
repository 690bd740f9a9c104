"""The running house: one trace from the door to the journal, and numbers of each service that fit together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from atelier.collecteur import Collecteur
from atelier.maison import Maison

SERVICES = ("identity", "habilitation", "cdap", "audit", "gateway")
TRACE, AMONT = "e" * 32, "f" * 16


@pytest.fixture(scope="module")
def collecteur() -> Iterator[Collecteur]:
    ouvert = Collecteur()
    yield ouvert
    ouvert.eteindre()


@pytest.fixture(scope="module")
def observee(tmp_path_factory: pytest.TempPathFactory, collecteur: Collecteur) -> Iterator[Maison]:
    """A house that tells a collector of its operations."""
    maison = Maison(tmp_path_factory.mktemp("observee") / "var")
    maison.env["MCP_OTEL_URL"] = collecteur.url
    yield maison.demarrer()
    maison.arreter()


def _mesures(maison: Maison, service: str) -> dict[tuple[str, ...], float]:
    """What /metrics of a service says: (name, values of the labels in the order of their names) → value."""
    pid = maison.pid(service)
    mots = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
    port = dict(mot.split("=", 1) for mot in mots if "=" in mot)["MCP_BIND_PORT"]
    texte = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    return {
        (dit.name, *(dit.labels[nom] for nom in sorted(dit.labels))): dit.value
        for famille in text_string_to_metric_families(texte)
        for dit in famille.samples
    }


def test_une_consultation_est_une_seule_trace_de_la_porte_au_journal(observee: Maison, collecteur: Collecteur) -> None:
    compte = observee.compte("T1")
    client = observee.client(compte)
    consultation = client.ouvrir(compte["dossier"]).json()["id"]
    chemin = f"/cdap/v1/consultations/{consultation}/rubriques/rsa"
    recue = client.demander("GET", chemin, headers={"traceparent": f"00-{TRACE}-{AMONT}-01"})
    recu = recue.headers["Audit-Receipt"]

    def tracees() -> dict[str, tuple[str, str, str]]:
        spans = [(service, span) for service, span in collecteur.spans if span.trace_id.hex() == TRACE]
        return {service: (span.name, span.span_id.hex(), span.parent_span_id.hex()) for service, span in spans}

    observee.attendre(lambda: len(tracees()) == 2, 20)
    porte, service = tracees()["gateway"], tracees()["cdap"]
    assert porte[0] == "cdap.consultations.lire_rubrique" and porte[2] == AMONT
    assert service[0] == "consultations.lire_rubrique" and service[2] == porte[1]

    controleur = observee.client(observee.compte_de_role("caf:controleur"))
    observee.attendre(lambda: controleur.get(f"/audit/v1/evenements/{recu}").status_code == 200, 20)
    assert controleur.get(f"/audit/v1/evenements/{recu}").json()["trace"] == TRACE

    dits = b"".join(corps for _, corps in collecteur.recus)
    dossier = compte["dossier"]
    for donnee in (compte["identifiant"], dossier["nom"], dossier["numero_allocataire"], consultation, recu):
        assert donnee.encode() not in dits


def test_reponses_evenements_et_entrees_du_journal_s_accordent(observee: Maison) -> None:
    avant = _mesures(observee, "cdap")
    compte = observee.compte("T1")
    client = observee.client(compte)
    for _ in range(3):
        client.lire(client.ouvrir(compte["dossier"]).json()["id"], "rsa")
    apres = _mesures(observee, "cdap")

    def hausse(*nom: str) -> float:
        return apres[nom] - avant.get(nom, 0)

    ouvertes = hausse("mcp_evenements_total", "accorde", "cdap", "cdap.consultation.ouverte")
    lues = hausse("mcp_evenements_total", "accorde", "cdap", "cdap.rubrique.lue")
    assert (ouvertes, lues) == (3, 3)
    assert hausse("mcp_reponses_tracees_total", "consultations.ouvrir", "oui", "201") == ouvertes
    assert hausse("mcp_reponses_tracees_total", "consultations.lire_rubrique", "oui", "200") == lues

    def au_journal() -> bool:
        """Every event that is committed has its rank, and its entry."""
        source, audit = _mesures(observee, "cdap"), _mesures(observee, "audit")
        range_ = source["mcp_outbox_rang", "cdap"]
        return source["mcp_outbox_attente", "cdap"] == 0 and range_ == audit["mcp_journal_rang", "cdap"]

    observee.attendre(au_journal, 20)


def test_chaque_service_dit_sa_base_son_outbox_et_aucune_reponse_sans_recu(observee: Maison) -> None:
    for service in SERVICES:
        lues = _mesures(observee, service)
        assert lues["mcp_base_joignable", service] == 1 and ("mcp_outbox_rang", service) in lues
        sans_recu = {
            cle: dit for cle, dit in lues.items() if cle[0] == "mcp_reponses_tracees_total" and cle[2] == "non"
        }
        assert [cle for cle, dit in sans_recu.items() if dit and cle[3].startswith("2")] == []
    assert {cle[1] for cle in _mesures(observee, "gateway") if cle[0] == "mcp_fil_suivi_a"} == {
        "identity",
        "habilitation",
    }
