"""A CDAP service with the dossiers of a test in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atelier import Banc
from cdap.adapters.depots import DossiersSql
from cdap.adapters.envois import corvees
from cdap.adapters.spool import Spool
from cdap.domain.dossiers import Dossier
from cdap.main import MIGRATIONS, application
from cdap.settings import Reglages
from socle.courriels import poste

CAFS = Path(__file__).parents[1] / "cafs.yaml"


@pytest.fixture
def banc(tmp_path: Path) -> Banc:
    """The service, empty; the Caf of the tests reads its dialogue."""
    return Banc(application, Reglages, MIGRATIONS, tmp_path, cafs=CAFS)


@pytest.fixture
def relais(banc: Banc) -> Callable[[], None]:
    """Do once what the relay hands over."""
    faire = corvees(banc.engine, Spool(banc.reglages.dossier_courriers), poste(banc.reglages))
    return lambda: [corvee() for corvee in faire] and None


@pytest.fixture
def connait(banc: Banc) -> Callable[..., None]:
    """Put dossiers in, as an import does."""

    def mettre(*dossiers: Dossier) -> None:
        with banc.engine.begin() as connexion:
            DossiersSql(connexion).fusionner(dossiers)

    return mettre
