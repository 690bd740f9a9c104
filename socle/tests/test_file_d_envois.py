"""The queue of what is handed over after the commit: it waits longer each time, and never for good."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, MetaData, String, Table, update

from socle.envois import DELAI_MAX_S, DELAI_S, File, colonnes, enfiler

A = 1_800_000_000.0


@pytest.fixture
def file(engine):
    table = Table("lettres", MetaData(), Column("id", String(36), primary_key=True), *colonnes())
    table.create(engine)
    with engine.begin() as connexion:
        enfiler(connexion, table, datetime.fromtimestamp(A, UTC), id="1")
    return File(engine, table, {})


@pytest.mark.parametrize(
    ("essais", "delai"), [(0, DELAI_S), (1, 60.0), (6, 1920.0), (7, DELAI_MAX_S), (1_024, DELAI_MAX_S), (10**6, 3600.0)]
)
def test_l_attente_double_et_ne_depasse_jamais_une_heure(file, essais, delai):
    """A mail server that has been away for six weeks has been asked a thousand times."""
    with file.engine.begin() as connexion:
        connexion.execute(update(file.table).values(essais=essais))
    assert file.prendre(A).essais == essais
    assert not file.y_en_a(A + delai - 0.5)
    assert file.prendre(A + delai).essais == essais + 1
