"""Gateways for the tests: one that all share, and new ones."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from portes import Porte, accorde, ouvrir_la_porte


@pytest.fixture(scope="session")
def _partagee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Porte]:
    ouverte = ouvrir_la_porte(tmp_path_factory.mktemp("porte"), delai_reponse_s=1.0)
    yield ouverte
    ouverte.arreter()


@pytest.fixture
def porte(_partagee: Porte) -> Porte:
    """The gateway that tests share; cdap and identity start afresh, and older events are forgotten."""
    _partagee.cdap.comportement = accorde
    _partagee.cdap.recues.clear()
    _partagee.identity.recues.clear()
    _partagee.nouvelles_traces()
    return _partagee


@pytest.fixture
def nouvelle_porte(tmp_path: Path) -> Iterator[Callable[..., Porte]]:
    """Start gateways of one's own, on a folder of one's own."""
    ouvertes: list[Porte] = []

    def ouvrir_une(**reglages: Any) -> Porte:
        ouvertes.append(ouvrir_la_porte(tmp_path, **reglages))
        return ouvertes[-1]

    yield ouvrir_une
    for ouverte in ouvertes:
        ouverte.arreter()
