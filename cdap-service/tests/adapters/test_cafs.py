"""The reference data of the Caf: the file that comes with the service, and one of one's own."""

import pytest

from cdap.adapters.cafs import charger


def test_le_fichier_fourni_connait_la_caf_du_var_et_n_invente_pas_d_adresse_de_courriel():
    caf = charger(None).lire("831")
    assert (caf.nom, caf.courriel) == ("Caf du Var", None)
    assert charger(None).lire("999") is None


def test_un_fichier_a_soi_remplace_celui_qui_est_fourni(tmp_path):
    fichier = tmp_path / "cafs.yaml"
    fichier.write_text('"441": {nom: Caf de Loire-Atlantique, courriel: dialogue@caf441.example}\n', encoding="utf-8")
    assert charger(fichier).lire("441").courriel == "dialogue@caf441.example"
    assert charger(fichier).lire("831") is None


@pytest.mark.parametrize(
    "contenu",
    [
        "44: {nom: Caf}",
        '"44": {nom: Caf}',
        '"441": {courriel: a@b.example}',
        '"441": {nom: Caf, couriel: a@b.example}',
        '"441": {nom: Caf, courriel: pas-une-adresse}',
        "[",
        "",
    ],
)
def test_un_fichier_qui_n_a_pas_sa_forme_empeche_de_demarrer_et_est_nomme(tmp_path, contenu):
    fichier = tmp_path / "cafs.yaml"
    fichier.write_text(contenu)
    with pytest.raises(SystemExit, match=r"cafs\.yaml"):
        charger(fichier)


def test_un_fichier_absent_aussi(tmp_path):
    with pytest.raises(SystemExit, match=r"absentes\.yaml"):
        charger(tmp_path / "absentes.yaml")
