"""History is the database's: a link is closed once, by someone, and never rewritten nor deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from habilitation.adapters.depots import Depots
from habilitation.adapters.tables import ETATS, appartenances, metadata, profils_cdap

FERMETURE = " SET jusqu_a = '2999-01-01T00:00:00.000000Z', clos_par = 'ACC2ADMN', clos_motif = 'Fin'"
REECRITURE = "a link is closed once and never rewritten"
LIENS = [nom for nom, table in metadata.tables.items() if table not in ETATS]


def executer(maison: Any, sql: str) -> int:
    """Run a statement as someone with the service's rights on the database could; how many rows it met."""
    with maison.engine.begin() as connexion:
        return int(connexion.execute(text(sql)).rowcount)


def refus(maison: Any, sql: str) -> str:
    """What the database says of a statement that it refuses, nothing if it lets it through; none of it stays."""
    with maison.engine.connect() as connexion:
        try:
            connexion.execute(text(sql))
        except IntegrityError as faute:
            return str(faute.orig)
    return ""


def test_aucun_lien_ne_se_supprime(pleine: Any) -> None:
    assert {refus(pleine, f"DELETE FROM {table}") for table in LIENS} == {"a link is never deleted"}


def test_aucune_colonne_d_un_lien_ne_se_recrit_pas_meme_en_le_fermant(pleine: Any) -> None:
    immuables = [
        f"UPDATE {table} SET {colonne.name} = 'autre'{fermeture}"
        for table in LIENS
        for colonne in metadata.tables[table].columns
        if colonne.name not in ("jusqu_a", "clos_par", "clos_motif")
        for fermeture in ("", FERMETURE.replace(" SET", ","))
    ]
    assert {refus(pleine, sql) for sql in immuables} == {REECRITURE}


def test_un_lien_se_ferme_une_fois_et_ne_se_rouvre_pas(pleine: Any) -> None:
    for table in LIENS:
        assert executer(pleine, f"UPDATE {table}{FERMETURE} WHERE jusqu_a IS NULL") >= 1
        for reecriture in (FERMETURE, " SET jusqu_a = NULL, clos_par = NULL", " SET clos_motif = 'Autre'"):
            assert refus(pleine, f"UPDATE {table}{reecriture}") == REECRITURE


def test_un_lien_ne_se_ferme_ni_avant_son_debut_ni_par_personne(pleine: Any) -> None:
    for table in LIENS:
        assert refus(pleine, f"UPDATE {table} SET jusqu_a = '1999-01-01T00:00:00.000000Z', clos_par = 'ACC2ADMN'")
        assert refus(pleine, f"UPDATE {table} SET jusqu_a = '2999-01-01T00:00:00.000000Z'")


def test_une_appartenance_fermee_dit_par_qui_pourquoi_et_quand(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB", motif="Prise de poste")
    prete.retirer(groupe, "ACC3MEMB")
    with prete.engine.connect() as connexion:
        appartenance = connexion.execute(select(appartenances)).one()
        profil = connexion.execute(select(profils_cdap)).one()
    assert (appartenance.par, appartenance.clos_par, appartenance.motif) == ("ACC2ADMN", "ACC2ADMN", "Prise de poste")
    assert appartenance.depuis < appartenance.jusqu_a == profil.jusqu_a


def test_les_instants_des_changements_suivent_l_ordre_des_versions(maison: Any) -> None:
    midi = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with maison.engine.begin() as connexion:
        version = Depots(connexion).version
        un_pas = timedelta(microseconds=1)
        assert version.avancer(midi) == (1, midi)
        assert version.avancer(midi - timedelta(seconds=1)) == (2, midi + un_pas)
        assert version.avancer(midi + timedelta(seconds=1)) == (3, midi + timedelta(seconds=1))
        assert version.lire() == 3


def test_les_tables_sont_celles_que_la_migration_a_faites(maison: Any) -> None:
    vues = {nom: {colonne.name for colonne in table.columns} for nom, table in metadata.tables.items()}
    base = inspect(maison.engine)
    assert {nom: {colonne["name"] for colonne in base.get_columns(nom)} for nom in vues} == vues
