"""Reading a rubrique: the 224 cells, and that rights are looked at again at every read."""

import pytest
from fabrique import avec_liens, il_y_a, saisie, un_dossier

from atelier import un_groupe, un_utilisateur
from atelier.cellules import CELLULES
from cdap.adapters.tables import consultations, dossiers
from cdap.domain.dossiers import DroitRsa
from cdap.domain.profils import Profil, Rubrique

ICI = "/cdap/v1/consultations"


def ouvrir(banc, persona):
    reponse = banc.en_tant_que(persona).post(ICI, json=saisie())
    assert reponse.status_code == 201, reponse.text
    return reponse.json()["id"]


def lire(banc, persona, consultation, rubrique="synthese"):
    return banc.en_tant_que(persona).get(f"{ICI}/{consultation}/rubriques/{rubrique}")


@pytest.mark.parametrize("profil", list(Profil))
def test_les_quatorze_cases_de_ce_profil_ont_leur_verdict_et_un_evenement_chacune(banc, connait, profil):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe(profil=profil))
    consultation = ouvrir(banc, persona)
    ouvertes = CELLULES[profil]
    for rang, rubrique in enumerate(Rubrique, start=1):
        reponse = lire(banc, persona, consultation, rubrique)
        attendu = (200, "accorde", None) if rubrique in ouvertes else (403, "refuse", "rubrique_hors_profil")
        trace = banc.derniere_trace
        assert (reponse.status_code, trace["issue"], trace["cause"]) == attendu
        assert (trace["type"], trace["rubrique"], trace["profil"]) == ("cdap.rubrique.lue", rubrique, profil)
        assert trace["consultation"] == consultation
        assert reponse.headers["Audit-Receipt"] == trace["id"]
        assert len(banc.traces) == 1 + rang


def test_la_table_compte_91_cases_ouvertes():
    assert sum(map(len, CELLULES.values())) == 91


def test_la_consultation_d_une_autre_personne_ou_d_une_autre_session_n_existe_pas(banc, connait):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe())
    consultation = ouvrir(banc, persona)
    for autre in (persona.avec(sub="ACC9XYZ2"), persona.avec(sid="une-autre-session")):
        reponse = lire(banc, autre, consultation)
        assert reponse.status_code == 404
        assert banc.derniere_trace["cause"] == "consultation_d_un_autre"
        assert banc.derniere_trace["dossier"] is None
    assert lire(banc, persona, "pas-une-consultation").status_code == 404
    assert banc.derniere_trace["cause"] == "consultation_inconnue"


def test_une_consultation_expiree_ne_sert_plus(banc, connait):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe())
    consultation = ouvrir(banc, persona)
    with banc.engine.begin() as connexion:
        connexion.execute(consultations.update().values(expire_a=consultations.c.ouverte_a))
    assert lire(banc, persona, consultation).status_code == 404
    assert banc.derniere_trace["cause"] == "consultation_expiree"


def test_retiree_de_son_groupe_elle_ne_lit_plus_ce_qu_elle_avait_ouvert(banc, connait):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe())
    consultation = ouvrir(banc, persona)
    reponse = lire(banc, persona.avec(groups=[un_groupe()]), consultation)
    assert (reponse.status_code, banc.derniere_trace["cause"]) == (403, "groupe_retire")


def test_le_controle_du_profil_est_refait_a_chaque_lecture(banc, connait):
    connait(avec_liens(droits_rsa=(DroitRsa(depuis=il_y_a(60)),)))
    persona = un_utilisateur(un_groupe(profil="T18"))
    consultation = ouvrir(banc, persona)
    assert lire(banc, persona, consultation).status_code == 200
    connait(avec_liens(droits_rsa=(DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(26)),)))
    reponse = lire(banc, persona, consultation)
    assert (reponse.status_code, banc.derniere_trace["cause"]) == (403, "rsa_trop_ancien")


def test_un_dossier_qui_n_est_plus_la_n_est_pas_celui_de_son_voisin(banc, connait):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe())
    consultation = ouvrir(banc, persona)
    with banc.engine.begin() as connexion:
        connexion.execute(dossiers.update().values(numero_allocataire="9999999"))
    assert lire(banc, persona, consultation).status_code == 404
    assert banc.derniere_trace["cause"] == "dossier_disparu"


def test_le_quotient_inconnu_n_est_jamais_zero(banc, connait):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe(profil="T2"))
    corps = lire(banc, persona, ouvrir(banc, persona)).json()
    assert corps["quotient_familial"] == {"valeur": None, "mois": None, "libelle": "Donnée indisponible"}


def test_la_reponse_ne_se_garde_pas_en_memoire_cache(banc, connait):
    connait(un_dossier())
    persona = un_utilisateur(un_groupe())
    assert lire(banc, persona, ouvrir(banc, persona)).headers["Cache-Control"] == "no-store"
