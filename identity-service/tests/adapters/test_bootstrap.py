"""The command that creates the first référent, as an operator runs it."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from socle.database import lecture, ouvrir


@pytest.fixture
def commande(tmp_path):
    environnement = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("MCP_")}
    environnement |= {"MCP_VAR": str(tmp_path), "MCP_ARGON2_MEMORY_COST": "8", "MCP_ARGON2_TIME_COST": "1"}

    def lancer(*mots):
        return subprocess.run(
            [sys.executable, "-m", "identity", *mots], env=environnement, capture_output=True, text=True, timeout=60
        )

    assert lancer("migrate").returncode == 0
    return lancer


def amorcer(commande, *mots, caf="831"):
    return commande(
        "bootstrap", "--caf", caf, "--nom", "Roche", "--prenom", "Anne", "--courriel", "anne.roche@caf.example", *mots
    )


def test_le_bootstrap_cree_une_fois_le_premier_referent_et_ne_dit_que_son_identifiant(commande, tmp_path):

    premier = amorcer(commande, "--role", "caf:superviseur")
    assert premier.returncode == 0
    identifiant = premier.stdout.strip()
    assert identifiant.startswith("ACC") and len(identifiant) == 8
    second = amorcer(commande)
    assert second.returncode == 0 and "rien n’a été changé" in second.stdout
    assert amorcer(commande, caf="441").returncode == 0
    with lecture(ouvrir(f"sqlite:///{tmp_path}/identity/identity.sqlite")) as connexion:
        comptes = connexion.execute(text("SELECT caf FROM comptes ORDER BY caf")).all()
        roles = connexion.execute(text("SELECT role FROM roles_caf WHERE identifiant = :i"), {"i": identifiant}).all()
        corps = connexion.execute(text("SELECT corps FROM outbox ORDER BY seq")).scalars().all()
    evenements = [json.loads(octets) for octets in corps]
    assert comptes == [("441",), ("831",)]
    assert sorted(role for (role,) in roles) == ["caf:referent", "caf:superviseur"]
    assert len(evenements) == 2
    data = evenements[0]["data"]
    assert (evenements[0]["type"], data["acte"], data["client"]) == ("identity.agent.nomme", "bootstrap", "commande")
    assert (data["issue"], data["objet"], data["caf"], data["sujet"]) == ("accorde", identifiant, "831", None)


def test_un_bootstrap_mal_ecrit_est_dit_et_ne_fait_rien(commande):
    refus = amorcer(commande, caf="83")
    assert refus.returncode == 1 and "Roche" not in refus.stderr.split("Warning")[-1]
