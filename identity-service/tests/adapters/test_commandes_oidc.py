"""The commands that register front ends of others, as an operator runs them."""

import json
import os
import subprocess
import sys
from hashlib import sha256

import pytest
from sqlalchemy import text

from identity.domain.clients import ClientInvalide, un_client
from socle.database import lecture, ouvrir

RETOUR = "https://application.example/retour?x=1"


@pytest.fixture
def commande(tmp_path):
    environnement = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("MCP_")}

    def lancer(*mots):
        return subprocess.run(
            [sys.executable, "-m", "identity", *mots], env=environnement | {"MCP_VAR": str(tmp_path)},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    assert lancer("migrate").returncode == 0
    return lancer


def test_une_application_est_inscrite_listee_et_retiree_avec_un_evenement_chaque_fois(commande, tmp_path):
    id, secret = commande("oidc", "ajouter", "--nom", "Agenda", "--retour", RETOUR, "--secret").stdout.split()
    publique = commande(
        "oidc", "ajouter", "--nom", "Suivi social", "--retour", RETOUR, "--sortie", RETOUR
    ).stdout.strip()
    assert id.startswith("oidc-") and publique.startswith("oidc-") and len(secret) == 43
    listees = commande("oidc", "lister").stdout
    assert f"{id}  Agenda  (avec secret)" in listees and f"{publique}  Suivi social  (publique)" in listees
    assert listees.count(RETOUR) == 3 and secret not in listees
    assert commande("oidc", "retirer", id).returncode == 0 and id not in commande("oidc", "lister").stdout
    encore = commande("oidc", "retirer", id)
    assert encore.returncode == 1 and "pas d’application" in encore.stderr
    with lecture(ouvrir(f"sqlite:///{tmp_path}/identity/identity.sqlite")) as connexion:
        (gardee,) = connexion.execute(text("SELECT empreinte FROM clients_oidc WHERE id = :i"), {"i": id}).scalars()
        corps = connexion.execute(text("SELECT corps FROM outbox ORDER BY seq")).scalars().all()
    assert gardee == sha256(secret.encode()).hexdigest()
    evenements = [json.loads(octets) for octets in corps]
    assert [(un["type"], un["data"]["issue"], un["data"]["objet"]) for un in evenements] == [
        ("identity.client.inscrit", "accorde", id),
        ("identity.client.inscrit", "accorde", publique),
        ("identity.client.retire", "accorde", id),
        ("identity.client.retire", "refuse", None),
    ]


@pytest.mark.parametrize(
    "adresse",
    [
        "http://application.example/", "https://application.example", "https://a.example/#x", "https://u@a.example/",
        "https://a.example/ b", "https://A.example/", "javascript:alert(1)", "//a.example/", "https://a.example/\n",
        "http://127.0.0.1.pirate.example/", "https://a.example/;script-src", "https://a.example:0/", "mon-app:/retour",
    ],
)  # fmt: skip
def test_une_adresse_qui_aurait_deux_lectures_n_est_pas_inscrite(adresse):
    with pytest.raises(ClientInvalide):
        un_client("Agenda", (adresse,), (), None)
    with pytest.raises(ClientInvalide):
        un_client("Agenda", (RETOUR,), (adresse,), None)


@pytest.mark.parametrize("nom", ["", "<b>", "a\nb", "x" * 101])
def test_un_nom_qui_ne_se_montre_pas_n_est_pas_inscrit(nom):
    with pytest.raises(ClientInvalide):
        un_client(nom, (RETOUR,), (), None)
