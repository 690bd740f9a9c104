"""What `make run` takes from the environment, and the sentence for what it cannot take."""

import pytest
from local.fins import Echec
from local.reglages import lire


@pytest.fixture(autouse=True)
def sans_reglage(monkeypatch):
    for nom in ("MCP_PORT", "MCP_VAR", "MCP_DEMO"):
        monkeypatch.delenv(nom, raising=False)


@pytest.mark.parametrize("vide", [False, True])
def test_sans_reglage_ou_vides_ce_sont_ceux_de_l_architecture(monkeypatch, tmp_path, vide):
    monkeypatch.chdir(tmp_path)
    if vide:
        for nom in ("MCP_PORT", "MCP_VAR", "MCP_DEMO"):
            monkeypatch.setenv(nom, "")
    reglages = lire()
    assert (reglages.port, reglages.dossiers, reglages.var) == (8000, 1000, (tmp_path / "var").resolve())


@pytest.mark.parametrize(
    ("nom", "valeur", "phrase"),
    [
        *(("MCP_PORT", mal, "MCP_PORT doit être un nombre entier, 1 à 65535.") for mal in ("abc", "0", "-1", "99999")),
        *(("MCP_DEMO", mal, "MCP_DEMO doit être un nombre entier, 0 ou") for mal in ("beaucoup", "-5", "9" * 5000)),
        *(("MCP_VAR", mal, "MCP_VAR : le chemin") for mal in ('a"b', "a\nb", "a ;b", "a #b", "a?b")),
    ],
)  # fmt: skip
def test_une_valeur_impossible_se_dit_en_une_phrase(monkeypatch, nom, valeur, phrase):
    monkeypatch.setenv(nom, valeur)
    with pytest.raises(Echec) as faute:
        lire()
    assert str(faute.value).startswith(phrase)
    assert "\n" not in str(faute.value)
