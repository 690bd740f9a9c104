"""A ratio is the median of rounds, and what it must be may lie above or below."""

import json
from contextlib import contextmanager
from operator import sub

import pytest

from charge.__main__ import SUJETS, main
from charge.sujet import Sujet
from charge.tir import Tir, _lire


def _sujet(mesures, moins_est_mieux=False):
    @contextmanager
    def preparer(_):
        tirees, references = iter(mesures), iter([10.0] * len(mesures))
        yield lambda: next(tirees), lambda: next(references)

    return Sujet("essai", 0.5, 0.8, preparer, "faits/s", tours=len(mesures), moins_est_mieux=moins_est_mieux)


@pytest.mark.parametrize(
    ("mesures", "rapport", "tenue"), [([6.0, 1.0, 7.0], 0.6, True), ([4.0, 4.0, 90.0], 0.4, False)]
)
def test_un_rapport_est_la_mediane_des_tours(tmp_path, mesures, rapport, tenue):
    dits = []
    mesure = _sujet(mesures).mesurer(tmp_path, dits.append)
    assert (mesure.rapport, mesure.tenue) == (rapport, tenue)
    assert mesure.en_clair() == {
        "nom": "essai", "rapport": rapport, "doit": 0.5, "vise": 0.8, "moins_est_mieux": False
    }  # fmt: skip
    assert "essai" in dits[0]
    assert _sujet(mesures, moins_est_mieux=True).mesurer(tmp_path, dits.append).tenue is not tenue


def test_un_sujet_inconnu_se_dit_et_un_connu_ecrit_ses_rapports(tmp_path, monkeypatch, capsys):
    assert main(["inconnu"]) == 2
    dit = capsys.readouterr().err
    assert all(nom in dit for nom in SUJETS)
    monkeypatch.setenv("MCP_VAR", str(tmp_path / "var"))
    assert main(["rubrique"]) in {0, 1}
    (mesure,) = json.loads((tmp_path / "var" / "bench.json").read_text())
    assert set(mesure) == {"nom", "rapport", "doit", "vise", "moins_est_mieux"}
    assert 0 < mesure["rapport"] < 1


def test_ce_qui_manque_se_dit_et_le_reste_est_mesure(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MCP_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["passerelle_temps"]) == 0
    assert "wrk (paquet Debian wrk)" in capsys.readouterr().out
    assert json.loads((tmp_path / "var" / "bench.json").read_text()) == []


def test_un_ecart_est_une_difference(tmp_path):
    @contextmanager
    def preparer(_):
        yield lambda: 0.75, lambda: 0.5

    sujet = Sujet("essai", 0.5, 0.2, preparer, "ms", tours=1, moins_est_mieux=True, rapporter=sub)
    assert (sujet.mesurer(tmp_path, print).rapport, sujet.mesurer(tmp_path, print).tenue) == (0.25, True)


DIT = """Running 4s test @ http://127.0.0.1:1
  Latency Distribution
     50%  620.00us
     75%    2.00ms
     90%    3.00ms
     99%    1.05s{blanc}
  1000 requests in 4.00s, 1.00MB read
Requests/sec:    250.00
""".format(blanc=" ")


def test_ce_que_dit_wrk_est_lu_ou_refuse():
    assert _lire(DIT) == Tir(1000, 250.0, 0.62, 1050.0)
    for faute in ("Non-2xx or 3xx responses: 1\n", "  Socket errors: connect 0, read 1, write 0, timeout 0\n"):
        with pytest.raises(AssertionError):
            _lire(DIT + faute)
