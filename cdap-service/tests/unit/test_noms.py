"""The comparison of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdap.domain.dossiers import Cle, Dossier, repond_au_nom
from cdap.domain.foyer import Personne, Role
from cdap.domain.noms import comparable


def meme_nom(connu, tape):
    """Whether a dossier of that name answers to what was typed."""
    responsable = Personne(role=Role.DEM, nom_naissance=connu)
    return repond_au_nom(Dossier(cle=Cle("831", "0412377"), personnes=(responsable,)), tape)


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ("Lefèvre", "LEFEVRE"),
        ("GÉRÔME", "gerome"),
        ("JEAN-PHILIPPE", "jean philippe"),
        ("ANO'NYMOS-LONS", "Ano\u2019nymos\u2010Lons"),
        ("d’Ormesson", "D ORMESSON"),
        ("  LE   GALL ", "Le\u00a0Gall"),
        ("Œuvrard", "OEUVRARD"),
        ("Lætitia", "LAETITIA"),
        ("Weiß", "WEISS"),
        ("e\u0301tienne", "Étienne"),
        ("Strømsø", "STROMSO"),
    ],
)
def test_deux_facons_d_ecrire_un_nom_sont_le_meme(un, autre):
    assert meme_nom(un, autre)
    assert meme_nom(autre, un)


@pytest.mark.parametrize(("un", "autre"), [("MARTIN", "MARTINE"), ("LE GALL", "GALL"), ("DUPONT", "DUPOND")])
def test_deux_noms_proches_restent_deux_noms(un, autre):
    assert not meme_nom(un, autre)


@pytest.mark.parametrize("rien", ["", " ", "-", "’’", "\u0301", "\u200b", "´", "A", "é", "."])
def test_un_nom_dont_il_ne_reste_rien_n_egale_pas_meme_lui(rien):
    assert not meme_nom(rien, rien)


def test_un_joker_n_est_qu_un_caractere():
    assert not meme_nom("MAR%", "MARTIN")
    assert not meme_nom("MAR*", "MARTIN")


@given(st.text(max_size=30))
def test_la_forme_comparable_est_stable(nom):
    assert comparable(comparable(nom)) == comparable(nom)
