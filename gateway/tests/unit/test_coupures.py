"""Which tokens an entry cuts."""

from typing import Any

import pytest

from gateway.domain.revocations import Revocations
from socle.acces import Acces, Groupe


def acces(**champs: Any) -> Acces:
    groupe = Groupe("g1", "cdap", "T1", "mono", ("831",), "b", "f", "f", "d")
    communs = {"sujet": "ACC2", "session": "s1", "partenaire": "p1", "groupes": (groupe,), "droits": 5}
    return Acces(acte="x", **(communs | champs))


@pytest.mark.parametrize(
    ("contenu", "coupe"),
    [
        ({"sids": ["s1", "s2"]}, True),
        ({"sids": ["s2"]}, False),
        ({"version": 6, "identifiants": ["ACC2"]}, True),
        ({"version": 5, "identifiants": ["ACC2"]}, False),
        ({"version": 6, "identifiants": ["ACC3"]}, False),
        ({"version": 6, "groupes": ["g0", "g1"]}, True),
        ({"version": 6, "partenaires": ["p1"]}, True),
        ({"version": 6, "partenaires": ["g1"]}, False),
        ({"version": 6, "identifiants": ["ACC3"], "groupes": ["g1"], "inconnu": 1}, True),
    ],
)
def test_une_entree_coupe_ce_qu_elle_nomme_si_ses_droits_sont_plus_anciens(contenu: Any, coupe: bool) -> None:
    revocations = Revocations()
    revocations.ajouter(contenu, 0.0)
    assert revocations.coupe(acces()) is coupe


@pytest.mark.parametrize(
    "contenu",
    [
        {},
        {"version": 6},
        {"version": "6", "groupes": ["g"]},
        {"version": True, "groupes": ["g"]},
        {"sids": "s1"},
        {"sids": [1]},
    ],
)
def test_une_entree_qui_ne_dit_rien_est_illisible(contenu: Any) -> None:
    with pytest.raises(ValueError, match=r"revocation|words"):
        Revocations().ajouter(contenu, 0.0)


def test_la_version_la_plus_haute_reste_et_l_age_seul_fait_oublier() -> None:
    revocations = Revocations()
    revocations.ajouter({"version": 7, "groupes": ["g1"]}, 0.0)
    revocations.ajouter({"version": 6, "groupes": ["g1"]}, 10.0)
    revocations.oublier(5.0)
    assert revocations.coupe(acces(droits=6)) and len(revocations) == 1
    revocations.oublier(11.0)
    assert not revocations.coupe(acces(droits=6)) and len(revocations) == 0
    assert not revocations.coupe(Acces(acte="x"))
