"""The houses of the whole-system tests, each started once; the third-party data, or their absence said.

A test marked `partout` is played on both houses, with `maison` in its name; one marked `conteneurs` on containers
alone. Those on containers come last, and of them those that are marked `en_dernier`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atelier.maison import RACINE, Maison, donnees_tierces
from atelier.pile import Pile, docker_repond, retirer_les_orphelins

EMBARQUEE, COMPOSITION = "embarquee", "composition"
BORNE_S = 600


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever is marked gets first the house of `make run`, and then that of `make up`."""
    if metafunc.definition.get_closest_marker("partout"):
        sur_les_deux = [EMBARQUEE, pytest.param(COMPOSITION, marks=pytest.mark.conteneurs)]
        for nom in {"maison", "maison_a_part"} & set(metafunc.fixturenames):
            metafunc.parametrize(nom, sur_les_deux, indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Containers last; the time that their stack needs is not counted as that of the first test."""
    for item in items:
        if item.get_closest_marker("conteneurs"):
            borne = item.get_closest_marker("timeout")
            secondes = borne.args[0] if borne else BORNE_S
            item.add_marker(pytest.mark.timeout(secondes, func_only=True), append=False)
    items.sort(key=lambda item: [item.get_closest_marker(nom) is not None for nom in ("conteneurs", "en_dernier")])


@pytest.fixture(scope="session")
def maison(request: pytest.FixtureRequest) -> Maison:
    """A running system that tests share: each leaves what it made, and looks only at that."""
    ici: Maison = request.getfixturevalue(
        "pile" if getattr(request, "param", EMBARQUEE) == COMPOSITION else "maison_embarquee"
    )
    return ici


@pytest.fixture(scope="session")
def maison_embarquee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maison]:
    """The house of `make run`."""
    maison = Maison(tmp_path_factory.mktemp("maison") / "var").demarrer()
    yield maison
    maison.arreter()


@pytest.fixture(scope="session")
def pile_preparee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pile]:
    """Images, secrets and settings of the house of `make up`; whatever happens, nothing of it stays."""
    if not docker_repond():
        if os.environ.get("CI") == "true":
            pytest.fail("Docker does not answer")
        pytest.skip("Docker does not answer")
    retirer_les_orphelins()
    pile = Pile(tmp_path_factory.mktemp("pile") / "var")
    pile.preparer()
    yield pile
    pile.arreter()


@pytest.fixture(scope="session")
def docker_compose_command(pile_preparee: Pile) -> str:
    """The program that answers here, with the settings of this house (pytest-docker)."""
    return f'{pile_preparee.compose} --env-file "{pile_preparee.reglages}"'


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The root file."""
    return str(RACINE / "docker-compose.yml")


@pytest.fixture(scope="session")
def docker_compose_project_name(pile_preparee: Pile) -> str:
    """That of this session."""
    return pile_preparee.projet


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """pytest-docker's own starts nothing with Compose 1.29 (`--wait`)."""
    return ["up -d"]


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    """Nobody waits for what is thrown away."""
    return ["down --volumes --remove-orphans --timeout 1"]


@pytest.fixture(scope="session")
def pile(pile_preparee: Pile, docker_services: Any) -> Pile:
    """The running composition, shared by all tests on containers: each leaves it well."""
    return pile_preparee.demarrer()


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
