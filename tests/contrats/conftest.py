"""Services of their own for each test, made from a model that is migrated once."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from etats import ETATS, Etat


@pytest.fixture(scope="session")
def modele(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a service that has just been installed: database, keys."""

    @cache
    def faire(service: str) -> Path:
        dossier = tmp_path_factory.mktemp(f"modele-{service}")
        ETATS[service](dossier).fermer()
        return dossier

    return faire


@pytest.fixture
def un_etat(tmp_path: Path, modele: Callable[[str], Path]) -> Iterator[Callable[[str], Etat]]:
    """Make a service of one's own."""
    faits: list[Etat] = []

    def faire(service: str) -> Etat:
        faits.append(ETATS[service](tmp_path / service, modele(service)))
        return faits[-1]

    yield faire
    for fait in faits:
        fait.fermer()
