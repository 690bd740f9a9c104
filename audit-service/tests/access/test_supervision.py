"""A superviseur sees the consultations of his Caf's dossiers in numbers; his look is an act."""

import pytest

from atelier import un_agent, un_referent

URL = "/audit/v1/supervision/consultations"
SUPERVISEUR = un_agent("caf:superviseur")
MARS = {"depuis": "2026-03-01", "jusqu_a": "2026-03-31"}


@pytest.fixture
def compter(banc):
    """Ask for one axis; key → (opened, refused, failed)."""

    def faire(par, persona=SUPERVISEUR, **periode):
        reponse = banc.en_tant_que(persona).get(URL, params=(MARS | periode) | {"par": par})
        assert reponse.status_code == 200, reponse.text
        lignes = reponse.json()["lignes"]
        assert all(x["total"] == x["ouvertes"] + x["refusees"] + x["echouees"] for x in lignes)
        return {x["cle"]: (x["ouvertes"], x["refusees"], x["echouees"]) for x in lignes}

    return faire


@pytest.fixture
def ouvertures(journaliser, forge):
    """Openings of three dossiers of two Cafs, by two partners; and readings, which are not counted."""

    def une(minute, numero="0412377", organisme="831", type="cdap.consultation.ouverte", **champs):
        dossier = {"organisme": organisme, "numero_allocataire": numero}
        communs = {"caf": "831", "partenaire": "A", "groupe": "g1", "profil": "T1", "sujet": "ACC7K2M"}
        return forge.evenement(type=type, minute=minute, dossier=dossier, **communs | champs)

    journaliser(
        une(0), une(1), une(2, numero="0412378"),
        une(3, issue="refuse", cause="hors_portee"), une(4, issue="echec", cause="voisin"),
        une(5, partenaire="B", groupe="g2", profil="T5", caf="521"),
        une(6, organisme="521"), une(7, type="cdap.rubrique.lue"),
        une(15 * 60), une(60 * 24 * 40),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("par", "attendu"),
    [
        ("partenaire", {"A": (4, 1, 1), "B": (1, 0, 0)}),
        ("groupe", {"g1": (4, 1, 1), "g2": (1, 0, 0)}),
        ("profil", {"T1": (4, 1, 1), "T5": (1, 0, 0)}),
        ("dossier", {"0412377": (4, 1, 1), "0412378": (1, 0, 0)}),
        ("cause", {"hors_portee": (0, 1, 0), "voisin": (0, 0, 1)}),
    ],
)
def test_les_consultations_de_la_caf_se_comptent_par_axe_les_plus_nombreuses_d_abord(compter, ouvertures, par, attendu):
    comptes = compter(par)
    assert comptes == attendu
    assert list(comptes) == list(attendu)


def test_un_jour_est_celui_du_calendrier_francais(compter, ouvertures):
    """15 hours after 9:00 UTC it is 1:00 of the next day in France."""
    assert compter("jour") == {"2026-03-02": (4, 1, 1), "2026-03-03": (1, 0, 0)}
    assert compter("jour", depuis="2026-03-03") == {"2026-03-03": (1, 0, 0)}
    assert compter("jour", jusqu_a="2026-03-02") == {"2026-03-02": (4, 1, 1)}


def test_le_superviseur_d_une_autre_caf_ne_voit_que_ses_dossiers(compter, ouvertures):
    assert compter("partenaire", un_agent("caf:superviseur", caf="521")) == {"A": (1, 0, 0)}


def test_aucun_nom_ni_identifiant_ne_sort_et_la_lecture_est_tracee(banc, ouvertures):
    reponse = banc.en_tant_que(SUPERVISEUR).get(URL, params=MARS | {"par": "groupe"})
    assert "ACC7K2M" not in reponse.text
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["objet"]) == ("audit.supervision.lue", "accorde", "groupe")
    assert reponse.headers["Audit-Receipt"] == trace["id"]


@pytest.mark.parametrize(
    "periode",
    [{"jusqu_a": "2026-02-28"}, {"jusqu_a": "2026-06-01"}, {"depuis": "2026-02-30"}, {"depuis": "20260301"},
     {"par": "sujet"}, {"depuis": ""}],
)  # fmt: skip
def test_une_periode_qui_n_en_est_pas_une_ou_trop_longue_est_refusee(banc, periode):
    reponse = banc.en_tant_que(SUPERVISEUR).get(URL, params=MARS | {"par": "jour"} | periode)
    assert reponse.status_code == 400


def test_92_jours_sont_permis(compter, ouvertures):
    assert len(compter("jour", jusqu_a="2026-05-31")) == 3


@pytest.mark.parametrize("persona", [un_referent(), un_agent("caf:controleur"), un_agent("caf:superviseur", caf=None)])
def test_qui_ne_supervise_pas_cette_caf_est_refuse_et_trace(banc, persona):
    assert banc.en_tant_que(persona).get(URL, params=MARS | {"par": "jour"}).status_code == 403
    assert banc.derniere_trace["issue"] == "refuse"
