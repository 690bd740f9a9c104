"""Two versions of each service side by side, replaced one at a time under load, forward and back: no client sees it.

`MCP_REMPLACES` names some of them, to look at those alone.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from atelier.foule import Foule
from atelier.pile import Pile

SERVICES = os.environ.get("MCP_REMPLACES", "identity habilitation cdap audit gateway").split()
CLIENTS, AVANT, PATIENCE_S = 6, 20, 120
VERSIONS = ("essai", "local")
FERMER = {"Connection": "close"}


@pytest.fixture
def deux_versions(pile: Pile) -> Iterator[None]:
    """Another version of each service: what distinguishes it is what it says of itself."""
    for service in SERVICES:
        recette = f"FROM mcp/{service}:local\nLABEL org.opencontainers.image.version=essai\nENV MCP_COMMIT=essai\n"
        fait = subprocess.run(
            ["docker", "build", "-q", "-t", f"mcp/{service}:essai", "-"], input=recette, capture_output=True, text=True
        )
        assert fait.returncode == 0, fait.stderr
    yield
    for service in SERVICES:
        if _version(pile, service) != "local":
            pile.faire("remplacer", service, "local", "--retour")
        pile.docker("rmi", f"mcp/{service}:essai")


@pytest.mark.timeout(1800)  # ten replacements, on a machine that may be busy
def test_chaque_service_change_de_version_sans_qu_un_client_le_voie(
    pile: Pile, deux_versions: None, capsys: pytest.CaptureFixture[str]
) -> None:
    graine = time.time_ns() % 100_000
    ordre = random.Random(graine).sample(SERVICES, len(SERVICES))
    assez = threading.Event()
    foule = Foule(pile, assez, CLIENTS, entetes=FERMER)
    foule.entrer()
    dites, manquees = [], {}
    try:
        foule.avancer(AVANT, PATIENCE_S)
        for version in VERSIONS:
            for service in ordre:
                debut, avant = time.monotonic(), _comptes(foule)
                pile.faire("remplacer", service, version, *(["--retour"] if version == VERSIONS[-1] else []))
                foule.avancer(foule.lues + AVANT, PATIENCE_S)
                if ecart := {n: v - avant.get(n, 0) for n, v in _comptes(foule).items() if v != avant.get(n, 0)}:
                    manquees[f"{service} → {version}"] = ecart
                assert _version(pile, service) == version
                dites.append(f"{service} → {version} {time.monotonic() - debut:.0f} s")
    finally:
        assez.set()
        foule.sortir()
    with capsys.disabled():
        sys.stdout.write(f"\n{' ; '.join(dites)}\n{foule.lues} lues, {dict(foule.statuts)}, graine {graine}\n")
    assert manquees == {}
    assert foule.lues >= 2 * len(SERVICES) * AVANT


def _comptes(foule: Foule) -> dict[str, int]:
    """What clients saw that was not their answer: while one service is replaced, a 503 is a failure too."""
    return foule.manquees | {"503": foule.statuts[503], "sans réponse": foule.statuts[0]}


def _version(pile: Pile, service: str) -> str:
    forme = '{{index .Config.Labels "org.opencontainers.image.version"}}'
    dite = pile.docker("inspect", "-f", forme, pile.conteneur(service)).stdout.strip()
    return dite if dite == "essai" else "local"
