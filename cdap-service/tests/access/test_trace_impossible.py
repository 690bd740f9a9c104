"""Law 2: an outbox that cannot be written lets no data leave."""

import pytest
from fabrique import saisie, un_dossier
from sqlalchemy import text

from atelier import un_groupe, un_utilisateur
from cdap.main import application

ICI = "/cdap/v1/consultations"
EMPECHEMENTS = {
    "refusee": "CREATE TRIGGER plein BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    "disparue": "DROP TABLE outbox",
}


@pytest.mark.parametrize("empechement", EMPECHEMENTS.values(), ids=EMPECHEMENTS)
def test_sans_trace_possible_ni_ouverture_ni_rubrique(banc, connait, empechement):
    connait(un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]
    with banc.engine.begin() as connexion:
        connexion.execute(text(empechement))
    for reponse in (
        appelant.post(ICI, json=saisie()),
        appelant.post(ICI, json=saisie(nom="Durand")),
        appelant.get(f"{ICI}/{consultation}/rubriques/synthese"),
    ):
        assert reponse.status_code == 503
        assert reponse.json()["type"] == "urn:mcp:probleme:trace-impossible"
        assert "AUBRAC" not in reponse.text
        assert "Retry-After" in reponse.headers


def test_une_base_verrouillee_rend_503_et_rien_d_autre(banc, connait):
    connait(un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]
    with banc.engine.begin():  # takes the writer's lock, and keeps it
        reponse = appelant.get(f"{ICI}/{consultation}/rubriques/synthese")
    assert reponse.status_code == 503
    assert appelant.get(f"{ICI}/{consultation}/rubriques/synthese").status_code == 200


def test_une_base_en_lecture_seule_rend_503_et_rien_d_autre(banc, connait, tmp_path):
    connait(un_dossier())
    en_lecture = banc.reglages.model_copy(
        update={"database_url": f"sqlite:///{tmp_path / 'cdap' / 'cdap.sqlite'}?mode=ro"}
    )
    banc.servir(application(en_lecture))
    reponse = banc.en_tant_que(un_utilisateur(un_groupe())).post(ICI, json=saisie())
    assert reponse.status_code == 503
    assert "AUBRAC" not in reponse.text


@pytest.mark.parametrize("disparait", ["effacee", "remplacee"])
def test_une_base_dont_le_fichier_a_disparu_rend_503_et_rien_d_autre(banc, connait, tmp_path, disparait):
    """The running service holds the old file open: what it would commit there is lost."""
    connait(un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]
    base = tmp_path / "cdap" / "cdap.sqlite"
    ailleurs = base.rename(tmp_path / "ailleurs.sqlite")
    if disparait == "remplacee":
        base.touch()
    reponse = appelant.get(f"{ICI}/{consultation}/rubriques/synthese")
    assert reponse.status_code == 503
    assert "AUBRAC" not in reponse.text
    if disparait == "effacee":  # and if it comes back, all goes on
        ailleurs.rename(base)
        assert appelant.get(f"{ICI}/{consultation}/rubriques/synthese").status_code == 200
