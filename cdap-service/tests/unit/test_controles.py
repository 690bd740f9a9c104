"""The five extra checks: whoever lacks a fact is denied."""

from datetime import date

import pytest

from cdap.domain.controles import CONTROLES, Demande, controler
from cdap.domain.liens import DroitRsa, Liens, Mandat
from cdap.domain.profils import Profil

LE = date(2026, 3, 15)
SIRET = "13002526500013"
INSTRUCTEUR = "083C1370100000"


def test_cinq_profils_ont_un_controle():
    assert set(CONTROLES) == {Profil.T4, Profil.T9, Profil.T10, Profil.T18, Profil.T19}


@pytest.mark.parametrize("profil", [profil for profil in Profil if profil not in CONTROLES])
def test_un_profil_sans_controle_passe_sans_lien(profil):
    assert controler(profil, Liens(), Demande(), LE) is None


@pytest.mark.parametrize("profil", list(CONTROLES))
def test_sans_aucun_fait_un_profil_controle_est_refuse(profil):
    demande = Demande(siret=SIRET, numero_instructeur=INSTRUCTEUR, numero_bailleur="831000001")
    assert controler(profil, Liens(), demande, LE) is not None
    assert controler(profil, Liens(numeros_instructeur=(), mandats=(), droits_rsa=()), demande, LE) is not None


def test_un_t4_passe_avec_le_numero_du_service_qui_instruit():
    liens = Liens(numeros_instructeur=("083S0001200000", INSTRUCTEUR))
    assert controler(Profil.T4, liens, Demande(numero_instructeur=INSTRUCTEUR), LE) is None


@pytest.mark.parametrize(
    ("numero", "cause"),
    [
        (None, "instructeur_absent"),
        ("", "instructeur_absent"),
        ("083C1380100000", "instructeur_incoherent"),
        ("n’importe quoi", "instructeur_incoherent"),
    ],
)
def test_un_t4_incoherent_est_refuse(numero, cause):
    liens = Liens(numeros_instructeur=(INSTRUCTEUR,))
    assert controler(Profil.T4, liens, Demande(numero_instructeur=numero), LE) == cause


def test_un_t9_passe_avec_un_mandat_en_cours():
    liens = Liens(mandats=(Mandat(siret=SIRET, depuis=LE),))
    assert controler(Profil.T9, liens, Demande(siret=SIRET), LE) is None


def test_un_t9_passe_avec_un_mandat_passe():
    liens = Liens(mandats=(Mandat(siret=SIRET, depuis=date(1999, 1, 1), jusqu_a=date(2001, 1, 1)),))
    assert controler(Profil.T9, liens, Demande(siret=SIRET), LE) is None


def test_un_t9_dont_le_mandat_est_a_venir_est_refuse():
    liens = Liens(mandats=(Mandat(siret=SIRET, depuis=date(2026, 3, 16)),))
    assert controler(Profil.T9, liens, Demande(siret=SIRET), LE) == "hors_tutelle"


@pytest.mark.parametrize("siret", [None, "", "21830137000013"])
def test_un_t9_hors_tutelle_est_refuse(siret):
    liens = Liens(mandats=(Mandat(siret=SIRET, depuis=date(2020, 1, 1)),))
    assert controler(Profil.T9, liens, Demande(siret=siret), LE) == "hors_tutelle"


@pytest.mark.parametrize(
    ("numero", "cause"),
    [
        ("831000001", None),
        (None, "bailleur_absent"),
        ("", "bailleur_absent"),
        ("831000002", "bailleur_incoherent"),
    ],
)
def test_un_t10_ne_passe_qu_avec_le_numero_du_bailleur(numero, cause):
    liens = Liens(numero_bailleur="831000001")
    assert controler(Profil.T10, liens, Demande(numero_bailleur=numero), LE) == cause


@pytest.mark.parametrize("profil", [Profil.T18, Profil.T19])
@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "cause"),
    [
        (date(2020, 1, 1), None, None),
        (date(2026, 3, 15), None, None),
        (date(2020, 1, 1), date(2026, 3, 15), None),
        (date(2020, 1, 1), date(2024, 3, 15), None),
        (date(2020, 1, 1), date(2024, 3, 14), "rsa_trop_ancien"),
        (date(2026, 3, 16), None, "rsa_absent"),
        (date(2025, 6, 1), date(2025, 5, 1), "rsa_absent"),
    ],
)
def test_un_t18_ou_un_t19_voit_le_rsa_des_deux_dernieres_annees(profil, depuis, jusqu_a, cause):
    liens = Liens(droits_rsa=(DroitRsa(depuis=depuis, jusqu_a=jusqu_a),))
    assert controler(profil, liens, Demande(), LE) == cause


def test_un_seul_droit_recent_suffit_apres_un_ancien():
    ancien = DroitRsa(depuis=date(2015, 1, 1), jusqu_a=date(2016, 1, 1))
    liens = Liens(droits_rsa=(ancien, DroitRsa(depuis=date(2025, 1, 1), jusqu_a=date(2025, 2, 1))))
    assert controler(Profil.T18, liens, Demande(), LE) is None


@pytest.mark.parametrize(("jusqu_a", "cause"), [(date(2026, 2, 28), None), (date(2026, 2, 27), "rsa_trop_ancien")])
def test_vingt_quatre_mois_avant_un_29_fevrier_est_un_28(jusqu_a, cause):
    liens = Liens(droits_rsa=(DroitRsa(depuis=date(2020, 1, 1), jusqu_a=jusqu_a),))
    assert controler(Profil.T18, liens, Demande(), date(2028, 2, 29)) == cause
