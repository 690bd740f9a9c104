"""The house of the whole-system tests, started once; the third-party data, or their absence said."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from atelier.maison import Maison, donnees_tierces
from atelier.pile import Pile, demandee


@pytest.fixture(scope="session")
def maison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maison]:
    """A running system that tests share: each leaves what it made, and looks only at that."""
    genre = Pile if demandee() else Maison
    maison = genre(tmp_path_factory.mktemp("maison") / "var").demarrer()
    yield maison
    maison.arreter()


@pytest.fixture(scope="session")
def tierces() -> Path:
    """The third-party data; without them the test is skipped, or fails in CI."""
    dossier = donnees_tierces()
    if not dossier.is_dir():
        raison = "third-party data not found (MCP_DONNEES_TIERCES)"
        if os.environ.get("CI") == "true":
            pytest.fail(raison)
        pytest.skip(raison)
    return dossier
