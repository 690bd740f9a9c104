"""An act that only reads, whatever its connection has been through: its event is committed, or nothing is answered.

On PostgreSQL it goes past SQLAlchemy; on SQLite the same statements go its way. The promises are the same.
"""

import json
from contextlib import suppress

import pytest
from sqlalchemy import Column, MetaData, Table, Text, bindparam, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from socle.acces import Acces
from socle.database import lecture
from socle.directe import Directe, directe
from socle.outbox import outbox
from socle.postgresql import Ecoute
from socle.prepares import Preparee, ecrivable
from socle.refus import AccesRefuse
from socle.travail import TraceImpossible, Travail

ACTE = "cdap.rubrique.lue"
ACCES = Acces(acte="essai", sujet="ACC7K2MQ")
notes = Table("notes", MetaData(), Column("texte", Text))
LIRE = Preparee(select(notes.c.texte).where(notes.c.texte >= bindparam("des")).order_by(notes.c.texte).limit(1))
ECRIRE = Preparee(notes.insert().inline().values(texte=bindparam("texte")))
ABSENTE = Preparee(select(Table("nulle_part", MetaData(), Column("a", Text)).c.a))
SIENNES = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Liees:
    """Stores of the tests, over either kind of connection."""

    def __init__(self, lien):
        self.lien = lien

    def lire(self, des=""):
        ligne = LIRE.une(self.lien, des=des)
        return None if ligne is None else ligne[0]


@pytest.fixture
def travail(engine):
    with engine.begin() as connexion:
        ECRIRE.ecrire(connexion, texte="une note")
    return Travail(engine, "cdap", Liees, depots_directs=Liees)


@pytest.fixture
def postgresql(engine):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server to go past SQLAlchemy to")
    return engine


def issues(engine):
    with lecture(engine) as connexion:
        corps = connexion.execute(select(outbox.c.corps).order_by(outbox.c.seq)).scalars()
        return [json.loads(octets)["data"]["issue"] for octets in corps]


def lire_une_fois(travail):
    with travail.acte(ACTE, ACCES) as acte:
        return acte.a_lire.lire()


def test_le_tout_premier_usage_d_une_connexion_laisse_son_evenement(travail, engine):
    engine.dispose()
    assert lire_une_fois(travail) == "une note"
    engine.dispose()  # and it is not in a transaction that ends with its connection
    assert issues(engine) == ["accorde"]


def test_la_meme_instruction_sert_encore_et_encore(travail, engine):
    """Longer than psycopg waits before it prepares it."""
    assert [lire_une_fois(travail) for _ in range(12)] == ["une note"] * 12
    assert issues(engine) == ["accorde"] * 12


def test_une_cle_qui_n_est_pas_la_ne_rend_rien(travail):
    with travail.acte(ACTE, ACCES) as acte:
        assert acte.a_lire.lire(des="zzz") is None


def test_apres_un_acte_qui_a_ete_defait(travail, engine):
    for _ in range(6):
        assert lire_une_fois(travail) == "une note"
        with pytest.raises(AccesRefuse), travail.acte(ACTE, ACCES) as acte:
            ECRIRE.ecrire(acte.depots.lien, texte="a ne pas garder")
            raise AccesRefuse("ensuite")
    assert lire_une_fois(travail) == "une note"
    assert issues(engine) == ["accorde", "refuse"] * 6 + ["accorde"]


def test_un_refus_apres_la_lecture_laisse_son_evenement(travail, engine):
    with pytest.raises(AccesRefuse) as refus, travail.acte(ACTE, ACCES) as acte:
        acte.a_lire.lire()
        raise AccesRefuse("hors_portee")
    assert refus.value.recu
    assert issues(engine) == ["refuse"]


def test_apres_une_instruction_qui_echoue_l_evenement_s_ecrit_et_la_connexion_sert_encore(travail, engine):
    for _ in range(7):
        with pytest.raises(SQLAlchemyError), travail.acte(ACTE, ACCES) as acte:
            ABSENTE.une(acte.a_lire.lien)
        assert lire_une_fois(travail) == "une note"
    assert issues(engine) == ["echec", "accorde"] * 7


def test_sans_evenement_possible_rien_ne_sort_et_tout_reprend_ensuite(travail, engine):
    lire_une_fois(travail)
    with engine.begin() as connexion:
        connexion.execute(text("ALTER TABLE outbox RENAME TO ailleurs"))
    with pytest.raises(TraceImpossible):
        lire_une_fois(travail)
    with engine.begin() as connexion:
        connexion.execute(text("ALTER TABLE ailleurs RENAME TO outbox"))
    assert lire_une_fois(travail) == "une note"
    assert issues(engine) == ["accorde"] * 2


def test_un_acte_qui_ne_fait_que_lire_n_a_pas_de_quoi_ecrire(travail, postgresql):
    with pytest.raises(TypeError), travail.acte(ACTE, ACCES) as acte:
        ecrivable(acte.a_lire.lien)
    assert issues(postgresql) == ["echec"]


def test_le_serveur_redemarre_l_acte_en_cours_n_a_pas_de_reponse_et_le_suivant_en_a_une(travail, postgresql):
    for _ in range(6):
        lire_une_fois(travail)
    with pytest.raises(TraceImpossible), travail.acte(ACTE, ACCES) as acte:
        assert acte.a_lire.lire() == "une note"
        couper(postgresql)
    assert lire_une_fois(travail) == "une note"
    assert issues(postgresql) == ["accorde"] * 7


def test_toutes_les_connexions_de_ce_temps_la_sont_oubliees_quand_une_est_perdue(travail, postgresql):
    prises = [Directe(postgresql) for _ in range(4)]
    for prise in prises:
        prise.rendre()
    couper(postgresql)
    with suppress(TraceImpossible):  # none fails where they have been idle for long enough to be tried
        lire_une_fois(travail)
    assert [lire_une_fois(travail) for _ in range(5)] == ["une note"] * 5


def test_rien_ne_reste_dans_une_transaction(travail, postgresql):
    lire_une_fois(travail)
    with lecture(postgresql) as connexion:
        assert connexion.execute(text(f"SELECT count(*) {SIENNES} AND state LIKE '%transaction%'")).scalar() == 0


def test_la_connexion_rendue_est_comme_une_autre(travail, postgresql):
    """What is begun on it afterwards is a transaction again: an act on it that is refused takes back what it wrote."""
    lire_une_fois(travail)
    with pytest.raises(AccesRefuse), travail.acte(ACTE, ACCES) as acte:
        ECRIRE.ecrire(acte.depots.lien, texte="a ne pas garder")
        raise AccesRefuse("ensuite")
    with lecture(postgresql) as connexion:
        assert connexion.execute(select(func.count()).select_from(notes)).scalar() == 1


def test_une_lecture_reveille_qui_attend_son_evenement(travail, postgresql):
    ecoute = Ecoute(postgresql)
    while ecoute.attendre(0.3):
        pass  # of what made the database
    lire_une_fois(travail)
    assert ecoute.attendre(30)
    ecoute.fermer()


def test_une_faute_du_pilote_sort_sans_son_texte(postgresql):
    with directe(postgresql) as prise, pytest.raises(SQLAlchemyError) as faute:
        prise.executer("SELECT CAST(%(nom)s AS integer)", {"nom": "AUBRAC"})
    assert "AUBRAC" not in str(faute.value)


def couper(engine):
    """What a restart of the server does to those who are connected; waits until it is done."""
    with engine.connect() as connexion:
        connexion.execute(text("SET LOCAL statement_timeout = 0"))
        connexion.execute(text(f"SELECT pg_terminate_backend(pid, 30000) {SIENNES}"))
        connexion.invalidate()
