"""A ratio is the median of rounds, and what it must be may lie above or below."""

import json
from contextlib import contextmanager

import pytest

from charge.__main__ import SUJETS, main
from charge.sujet import Sujet


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
