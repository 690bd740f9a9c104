"""What a scrape of audit says of the journal."""

import time
from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from audit.adapters.mesures import ReleveJournal
from audit.domain.accueil import Genre
from audit.usecases.accueillir import accueillir
from socle.mesures import Exposition


def _lire(engine, temoins):
    texte = Exposition("audit", [ReleveJournal(engine, ("cdap", "identity"), temoins)]).texte().decode()
    return {
        (dit.name, *(dit.labels[nom] for nom in sorted(dit.labels))): dit.value
        for famille in text_string_to_metric_families(texte)
        for dit in famille.samples
        if dit.name.startswith(("mcp_journal", "mcp_temoins", "mcp_base"))
    }


def _a(forge, decalage_s: float) -> bytes:
    quand = (datetime.now(UTC) + timedelta(seconds=decalage_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    debut = forge.debut.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return forge.evenement("cdap").replace(debut.encode(), quand.encode())


def test_un_journal_vide_a_des_rangs_et_rien_d_autre(engine, tmp_path):
    lues = _lire(engine, tmp_path / "absent")
    assert lues["mcp_journal_rang", "cdap"] == lues["mcp_journal_rang", "identity"] == 0
    assert {nom for nom, *_ in lues} == {"mcp_journal_rang", "mcp_journal_alarmes_ouvertes", "mcp_base_joignable"}
    assert sum(1 for nom, *_ in lues if nom == "mcp_journal_alarmes_ouvertes") == 2 * len(Genre)


def test_la_tete_son_instant_et_le_plus_court_delai(engine, registre, forge, tmp_path):
    """One event that waited long is no wrong clock: another came in at once."""
    accueillir(registre, "cdap", forge.lot(forge.chainer(_a(forge, -3_000), _a(forge, -2), _a(forge, -500))))
    lues = _lire(engine, tmp_path)
    assert lues["mcp_journal_rang", "cdap"] == 3 and abs(lues["mcp_journal_recu_seconds", "cdap"] - time.time()) < 10
    assert 2 <= lues["mcp_journal_delai_min_seconds", "cdap"] < 12
    assert ("mcp_journal_recu_seconds", "identity") not in lues


def test_un_evenement_du_futur_donne_un_delai_negatif(engine, registre, forge, tmp_path):
    accueillir(registre, "cdap", forge.lot(forge.chainer(_a(forge, -1), _a(forge, 60))))
    assert -60 <= _lire(engine, tmp_path)["mcp_journal_delai_min_seconds", "cdap"] < -45


def test_ce_qui_ne_se_lit_pas_a_un_rang_une_alarme_et_pas_d_instant(engine, registre, forge, tmp_path):
    accueillir(registre, "cdap", forge.lot(forge.chainer(b"pas du JSON")))
    lues = _lire(engine, tmp_path)
    assert lues["mcp_journal_rang", "cdap"] == lues["mcp_journal_alarmes_ouvertes", "illisible", "cdap"] == 1
    assert ("mcp_journal_delai_min_seconds", "cdap") not in lues
    with registre.ecriture() as depots:
        assert depots.alarmes.lever(1)
    assert _lire(engine, tmp_path)["mcp_journal_alarmes_ouvertes", "illisible", "cdap"] == 0


def test_l_ecriture_des_temoins_se_voit(engine, tmp_path):
    assert ("mcp_temoins_ecrits_seconds",) not in _lire(engine, tmp_path)
    (tmp_path / "2026-03-02.ndjson").write_text("{}\n")
    assert abs(_lire(engine, tmp_path)["mcp_temoins_ecrits_seconds",] - time.time()) < 10


def test_les_mesures_d_audit_se_lisent_par_http(banc, journaliser, forge):
    journaliser(forge.evenement())
    lues = banc.en_tant_que(None).get("/metrics").text
    assert 'mcp_journal_rang{source="cdap"} 1.0' in lues and 'mcp_outbox_rang{source="audit"} 0.0' in lues
