"""Shapes of the numbers, and that a fault never repeats one."""

import pytest

from cdap.domain.numeros import (
    NumeroInvalide,
    completer_numero,
    est_code_organisme,
    est_numero_instructeur,
    meme_instructeur,
    numero_de_matricule,
)

INSTRUCTEUR = "083C1370100000"


@pytest.mark.parametrize("texte", ["83", "8310", "2A1", "831\n"])
def test_un_code_d_organisme_a_trois_chiffres(texte):
    assert est_code_organisme("831")
    assert not est_code_organisme(texte)


@pytest.mark.parametrize(("lu", "complet"), [("412377", "0412377"), ("7", "0000007"), (" 4400117 ", "4400117")])
def test_un_import_rend_les_zeros_perdus_a_gauche(lu, complet):
    assert completer_numero(lu) == complet


@pytest.mark.parametrize("lu", ["", "0", "0000000", "12345678", "12A", "-12", "None"])
def test_ce_qui_n_est_pas_un_numero_n_est_pas_complete(lu):
    with pytest.raises(NumeroInvalide) as faute:
        completer_numero(lu)
    assert not lu or lu not in str(faute.value)


def test_un_matricule_donne_ses_sept_premiers_chiffres():
    assert numero_de_matricule("205599000000000") == "2055990"
    assert numero_de_matricule("004123700000000") == "0041237"


@pytest.mark.parametrize(
    "matricule", ["2055990", "205599000000001", "2055990000000000", "20559900000000", "", "A" * 15]
)
def test_un_matricule_mal_forme_est_refuse_sans_etre_repete(matricule):
    with pytest.raises(NumeroInvalide) as faute:
        numero_de_matricule(matricule)
    assert not matricule or matricule not in str(faute.value)


@pytest.mark.parametrize(
    "texte",
    [
        "083C1370100001",
        "083B1370100000",
        "83C1370100000",
        "083c1370100000",
        "083C13701000000",
        "2A0C1370100000",
    ],
)
def test_un_numero_d_instructeur_mal_forme_ne_passe_pas(texte):
    assert est_numero_instructeur(INSTRUCTEUR)
    assert not est_numero_instructeur(texte)


@pytest.mark.parametrize("lettre", "ACFGIPST")
def test_les_huit_types_d_instructeur_passent(lettre):
    assert est_numero_instructeur(f"083{lettre}1370100000")


@pytest.mark.parametrize("autre", ["084C1370100000", "083S1370100000", "083C1380100000", "083C1370200000"])
def test_departement_type_commune_et_agrement_font_le_service(autre):
    assert meme_instructeur(INSTRUCTEUR, INSTRUCTEUR)
    assert not meme_instructeur(INSTRUCTEUR, autre)


def test_deux_numeros_mal_formes_et_egaux_ne_nomment_aucun_service():
    assert not meme_instructeur("083C13701", "083C13701")
    assert not meme_instructeur("", "")
