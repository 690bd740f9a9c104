"""A CDAP service with the dossiers of a test in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atelier import Banc
from cdap.adapters.depots import DossiersSql
from cdap.domain.dossiers import Dossier
from cdap.main import MIGRATIONS, application
from cdap.settings import Reglages


@pytest.fixture
def banc(tmp_path: Path) -> Banc:
    """The service, empty."""
    return Banc(application, Reglages, MIGRATIONS, tmp_path)


@pytest.fixture
def connait(banc: Banc) -> Callable[..., None]:
    """Put dossiers in, as an import does."""

    def mettre(*dossiers: Dossier) -> None:
        with banc.engine.begin() as connexion:
            DossiersSql(connexion).fusionner(dossiers)

    return mettre
