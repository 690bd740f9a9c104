"""Opening a dossier: who may, and that every refusal says the same and is traced with its true cause."""

from datetime import timedelta

import pytest
from fabrique import AUJOURD_HUI, avec_liens, il_y_a, saisie, un_dossier

from atelier import un_groupe, un_utilisateur
from cdap.adapters.tables import echecs
from cdap.domain.dossiers import DroitRsa, Mandat
from cdap.domain.profils import RUBRIQUES, Profil

ICI = "/cdap/v1/consultations"


def sans_trace(reponse):
    return {cle: valeur for cle, valeur in reponse.json().items() if cle != "instance"}


@pytest.mark.parametrize("profil", list(Profil))
def test_chaque_profil_ouvre_le_dossier_qui_satisfait_son_controle(banc, connait, profil):
    connait(un_dossier())
    groupe = un_groupe(profil=profil)
    reponse = banc.en_tant_que(un_utilisateur(groupe)).post(ICI, json=saisie())
    assert reponse.status_code == 201
    assert set(reponse.json()["rubriques"]) == {rubrique.value for rubrique in RUBRIQUES[profil]}
    assert len(banc.traces) == 1
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["cause"]) == ("cdap.consultation.ouverte", "accorde", None)
    assert trace["dossier"] == {"organisme": "831", "numero_allocataire": "0412377"}
    assert (trace["groupe"], trace["profil"], trace["finalite"]) == (groupe["id"], profil, groupe["finalite"])
    assert reponse.headers["Audit-Receipt"] == trace["id"]


DEMAIN = AUJOURD_HUI + timedelta(days=1)
REFUS = {
    "numero_inconnu": ("T1", saisie(numero_allocataire="9999999"), un_dossier()),
    "nom_errone": ("T1", saisie(nom="Durand"), un_dossier()),
    "prenom_seul": ("T1", saisie(nom="Ines"), un_dossier()),
    "hors_portee": ("T1", saisie(organisme="751"), un_dossier()),
    "groupe_inconnu": ("T1", saisie(groupe="un-autre"), un_dossier()),
    "instructeur_absent": ("T4", saisie(numero_instructeur=None), un_dossier()),
    "instructeur_incoherent": ("T4", saisie(numero_instructeur="083C1370200000"), un_dossier()),
    "bailleur_absent": ("T10", saisie(numero_bailleur=None), un_dossier()),
    "bailleur_incoherent": ("T10", saisie(), avec_liens(numero_bailleur="831000004")),
    "hors_tutelle": ("T9", saisie(), avec_liens(mandats=(Mandat(siret="35600000000048", depuis=il_y_a(5)),))),
    "tutelle_future": ("T9", saisie(), avec_liens(mandats=(Mandat(siret="99900031800017", depuis=DEMAIN),))),
    "rsa_absent": ("T18", saisie(), avec_liens(droits_rsa=())),
    "rsa_trop_ancien": ("T18", saisie(), avec_liens(droits_rsa=(DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(25)),))),
    "rsa_ancien_t19": ("T19", saisie(), avec_liens(droits_rsa=(DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(25)),))),
}
CAUSES = {"prenom_seul": "nom_errone", "tutelle_future": "hors_tutelle", "rsa_ancien_t19": "rsa_trop_ancien"}


@pytest.mark.parametrize("cas", REFUS)
def test_un_refus_dit_toujours_la_meme_chose_et_le_journal_garde_la_vraie_cause(banc, connait, cas):
    profil, tape, dossier = REFUS[cas]
    connait(dossier)
    appelant = banc.en_tant_que(un_utilisateur(un_groupe(profil=profil)))
    reponse = appelant.post(ICI, json=tape)
    temoin = appelant.post(ICI, json=saisie(nom="Personne", numero_allocataire="0000000"))
    assert reponse.status_code == temoin.status_code == 404
    assert sans_trace(reponse) == sans_trace(temoin)
    trace, _ = (evenement["data"] for evenement in banc.traces)
    assert (trace["issue"], trace["cause"]) == ("refuse", CAUSES.get(cas, cas))
    assert trace["dossier"] == {cle: tape[cle] for cle in ("organisme", "numero_allocataire")}
    assert reponse.headers["Audit-Receipt"] == banc.traces[0]["id"]


@pytest.mark.parametrize("nom", ["aubrac", "LEFEVRE D'ORMESSON", "Lefèvre-d’Ormesson", "martin", " Martin "])
def test_le_nom_de_naissance_ou_d_usage_du_responsable_ou_du_conjoint_ouvre(banc, connait, nom):
    connait(un_dossier())
    assert banc.en_tant_que(un_utilisateur(un_groupe())).post(ICI, json=saisie(nom=nom)).status_code == 201


def test_le_meme_numero_dans_une_autre_caf_est_un_autre_dossier(banc, connait):
    connait(un_dossier())
    national = un_utilisateur(un_groupe(portee="nationale", organismes=()))
    assert banc.en_tant_que(national).post(ICI, json=saisie(organisme="751")).status_code == 404
    assert banc.derniere_trace["cause"] == "numero_inconnu"
    assert banc.en_tant_que(national).post(ICI, json=saisie()).status_code == 201


def test_deux_groupes_qui_couvrent_la_caf_il_faut_preciser(banc, connait):
    connait(un_dossier())
    un, autre = un_groupe(profil="T1"), un_groupe(profil="T1", portee="multi", organismes=("751", "831"))
    appelant = banc.en_tant_que(un_utilisateur(un, autre))
    assert appelant.post(ICI, json=saisie()).status_code == 422
    assert appelant.post(ICI, json=saisie(groupe=autre["id"])).status_code == 201
    assert banc.derniere_trace["groupe"] == autre["id"]


@pytest.mark.parametrize("champ", ["nom", "numero_allocataire", "organisme"])
def test_le_nom_et_le_numero_sont_obligatoires(banc, champ):
    tape = {cle: valeur for cle, valeur in saisie().items() if cle != champ}
    reponse = banc.en_tant_que(un_utilisateur(un_groupe())).post(ICI, json=tape)
    assert reponse.status_code == 400
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == [champ]


def test_une_saisie_mal_formee_n_est_pas_repetee(banc):
    reponse = banc.en_tant_que(un_utilisateur(un_groupe())).post(ICI, json=saisie(numero_allocataire="04A2377"))
    assert reponse.status_code == 400
    assert "04A2377" not in reponse.text


def test_sans_groupe_cdap_la_regle_de_l_operation_refuse_et_trace(banc, connait):
    connait(un_dossier())
    reponse = banc.en_tant_que(un_utilisateur()).post(ICI, json=saisie())
    assert reponse.status_code == 403
    assert (banc.derniere_trace["issue"], banc.derniere_trace["cause"]) == ("refuse", "regle_de_l_operation")


def test_personne_n_ouvre_sans_jeton(banc):
    assert banc.en_tant_que(None).post(ICI, json=saisie()).status_code == 401
    assert banc.traces == []


def test_apres_vingt_echecs_il_faut_attendre_meme_si_la_saisie_est_bonne(banc, connait):
    connait(un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    assert [appelant.post(ICI, json=saisie(nom="Durand")).status_code for _ in range(20)] == [404] * 20
    reponse = appelant.post(ICI, json=saisie())
    assert (reponse.status_code, reponse.headers["Retry-After"]) == (429, "2")
    assert (banc.derniere_trace["issue"], banc.derniere_trace["cause"]) == ("refuse", "trop_d_echecs")
    assert reponse.headers["Audit-Receipt"] == banc.derniere_trace["id"]
    autre = banc.en_tant_que(un_utilisateur(un_groupe(), sub="ACC9XYZ2"))
    assert autre.post(ICI, json=saisie()).status_code == 201
    with banc.engine.begin() as connexion:
        connexion.execute(echecs.update().values(a=echecs.c.a - 3))
    assert appelant.post(ICI, json=saisie()).status_code == 201


def test_ni_les_ouvertures_reussies_ni_un_groupe_a_preciser_ne_comptent_comme_des_echecs(banc, connait):
    connait(un_dossier())
    un, autre = un_groupe(), un_groupe(portee="multi", organismes=("751", "831"))
    appelant = banc.en_tant_que(un_utilisateur(un, autre))
    for _ in range(21):
        assert appelant.post(ICI, json=saisie()).status_code == 422
        assert appelant.post(ICI, json=saisie(groupe=un["id"])).status_code == 201
