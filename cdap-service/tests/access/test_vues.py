"""The views of the screens through the API: each reads one rubrique, and leaves one event."""

import json
from importlib import resources

import pytest
from fabrique import AUJOURD_HUI, avec_liens, il_y_a, saisie, un_dossier
from sqlalchemy import text

from atelier import un_groupe, un_utilisateur
from cdap.adapters.ndjson import decoder
from cdap.domain.versements import Courrier

ICI = "/cdap/v1/consultations"
EXEMPLE = json.loads(resources.files("contracts").joinpath("cdap/exemple.dossier.json").read_bytes())


@pytest.fixture
def lire(banc, connait):
    """Read the dossier of the examples as a T1, with these parameters."""
    connait(decoder(json.dumps({**EXEMPLE, "fictif": False}).encode()))
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]

    def faire(rubrique, **parametres):
        avant = len(banc.traces)
        reponse = appelant.get(f"{ICI}/{consultation}/rubriques/{rubrique}", params=parametres)
        if reponse.status_code != 400 or len(banc.traces) > avant:
            assert len(banc.traces) == avant + 1
            assert reponse.headers["Audit-Receipt"] == banc.derniere_trace["id"]
            assert banc.derniere_trace["rubrique"] == rubrique
        return reponse

    return faire


def test_les_paiements_un_par_un_du_dernier_au_premier(lire):
    numero, vus = None, []
    while True:
        vue = lire("paiements", vue="paiement", **({"numero": numero} if numero else {})).json()
        vus.append((vue["numero"], vue["suivant"], vue["paiement"]["emis_le"]))
        numero = vue["precedent"]
        if numero is None:
            break
    assert vus == [(3, None, "2026-01-05"), (2, 3, "2025-12-27"), (1, 2, "2025-12-05")]
    assert vue["nombre"] == 3


def test_un_paiement_qu_il_n_y_a_pas_est_un_404(banc, lire):
    assert lire("paiements", vue="paiement", numero=4).status_code == 404
    assert banc.derniere_trace["cause"] == "paiement_inconnu"


def test_les_paiements_par_periode_avec_leurs_sommes_et_la_retenue_non_ventilee(lire):
    vue = lire("paiements", vue="periode", depuis="2025-12").json()
    assert [(p["periode"], len(p["paiements"])) for p in vue["periodes"]] == [("2025-12", 2)]
    (decembre,) = vue["periodes"]
    assert (decembre["montant_total"], decembre["retenue"], decembre["montant_paye"]) == (1064.09, 50.0, 1014.09)
    assert all(set(ligne) == {"prestation", "montant"} for p in decembre["paiements"] for ligne in p["lignes"])
    toutes = lire("paiements", vue="periode").json()["periodes"]
    assert [p["periode"] for p in toutes] == ["2025-12", "2025-11"]
    assert lire("paiements", vue="periode", jusqu_a="2025-10").json()["periodes"] == []


def test_les_droits_d_un_mois_distinguent_sous_le_seuil_et_suspendu(lire):
    vue = lire("droits", vue="mois").json()
    assert (vue["mois"], vue["precedent"], vue["suivant"]) == ("2026-01", "2025-12", None)
    etats = {d["prestation_code"]: (d["sous_seuil"], d["suspension"]) for d in vue["droits"]}
    assert (etats["ALF"], etats["RSA"], etats["AF"]) == ((True, False), (False, True), (False, False))
    avant = lire("droits", vue="mois", mois="2025-12").json()
    assert (avant["precedent"], avant["suivant"], len(avant["droits"])) == ("2025-11", "2026-01", 3)
    vide = lire("droits", vue="mois", mois="2024-01").json()
    assert (vide["precedent"], vide["suivant"], vide["droits"]) == (None, "2025-11", [])


def test_les_droits_par_periode(lire):
    vue = lire("droits", vue="periode", depuis="2025-11", jusqu_a="2025-12").json()
    assert [(m["mois"], len(m["droits"])) for m in vue["par_mois"]] == [("2025-12", 3), ("2025-11", 1)]


def test_les_ressources_de_n_2_et_n_1_avec_monsieur_madame_et_les_sous_totaux(lire):
    vue = lire("ressources", vue="annee").json()
    assert (vue["annee"], vue["precedente"], vue["suivante"]) == (2025, 2024, None)
    assert (vue["responsable"], vue["conjoint"]) == ("Madame", "Monsieur")
    releve = vue["releve"]
    assert (releve["sous_total_responsable"], releve["sous_total_conjoint"], releve["total"]) == (18252.0, 0.0, 18252.0)
    avant = lire("ressources", vue="annee", annee=2024).json()
    assert (avant["suivante"], avant["releve"]["total"]) == (2025, 20025.0)
    assert lire("ressources", vue="annee", annee=1999).json()["releve"] is None


def test_les_ressources_glissantes_de_l_aide_au_logement(lire):
    vue = lire("ressources", vue="mois").json()
    assert (vue["mois"], vue["precedent"], vue["releve"]["total"]) == ("2026-01", "2025-10", 17910.0)


def test_les_courriers_de_trois_mois_et_tous(banc, connait, lire):
    recus = (AUJOURD_HUI, il_y_a(1), il_y_a(7))
    with banc.engine.begin() as connexion:
        connexion.execute(text("DELETE FROM dossiers"))
    connait(un_dossier(courriers=tuple(Courrier(message="Reçu", recu_le=le) for le in recus)))
    assert [c["recu_le"] for c in lire("courriers", vue="recents").json()["courriers"]] == [
        le.isoformat() for le in recus[:2]
    ]
    assert len(lire("courriers").json()["courriers"]) == 3


@pytest.mark.parametrize(
    ("rubrique", "parametres", "champ"),
    [
        ("paiements", {"vue": "mois"}, "vue"),
        ("synthese", {"vue": "periode"}, "vue"),
        ("rsa", {"vue": "recents"}, "vue"),
        ("paiements", {"vue": "periode", "mois": "2026-01"}, "mois"),
        ("paiements", {"depuis": "2026-01"}, "depuis"),
        ("droits", {"vue": "mois", "annee": 2025}, "annee"),
        ("droits", {"vue": "periode", "depuis": "2026-02", "jusqu_a": "2026-01"}, "jusqu_a"),
    ],
)
def test_une_vue_que_la_rubrique_n_a_pas_est_refusee_et_tracee(banc, lire, rubrique, parametres, champ):
    reponse = lire(rubrique, **parametres)
    assert reponse.status_code == 400
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == [champ]
    assert banc.derniere_trace["issue"] == "refuse"


@pytest.mark.parametrize(
    "parametres",
    [
        {"vue": "toutes"},
        {"vue": "mois", "mois": "2026-13"},
        {"vue": "mois", "mois": "janvier"},
        {"vue": "periode", "depuis": "2026-01-01"},
        {"vue": "annee", "annee": "beaucoup"},
        {"vue": "paiement", "numero": 0},
        {"tri": "montant"},
    ],
)
def test_un_parametre_mal_forme_est_un_400_qui_n_est_pas_un_acces(banc, lire, parametres):
    avant = len(banc.traces)
    assert lire("droits", **parametres).status_code == 400
    assert len(banc.traces) == avant


def test_une_vue_n_ouvre_pas_une_rubrique_fermee_au_profil(banc, connait):
    connait(un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe(profil="T2")))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]
    for rubrique, vue in (
        ("paiements", "paiement"),
        ("droits", "mois"),
        ("ressources", "annee"),
        ("paiements", "mois"),
    ):
        assert appelant.get(f"{ICI}/{consultation}/rubriques/{rubrique}?vue={vue}").status_code == 403
        assert banc.derniere_trace["cause"] == "rubrique_hors_profil"


def test_une_vue_sans_donnees_dit_inconnu_et_vide_autrement(banc, connait):
    connait(avec_liens())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]

    def lue(rubrique, vue):
        return appelant.get(f"{ICI}/{consultation}/rubriques/{rubrique}?vue={vue}").json()

    assert lue("paiements", "paiement")["nombre"] is None
    assert lue("paiements", "periode")["periodes"] is None
    assert lue("droits", "mois")["droits"] is None and lue("droits", "periode")["par_mois"] is None
    connait(un_dossier(paiements=(), droits=()))
    assert lue("paiements", "paiement")["nombre"] == 0 and lue("paiements", "periode")["periodes"] == []
    assert lue("droits", "mois")["droits"] == [] and lue("droits", "periode")["par_mois"] == []
