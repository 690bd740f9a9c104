"""Metrics: read from the database at the scrape, added up over the workers, said even where the database is away."""

import os
import subprocess
import sys
import textwrap
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from socle import outbox, publication
from socle.acces import Acces
from socle.mesures import Exposition, ReleveOutbox
from socle.outbox import inscrire, ranger
from socle.refus import AccesRefuse


def _valeurs(texte: bytes) -> dict[str, dict[tuple[str, ...], float]]:
    """Name of a sample → the values of its labels, in the order of their names → its value."""
    lues: dict[str, dict[tuple[str, ...], float]] = {}
    for famille in text_string_to_metric_families(texte.decode()):
        for dit in famille.samples:
            lues.setdefault(dit.name, {})[tuple(dit.labels[nom] for nom in sorted(dit.labels))] = dit.value
    return lues


def _lire(engine, publie=False):
    return _valeurs(Exposition("cdap", [ReleveOutbox(engine, "cdap", publie)]).texte())


def test_ce_qui_attend_son_rang_se_compte_et_vieillit(engine):
    with engine.begin() as connexion:
        inscrire(connexion, "a", b"{}", time.time() - 90)
        inscrire(connexion, "b", b"{}", time.time())
    lues = _lire(engine)
    assert lues["mcp_outbox_attente"] == {("cdap",): 2} and lues["mcp_outbox_rang"] == {("cdap",): 0}
    assert 90 <= lues["mcp_outbox_age_seconds"]["cdap",] < 100
    ranger(engine)
    lues = _lire(engine)
    assert lues["mcp_outbox_attente"]["cdap",] == lues["mcp_outbox_age_seconds"]["cdap",] == 0
    assert lues["mcp_outbox_rang"]["cdap",] == 2
    assert abs(lues["mcp_horloge_seconds"]["cdap",] - time.time()) < 10


def test_le_rang_publie_ne_se_dit_que_la_ou_il_y_a_un_courtier(engine):
    publication.metadata.create_all(engine)
    with engine.begin() as connexion:
        connexion.execute(insert(publication.publication).values(id=1, rang=7))
    assert "mcp_publication_rang" not in _lire(engine)
    assert _lire(engine, publie=True)["mcp_publication_rang"] == {("cdap",): 7}


def test_une_base_injoignable_est_une_mesure_et_les_comptes_restent_dits(engine):
    assert _lire(engine)["mcp_base_joignable"]["cdap",] == 1
    outbox.metadata.drop_all(engine)
    lues = _lire(engine)
    assert lues["mcp_base_joignable"]["cdap",] == 0
    assert "mcp_outbox_rang" not in lues and "python_info" in lues


def test_un_evenement_commis_est_compte_avec_son_issue(engine, travail):
    cle = ("refuse", "cdap", "cdap.rubrique.lue")
    avant = _lire(engine).get("mcp_evenements_total", {}).get(cle, 0)
    for _ in range(2):
        with pytest.raises(AccesRefuse), travail.acte("cdap.rubrique.lue", Acces(acte="essai")):
            raise AccesRefuse("essai")
    assert _lire(engine)["mcp_evenements_total"][cle] == avant + 2


OUVRIER = textwrap.dedent(
    """
    import sys
    from socle.mesures import mesure, evenement, Exposition
    for _ in range(int(sys.argv[1])):
        mesure("essais.lire", 200).observe(0.01)
        evenement("essai", "essai.lu", "accorde").inc()
    sys.stdout.buffer.write(Exposition("essai", []).texte())
    """
)


def _ouvrier(fois: int, env: dict[str, str]) -> bytes:
    return subprocess.run([sys.executable, "-c", OUVRIER, str(fois)], env=env, capture_output=True, check=True).stdout


def test_les_ouvriers_s_additionnent_et_chacun_dit_le_total(tmp_path):
    """The folder need not be there: a container begins with an empty /tmp."""
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metriques")}
    totaux = [_valeurs(_ouvrier(fois, env)) for fois in (2, 3)]
    assert totaux[1]["mcp_operation_seconds_count"]["essais.lire", "200"] == 5
    assert totaux[1]["mcp_evenements_total"]["accorde", "essai", "essai.lu"] == 5
    # One value for the whole service, whoever answers: what is read at the scrape has no label of a process.
    assert list(totaux[1]["mcp_base_joignable"]) == [("essai",)]


def test_la_porte_publique_se_lit_par_un_autre_processus(engine, tmp_path):
    """The gateway with workers has no internal listener; its counts, and not the reader's own, are said."""
    _ouvrier(4, os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)})
    lues = _valeurs(Exposition("gateway", [ReleveOutbox(engine, "gateway", publie=False)], tmp_path).texte())
    assert lues["mcp_operation_seconds_count"] == {("essais.lire", "200"): 4}
    assert lues["mcp_outbox_rang"] == {("gateway",): 0}
