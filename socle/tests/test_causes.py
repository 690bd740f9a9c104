"""A cause is said once when it comes and once when it is gone; who meets it waits longer each time."""

import logging
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from atelier.bases import nouvelle_base
from socle import migrations
from socle.annonce import cause_du_courtier
from socle.causes import CONSTATS, PHRASES, Cause, Constats, Pauses
from socle.database import BaseAbsente, ouvrir
from socle.revision import Revisions, nature, regarder, revisions
from socle.secret import SecretIllisible, exiger

SERVICES = ("identity", "habilitation", "cdap", "audit", "gateway")


def dits(caplog) -> list[str]:
    return [ligne.getMessage() for ligne in caplog.records if ligne.name == "etat"]


def test_une_cause_est_dite_une_fois_quand_elle_vient_et_une_fois_quand_elle_part(caplog):
    caplog.set_level(logging.INFO)
    changements = []
    constats = Constats(changements.append)
    for _ in range(3):
        constats.constater(Cause.SECRET, "un/fichier")
    constats.constater(Cause.BASE)
    for _ in range(3):
        constats.lever(Cause.SECRET, "un/fichier")
    phrase = f"{PHRASES[Cause.SECRET]} (un/fichier)"
    assert dits(caplog) == [phrase, PHRASES[Cause.BASE], f"c’est fini : {phrase}"]
    assert changements[-1] == {(Cause.BASE, "")} == constats.presents
    assert len(changements) == 3


def test_de_plusieurs_causes_d_une_chose_une_chasse_l_autre(caplog):
    constats = Constats()
    ensemble = (Cause.BASE, Cause.MIGRATIONS)
    constats.seulement([Cause.BASE], ensemble)
    constats.seulement([Cause.MIGRATIONS], ensemble)
    assert constats.presents == {(Cause.MIGRATIONS, "")}
    constats.seulement([], ensemble)
    assert constats.presents == frozenset()


def test_chaque_cause_a_sa_phrase():
    assert set(PHRASES) == set(Cause)


def test_les_pauses_grandissent_jusqu_a_une_borne_et_reprennent():
    pauses = Pauses(1, 8)
    assert [pauses.suivante() for _ in range(6)] == [1, 2, 4, 8, 8, 8]
    pauses.reprendre()
    assert pauses.suivante() == 1


def test_un_secret_change_sans_qu_on_redemarre(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    fichier = tmp_path / "client"
    secret = partial(exiger, fichier)
    for _ in range(2):
        with pytest.raises(SecretIllisible, match=str(fichier)):
            secret()
    fichier.write_text(" premier\n")
    assert secret() == "premier"
    fichier.write_text("deuxieme, plus long")
    assert secret() == "deuxieme, plus long"
    fichier.write_bytes("accentué".encode())
    with pytest.raises(SecretIllisible):
        secret()
    fichier.write_text("")
    with pytest.raises(SecretIllisible):
        secret()
    fichier.write_text("enfin")
    assert secret() == "enfin"
    phrase = f"{PHRASES[Cause.SECRET]} ({fichier})"
    assert dits(caplog) == [phrase, f"c’est fini : {phrase}"] * 2
    assert not [cause for cause, objet in CONSTATS.presents if objet == str(fichier)]


@pytest.mark.parametrize("service", SERVICES)
def test_les_revisions_lues_dans_les_fichiers_sont_celles_d_alembic(service):
    dossier = Path(__import__(service).__file__).parent / "migrations"
    d_alembic = ScriptDirectory.from_config(migrations._configuration(dossier))
    lues = revisions(service)
    assert lues is not None
    assert lues.tete == d_alembic.get_current_head()
    assert lues.connues == {script.revision for script in d_alembic.walk_revisions()}


def test_ce_qui_n_est_pas_un_service_n_a_pas_de_revisions():
    assert revisions("essai") is None


def test_une_base_sans_migration_ou_en_retard_ou_en_avance_se_reconnait(tmp_path):
    attendues = Revisions(frozenset({"0001", "0002"}), "0002")
    engine = ouvrir(nouvelle_base(tmp_path / "base.sqlite"), creer=True)
    assert regarder(engine, attendues) == Cause.MIGRATIONS
    with engine.begin() as connexion:
        connexion.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    assert regarder(engine, attendues) == Cause.MIGRATIONS
    for revision, cause in (("0001", Cause.MIGRATIONS), ("0002", None), ("0003", Cause.BASE_RECENTE)):
        with engine.begin() as connexion:
            connexion.execute(text("DELETE FROM alembic_version"))
            connexion.execute(text("INSERT INTO alembic_version VALUES (:r)"), {"r": revision})
        assert regarder(engine, attendues) == cause
    assert regarder(engine, None) is None
    engine.dispose()


def test_un_fichier_sqlite_qui_manque_attend_sa_migration(tmp_path):
    engine = ouvrir(f"sqlite:///{tmp_path / 'absente.sqlite'}")
    assert regarder(engine, None) == Cause.MIGRATIONS


@pytest.mark.parametrize(
    ("origine", "cause"),
    [
        (BaseAbsente(), Cause.MIGRATIONS),
        (sqlite3.OperationalError("no such table: outbox"), Cause.MIGRATIONS),
        (sqlite3.OperationalError("database is locked"), Cause.BASE),
        (SecretIllisible("un/fichier"), Cause.SECRET),
        (ValueError("autre"), None),
    ],
)
def test_la_nature_d_une_faute(origine, cause):
    assert nature(OperationalError("SELECT", None, origine)) == cause
    assert nature(origine) == cause


@pytest.mark.parametrize(
    ("faute", "cause"),
    [
        ("NotFound", Cause.FILE),
        ("1 refusé(s) sur 1", Cause.FILE),
        ("AccessRefused", Cause.COURTIER_REFUSE),
        ("NotAllowed", Cause.COURTIER_REFUSE),
        ("SSLCertVerificationError", Cause.COURTIER_CERTIFICAT),
        ("ConnectionRefusedError", Cause.COURTIER),
        ("sans confirmation", Cause.COURTIER),
    ],
)
def test_la_cause_d_une_faute_du_courtier(faute, cause):
    assert cause_du_courtier(faute) == cause
