"""The key of a SIRET, against python-stdnum as an independent reader of the rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siret as oracle

from habilitation.domain.refus import SiretInvalide
from habilitation.domain.siret import est_valide, exiger


@pytest.mark.parametrize("siret", ["99900031800017", "73282932000074"])
def test_un_siret_dont_la_cle_de_luhn_est_juste_est_valable(siret: str) -> None:
    assert est_valide(siret)


@pytest.mark.parametrize(
    "siret", ["99900031800016", "73282932000079", "7328293200007", "732829320000740", "", "7328293200007A", "٧" * 14]
)
def test_un_siret_dont_la_cle_ou_la_forme_est_fausse_est_refuse(siret: str) -> None:
    assert not est_valide(siret)


def test_un_etablissement_de_la_poste_suit_sa_propre_regle() -> None:
    assert est_valide("35600000049837")  # sum of the digits 45, a multiple of 5; Luhn says no
    assert not est_valide("35600000049838")
    assert est_valide("35600000000048")  # the head office follows Luhn


@given(st.from_regex(r"356000000[0-9]{5}", fullmatch=True))
def test_la_regle_de_la_poste_est_celle_de_python_stdnum(siret: str) -> None:
    assert est_valide(siret) == oracle.is_valid(siret)


@given(st.from_regex(r"732829320[0-9]{5}", fullmatch=True))
def test_la_regle_commune_est_celle_de_python_stdnum(siret: str) -> None:
    assert est_valide(siret) == oracle.is_valid(siret)


def test_le_refus_ne_repete_pas_le_numero() -> None:
    with pytest.raises(SiretInvalide) as refus:
        exiger("73282932000079")
    assert "73282932" not in str(refus.value)
