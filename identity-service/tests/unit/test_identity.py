"""Rules of passwords, identifiants and refresh tokens, by themselves."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import openapi
from identity.domain.comptes import Personne
from identity.domain.courriels import bienvenue, en_toutes_lettres
from identity.domain.identifiants import Prefixe, Theme, bien_forme, tirer
from identity.domain.mots_de_passe import suit_la_regle, tirer_provisoire
from identity.domain.sessions import JetonPresente, Verdict, juger

INSTANT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("mot", ["Exemple-2026", "Aa1!aaaa", "Été à 18 h.", "Aa1!" + "a" * 28, "Aa1 aaa§"])
def test_un_mot_de_passe_qui_suit_la_regle_est_accepte(mot):
    assert suit_la_regle(mot)


@pytest.mark.parametrize(
    "mot",
    [
        "Aa1!aaa",  # 7 characters
        "Aa1!" + "a" * 29,  # 33 characters
        "exemple-2026",
        "EXEMPLE-2026",
        "Exemple-vingt",
        "Exemple2026",
        "Exemple 2026",  # a space is no special character
        "Exemple-2026€",
        "Exemple-2026£",
        "Exemple-2026$",
        "Exemple-2026¥",
        "Exemple-2026₿",
        "Exemple-\u00002026",
        "Exemple-\ud8002026",
        "",
    ],
)
def test_un_mot_de_passe_qui_ne_suit_pas_la_regle_est_refuse(mot):
    assert not suit_la_regle(mot)


def test_la_longueur_se_compte_en_caracteres_tels_qu_on_les_voit():
    assert not suit_la_regle("E\u0301le\u0301-12e\u0301"[:10])  # É l é - 1 2 é: seven, however they are composed


@given(st.text(max_size=40))
def test_la_regle_repond_toujours(mot):
    assert suit_la_regle(mot) in (True, False)


def test_un_mot_de_passe_provisoire_suit_la_regle_et_se_recopie_sans_erreur():
    for _ in range(200):
        mot = tirer_provisoire()
        assert suit_la_regle(mot) and not set(mot) & set("lIO01")


def test_un_identifiant_a_la_forme_du_contrat_et_rien_qui_se_confonde():
    forme = openapi("identity")["components"]["schemas"]["Identifiant"]["pattern"]
    for _ in range(200):
        identifiant = tirer(Prefixe.ENF)
        assert re.fullmatch(forme, identifiant) and bien_forme(identifiant) and len(identifiant) == 8
        assert not set(identifiant.removeprefix("ENF")) & set("lIO01")


def test_chaque_theme_a_son_prefixe():
    assert [theme.prefixe for theme in Theme] == [Prefixe.LOG, Prefixe.ACC, Prefixe.ENF]


@pytest.mark.parametrize("saisi", ["", "ACC", "acc7k2mq", "ACC7K2MO", "ACC7K2M1", "XYZ7K2MQ", "ACC7K2MQ\n"])
def test_ce_qui_ne_peut_pas_etre_un_identifiant_est_reconnu(saisi):
    assert not bien_forme(saisi)


NEUF = JetonPresente(
    "e", "s", "ACC7K2MQ", INSTANT + timedelta(hours=8), None, None, False, False, INSTANT + timedelta(hours=12)
)
CONSOMME = replace(NEUF, consomme_a=INSTANT, successeur="f")


@pytest.mark.parametrize(
    ("jeton", "apres_s", "verdict"),
    [
        (NEUF, 0, Verdict.VALABLE),
        (NEUF, 8 * 3600 - 1, Verdict.VALABLE),
        (NEUF, 8 * 3600, Verdict.EXPIRE),
        (CONSOMME, 30, Verdict.REPONSE_PERDUE),
        (CONSOMME, 31, Verdict.REJOUE),
        (replace(CONSOMME, successeur_utilise=True), 1, Verdict.REJOUE),
        (replace(CONSOMME, successeur=None), 1, Verdict.REJOUE),
        (replace(CONSOMME, session_fermee=True), 1, Verdict.SESSION_FERMEE),
        (replace(NEUF, session_fermee=True), 0, Verdict.SESSION_FERMEE),
        (replace(NEUF, expire_a=INSTANT + timedelta(hours=20)), 12 * 3600, Verdict.SESSION_EXPIREE),
    ],
)
def test_un_jeton_de_renouvellement_vaut_ce_que_dit_son_histoire(jeton, apres_s, verdict):
    assert juger(jeton, INSTANT + timedelta(seconds=apres_s)) is verdict


def test_le_courriel_dit_l_heure_de_paris():
    assert en_toutes_lettres(INSTANT) == "mardi 24 novembre 2026 à 14 h 05"
    assert en_toutes_lettres(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == "samedi 1er août 2026 à 0 h 30"


def test_le_courriel_de_bienvenue_est_complet_et_sans_lien():
    courriel = bienvenue(Personne("Montfort", "Claire", "c@ccas.example"), "ACC7K2MQ", "Prov-1234", INSTANT)
    for attendu in ("Bonjour Claire Montfort", "Identifiant : ACC7K2MQ", "Prov-1234", "14 h 05", "32 caractères"):
        assert attendu in courriel.texte
    assert "http" not in courriel.texte and "Claire" not in courriel.objet
