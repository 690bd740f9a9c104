"""How long the next opening must wait."""

from datetime import UTC, datetime, timedelta

import pytest

from cdap.domain.refus import TropDEchecs
from cdap.domain.temporisation import exiger_patience

A = datetime(2026, 3, 15, 10, tzinfo=UTC)


def echecs(combien):
    """So many failures, the last of them one second ago."""
    return [A - timedelta(seconds=1 + (combien - rang) * 2) for rang in range(1, combien)] + [A - timedelta(seconds=1)]


@pytest.mark.parametrize(("combien", "attente"), [(20, 1), (21, 3), (22, 7), (23, 15), (24, 29), (60, 29)])
def test_l_attente_double_a_chaque_echec_jusqu_a_trente_secondes(combien, attente):
    with pytest.raises(TropDEchecs) as refus:
        exiger_patience(echecs(combien), A)
    assert refus.value.entetes == {"Retry-After": str(attente)}
    exiger_patience(echecs(combien), A + timedelta(seconds=attente))


def test_en_deca_de_vingt_rien_n_attend():
    exiger_patience(echecs(19), A)


def test_un_echec_de_plus_de_dix_minutes_ne_compte_plus():
    exiger_patience([A - timedelta(minutes=10)] * 30, A)
