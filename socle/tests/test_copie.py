"""Rows that are copied past SQLAlchemy stand inside of its transaction, and a fault of theirs names no value."""

import pytest
from sqlalchemy import Column, MetaData, String, Table, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from atelier.bases import nouvelle_base
from atelier.postgres import modele
from socle.database import ouvrir
from socle.postgresql import SERIE, copier

mots = Table("mots", MetaData(), Column("mot", String(20), primary_key=True), Column("sens", String(20)))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    with modele() as copiee:
        engine = ouvrir(nouvelle_base(tmp_path_factory.mktemp("copie") / "x", copiee))
        mots.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def vide(base):
    with base.begin() as connexion:
        connexion.execute(mots.delete())
    return base


def lus(base):
    with base.connect() as connexion:
        return connexion.execute(select(mots.c.mot).order_by(mots.c.mot)).scalars().all()


def test_la_copie_prend_le_verrou_des_actes_et_se_defait_avec_eux(vide):
    verrou = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :n AND pid = pg_backend_pid()")
    with vide.connect() as connexion:
        copier(connexion, mots, ["mot", "sens"], [("un", None), ("deux", "2")])
        assert connexion.execute(verrou, {"n": SERIE}).scalar_one() == 1
        connexion.rollback()
    assert lus(vide) == []
    with vide.begin() as connexion:
        copier(connexion, mots, ["mot", "sens"], [("un", None), ("deux", "2")])
    assert lus(vide) == ["deux", "un"]


@pytest.mark.parametrize(
    ("lignes", "faute"),
    [
        ([("secret",), ("secret",)], IntegrityError),
        ([("secret\x00",)], OperationalError),
        ([("secret\ud800",)], OperationalError),
    ],
    ids=["double", "nul", "demi-caractere"],
)
def test_une_ligne_qui_n_entre_pas_defait_tout_et_ne_se_dit_pas(vide, lignes, faute):
    with pytest.raises(faute) as levee, vide.begin() as connexion:
        copier(connexion, mots, ["mot"], [("bon",), *lignes])
    assert "secret" not in str(levee.value)
    assert lus(vide) == []
