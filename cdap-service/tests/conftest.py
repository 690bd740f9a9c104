"""Where the third-party data are, and what to do where they are not."""

import os
from pathlib import Path

import pytest

RACINE = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def donnees_tierces() -> Path:
    """The folder of third-party data; without it the test is skipped, or fails when CI=true."""
    dossier = Path(os.environ.get("MCP_DONNEES_TIERCES") or RACINE / "../shared/data")
    if not dossier.is_dir():
        raison = "third-party data not found: set MCP_DONNEES_TIERCES to their folder"
        if os.environ.get("CI") == "true":
            pytest.fail(raison)
        pytest.skip(raison)
    return dossier
