"""Whose address it is."""

from ipaddress import ip_network

import pytest

from gateway.domain.adresse import Mandataires

LISTE = Mandataires([ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")])


@pytest.mark.parametrize(
    ("pair", "transmises", "adresse"),
    [
        ("192.0.2.1", [b"6.6.6.6"], "192.0.2.1"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", [b"6.6.6.6, 203.0.113.7"], "203.0.113.7"),
        ("10.1.2.3", [b"6.6.6.6", b" 203.0.113.7 "], "203.0.113.7"),
        ("::ffff:10.1.2.3", [b"203.0.113.7"], "203.0.113.7"),
        ("2001:db8::5", [b"203.0.113.7"], "203.0.113.7"),
        ("10.1.2.3", [b"203.0.113.7, "], "10.1.2.3"),
        ("10.1.2.3", [b"203.0.113.7:443"], "10.1.2.3"),
        ("10.1.2.3", [b"unknown"], "10.1.2.3"),
        ("10.1.2.3", [b"\xe9"], "10.1.2.3"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("unix", [b"6.6.6.6"], "unix"),
        (None, [b"6.6.6.6"], None),
    ],
)
def test_l_adresse_est_celle_du_pair_sauf_si_un_mandataire_de_la_liste_la_dit(
    pair: str | None, transmises: list[bytes], adresse: str | None
) -> None:
    entetes = [(b"x-forwarded-for", valeur) for valeur in transmises]
    assert LISTE.adresse(pair, entetes) == adresse
