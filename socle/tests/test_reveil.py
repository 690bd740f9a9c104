"""On PostgreSQL, who is woken up finds what he was woken for, however long its commit took."""

import threading

import pytest
from sqlalchemy import text

from socle.database import lecture
from socle.postgresql import Ecoute

LENT = (
    "CREATE FUNCTION lentement() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER lent AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION lentement()",
)


@pytest.fixture
def base(engine):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite tells commits by its data_version")
    return engine


@pytest.fixture
def ecoute(base):
    ecoute = Ecoute(base)
    while ecoute.attendre(0.3):
        pass  # of what made the database
    yield ecoute
    ecoute.fermer()


def ecrire(base):
    with base.begin() as connexion:
        connexion.execute(text("INSERT INTO notes VALUES ('tard')"))


def test_le_reveil_sonne_apres_un_commit_qui_dure(base, ecoute):
    with base.begin() as connexion:
        for ordre in LENT:
            connexion.execute(text(ordre))
    assert ecoute.attendre(5), "of this commit, which is quick"
    acte = threading.Thread(target=ecrire, args=(base,))
    acte.start()
    assert ecoute.attendre(5)
    with lecture(base) as connexion:
        assert connexion.execute(text("SELECT texte FROM notes")).scalars().all() == ["tard"]
    acte.join()


def test_ce_qui_n_a_fait_que_lire_ne_reveille_personne(base, ecoute):
    with lecture(base) as connexion:
        connexion.execute(text("SELECT 1"))
    assert not ecoute.attendre(0.3)
