"""Which request targets have one reading only."""

import random

import pytest

from gateway.domain.cible import _CHEMIN, _est_simple, exiger_lisible
from gateway.domain.refus import RequeteInvalide
from socle.refus import RessourceInconnue


@pytest.mark.parametrize(
    "chemin",
    [
        b"/cdap/v1/consultations",
        b"/.well-known/jwks.json",
        b"/cdap/v1/consultations/0198f3c2-7f5b/rubriques/cmu-rsa",
        b"/a/..b/c..",
        b"/a/caf%C3%A9",
    ],
)
def test_un_chemin_a_une_seule_lecture_passe(chemin: bytes) -> None:
    exiger_lisible(chemin, b"depuis=2026-01-01T00%3A00&x=1")


@pytest.mark.parametrize(
    "chemin",
    [
        b"",
        b"*",
        b"/",
        b"a/b",
        b"//a",
        b"/a//b",
        b"/a/",
        b"/a/./b",
        b"/a/../b",
        b"/a/..",
        b"/a/%2e%2e/b",
        b"/a/%2E/b",
        b"/a/b%2fc",
        b"/a/b%2Fc",
        b"/a/b%5cc",
        b"/a\\b",
        b"/a/b%00",
        b"/a/b%0d%0a",
        b"/a/b%7f",
        b"/a/b%252f",
        b"/a/b%",
        b"/a/b%zz",
        b"/habilitation/v1/partenaires/%76erification",
        *(b"/a/%%%02x" % code for code in range(0x80) if chr(code).isalnum() or chr(code) in "-._~/\\"),
        *(b"/a/%%%02X" % code for code in range(0x80) if chr(code).isalnum() or chr(code) in "-._~/\\"),
        b"/a/b;c=d",
        b"/a/b c",
        b"/a/\xc3\xa9",
        b"/" + b"a" * 2_048,
    ],
)
def test_un_chemin_a_deux_lectures_est_inconnu(chemin: bytes) -> None:
    with pytest.raises(RessourceInconnue):
        exiger_lisible(chemin, b"")


@pytest.mark.parametrize("requete", [b"a=b#c", b"a=\x00", b"a=\xe9", b"a b", b"a" * 4_097])
def test_une_requete_illisible_est_invalide(requete: bytes) -> None:
    with pytest.raises(RequeteInvalide):
        exiger_lisible(b"/a", requete)


def test_ce_qui_est_simple_passerait_aussi_par_l_expression() -> None:
    hasard = random.Random(38)
    simples = 0
    for _ in range(20_000):
        chemin = b"/" + bytes(hasard.choices(b"ab/.%2eE-_~;\x00", k=hasard.randrange(8)))
        if _est_simple(chemin):
            simples += 1
            assert _CHEMIN.fullmatch(chemin), chemin
    assert simples > 1_000
