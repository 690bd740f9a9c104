"""How long one waits, by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.domain.freins import ADRESSE, COMPTE, Cles, Compteur, Temporisation, delai, exiger_patience, reseau

INSTANT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
AILLEURS = Cles("compte", "couple", "adresse", familier=False)
CHEZ_ELLE = Cles("compte", "couple", "adresse", familier=True)


def attente(cles, echecs, il_y_a_s, cle="compte"):
    compteurs = {cle: Compteur(echecs, INSTANT - timedelta(seconds=il_y_a_s))}
    try:
        exiger_patience(cles, compteurs, INSTANT)
    except Temporisation as refus:
        return int(refus.entetes["Retry-After"])
    return 0


def test_le_delai_grandit_et_a_une_fin():
    delais = [delai(COMPTE, echecs) for echecs in range(20)]
    assert delais[:8] == [0, 0, 0, 0, 0, 60, 120, 240] and delais[-1] == delai(COMPTE, 10**6) == 7_200
    assert delai(ADRESSE, 29) == 0 and delai(ADRESSE, 30) == 5 and delai(ADRESSE, 99) == 600


def test_en_un_jour_il_n_y_a_pas_plus_de_25_essais():
    ecoule, essais = 0.0, 0
    while ecoule < 86_400:
        essais += 1
        ecoule += delai(COMPTE, essais)
    assert essais <= 25


@pytest.mark.parametrize(
    ("cles", "cle", "attendu"),
    [(AILLEURS, "compte", 60), (AILLEURS, "couple", 0), (CHEZ_ELLE, "compte", 0), (CHEZ_ELLE, "couple", 60)],
)
def test_chez_soi_ne_compte_que_ce_qui_a_echoue_la(cles, cle, attendu):
    assert attente(cles, 5, 0, cle) == attendu


def test_ce_qui_a_commence_avant_le_dernier_echec_n_attend_pas_pour_autant():
    assert attente(AILLEURS, 3, -2) == 0 and attente(AILLEURS, 5, -2) == 62


def test_un_compte_d_echecs_s_oublie():
    assert attente(AILLEURS, 12, 3_600) == 3_600 and attente(AILLEURS, 12, 86_400) == 0


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_une_adresse_est_celle_d_un_abonne(adresse, attendu):
    assert reseau(adresse) == attendu
