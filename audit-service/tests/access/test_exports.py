"""A contrôleur takes a search away as a file; the event says which criteria, never what they were."""

import csv
import hashlib
import io
import json

import pytest

from atelier import un_administrateur, un_agent, un_referent

URL = "/audit/v1/evenements/export"
CONTROLEUR = un_agent("caf:controleur")
DOSSIER = {"organisme": "831", "numero_allocataire": "0412377"}


def _tableau(reponse):
    assert (reponse.status_code, reponse.headers["Content-Type"]) == (200, "text/csv; charset=utf-8"), reponse.text
    texte = reponse.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(texte, newline=""), delimiter=";"))


def test_un_export_csv_a_tout_ce_que_la_recherche_trouve_et_rien_d_une_autre_caf(banc, journaliser, forge):
    ids = journaliser(*(forge.evenement(caf="831", sujet="ACC7K2M", minute=n) for n in range(120)))
    journaliser(forge.evenement(caf="831", sujet="ACC9ZZZ"), forge.evenement(caf="521", sujet="ACC7K2M"))
    reponse = banc.en_tant_que(CONTROLEUR).post(URL, json={"format": "csv", "sujet": "ACC7K2M"})
    assert [ligne["Identifiant"] for ligne in _tableau(reponse)] == ids[::-1]
    assert reponse.headers["Cache-Control"] == "no-store"
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["objet"]) == ("audit.journal.exporte", "accorde", "csv:sujet")
    assert reponse.headers["Audit-Receipt"] == trace["id"]
    assert "ACC7K2M" not in json.dumps(trace)


def test_un_export_ndjson_a_les_octets_et_la_preuve_de_chaque_entree(banc, journaliser, forge):
    corps = [forge.evenement(caf="831", minute=n) for n in range(3)]
    journaliser(*corps)
    reponse = banc.en_tant_que(CONTROLEUR).post(URL, json={"format": "ndjson"})
    lues = [json.loads(ligne) for ligne in reponse.content.splitlines()]
    assert [lue["corps"].encode() for lue in lues] == corps[::-1]
    for lue in lues:
        preuve = hashlib.sha256(bytes.fromhex(lue["precedente"]) + lue["corps"].encode()).hexdigest()
        assert (preuve, lue["source"]) == (lue["empreinte"], "cdap")


def test_les_criteres_sont_nommes_sans_leurs_valeurs_et_le_dossier_est_un_dossier(banc, journaliser, forge):
    journaliser(forge.evenement(caf="831", dossier=DOSSIER, partenaire="99900031800017"))
    demande = {"format": "csv", "dossier": DOSSIER, "partenaire": "99900031800017", "depuis": "2026-03-01T00:00:00Z"}
    assert len(_tableau(banc.en_tant_que(CONTROLEUR).post(URL, json=demande))) == 1
    assert banc.derniere_trace["objet"] == "csv:partenaire:depuis:dossier"
    assert banc.derniere_trace["dossier"] == DOSSIER


def test_plus_de_dix_mille_acces_ne_donnent_jamais_une_partie(banc, journaliser, forge):
    journaliser(*(forge.evenement(caf="831") for _ in range(10_001)))
    reponse = banc.en_tant_que(CONTROLEUR).post(URL, json={"format": "csv"})
    assert (reponse.status_code, reponse.json()["erreurs"][0]["champ"]) == (400, "depuis")
    assert (banc.derniere_trace["issue"], banc.derniere_trace["cause"]) == ("refuse", "trop_d_acces")


@pytest.mark.parametrize("corps", [{}, {"format": "pdf"}, {"format": "csv", "curseur": "x"}, {"format": "csv", "x": 1}])
def test_une_demande_mal_formee_est_refusee(banc, corps):
    assert banc.en_tant_que(CONTROLEUR).post(URL, json=corps).status_code == 400


@pytest.mark.parametrize("persona", [un_referent(), un_agent("caf:superviseur"), un_administrateur()])
def test_qui_n_est_pas_controleur_n_exporte_rien(banc, persona):
    assert banc.en_tant_que(persona).post(URL, json={"format": "csv"}).status_code == 403
    assert (banc.derniere_trace["type"], banc.derniere_trace["issue"]) == ("audit.journal.exporte", "refuse")
