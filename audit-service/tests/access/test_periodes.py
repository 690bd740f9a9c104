"""A period in which nothing could be is refused: « aucune consultation » is said of a real one only."""

from datetime import timedelta

import pytest

from atelier import un_agent
from socle.travail import maintenant

CONTROLEUR = un_agent("caf:controleur")
DOSSIER = {"organisme": "831", "numero_allocataire": "0412377"}
DEMANDES = {
    "/audit/v1/evenements/recherche": ("audit.journal.lu", {"dossier": DOSSIER}),
    "/audit/v1/evenements/export": ("audit.journal.exporte", {"format": "csv", "dossier": DOSSIER}),
    "/audit/v1/extraits": ("audit.extrait.remis", {"dossier": DOSSIER}),
}
PERIODES = {
    "a l'envers": ("2026-03-02T10:00:00+01:00", "2026-03-02T08:59:59Z", "jusqu_a", "periode_a_l_envers"),
    "vide": ("2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00Z", "jusqu_a", "periode_a_l_envers"),
    "a venir": ((maintenant() + timedelta(days=1)).isoformat(), None, "depuis", "periode_a_venir"),
}


@pytest.mark.parametrize("cas", PERIODES)
@pytest.mark.parametrize("url", DEMANDES)
def test_une_periode_ou_rien_ne_peut_etre_est_refusee_et_nommee(banc, url, cas):
    type, corps = DEMANDES[url]
    depuis, jusqu_a, champ, cause = PERIODES[cas]
    bornes = {"depuis": depuis} | ({"jusqu_a": jusqu_a} if jusqu_a else {})
    reponse = banc.en_tant_que(CONTROLEUR).post(url, json=corps | bornes)
    assert (reponse.status_code, reponse.json()["type"]) == (400, "urn:mcp:probleme:requete-invalide")
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == [champ]
    assert depuis not in reponse.text
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["cause"]) == (type, "refuse", cause)


def test_la_liste_la_refuse_aussi(banc):
    bornes = {"depuis": "2026-03-02T10:00:00Z", "jusqu_a": "2026-03-02T09:00:00Z"}
    assert banc.en_tant_que(CONTROLEUR).get("/audit/v1/evenements", params=bornes).status_code == 400


@pytest.mark.parametrize("url", DEMANDES)
def test_une_periode_qui_finit_dans_l_avenir_est_permise(banc, url):
    bornes = {"depuis": "2026-03-02T10:00:00Z", "jusqu_a": (maintenant() + timedelta(days=1)).isoformat()}
    assert banc.en_tant_que(CONTROLEUR).post(url, json=DEMANDES[url][1] | bornes).status_code == 200
