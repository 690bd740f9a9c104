"""Acts of CDAP that run at the same moment: those that count what the others do follow one another (ADR 36)."""

import threading
from concurrent.futures import ThreadPoolExecutor

from fabrique import saisie, un_dossier

from atelier import un_groupe, un_utilisateur
from cdap.adapters.tables import echecs
from cdap.adapters.verrous import tenir_l_utilisateur
from cdap.settings import Reglages

ICI = "/cdap/v1/consultations"
ENSEMBLE = 8


def ensemble(demandes):
    """All of them at once; their answers."""
    depart = threading.Barrier(len(demandes))

    def faire(demande):
        depart.wait(timeout=10)
        return demande()

    with ThreadPoolExecutor(len(demandes)) as fils:
        return list(fils.map(faire, demandes))


def test_les_actes_de_cdap_peuvent_se_recouvrir():
    assert Reglages.actes_en_serie is False


def test_des_ouvertures_simultanees_ne_passent_pas_le_seuil_ensemble(banc, connait):
    """Nineteen failures, then eight at once: one is the twentieth, all others must wait."""
    connait(un_dossier())
    sien = banc.en_tant_que(un_utilisateur(un_groupe()))
    assert [sien.post(ICI, json=saisie(nom="Durand")).status_code for _ in range(19)] == [404] * 19
    reponses = ensemble([lambda: sien.post(ICI, json=saisie(nom="Durand"))] * ENSEMBLE)
    assert sorted(reponse.status_code for reponse in reponses) == [404] + [429] * (ENSEMBLE - 1)
    with banc.engine.connect() as connexion:
        assert len(connexion.execute(echecs.select()).all()) == 20


def test_deux_utilisateurs_ne_s_attendent_pas(banc, connait):
    """What one holds, another does not wait for: SQLite has one writer, so this is asked of PostgreSQL alone."""
    connait(un_dossier())
    if banc.engine.dialect.name != "postgresql":
        return
    with banc.engine.connect() as connexion, connexion.begin():
        tenir_l_utilisateur(connexion, "ACC9AUTR")
        assert banc.en_tant_que(un_utilisateur(un_groupe())).post(ICI, json=saisie()).status_code == 201


def test_une_lecture_refusee_ou_en_echec_laisse_son_evenement(banc, connait):
    """A read has no transaction around it: its event is committed all the same."""
    connait(un_dossier())
    sien = banc.en_tant_que(un_utilisateur(un_groupe()))
    ouverte = sien.post(ICI, json=saisie()).json()["id"]
    assert sien.get(f"{ICI}/{ouverte}/rubriques/cmu-rsa").status_code == 403
    assert (banc.derniere_trace["issue"], banc.derniere_trace["cause"]) == ("refuse", "rubrique_hors_profil")
    with banc.engine.begin() as connexion:
        connexion.exec_driver_sql("DROP TABLE dossiers")
    assert sien.get(f"{ICI}/{ouverte}/rubriques/famille").status_code >= 500
    assert banc.derniere_trace["issue"] == "echec"
