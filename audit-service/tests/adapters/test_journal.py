"""The journal on disk: taken in whole, never changed; what does not fit is kept aside."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from audit.adapters.tables import alarmes, journal
from audit.domain.accueil import Suite
from audit.domain.chaine import Tete
from audit.usecases.accueillir import accueillir
from audit.usecases.reprendre import reprendre


def _lignes(engine, table):
    with engine.connect().execution_options(lecture=True) as connexion:
        return connexion.execute(select(table).order_by(*table.primary_key)).all()


def test_les_octets_sont_gardes_tels_quels_avec_leur_chaine(engine, registre, forge):
    recus = forge.serie(3)
    assert accueillir(registre, "cdap", forge.lot(recus)).nouvelles == 3
    lues = _lignes(engine, journal)
    assert [(x.rang, x.version, x.precedente, x.empreinte, x.corps) for x in lues] == [
        (r.rang, r.version, r.precedente, r.empreinte, r.corps) for r in recus
    ]
    assert reprendre(registre, "cdap") == 3
    assert reprendre(registre, "identity") == 0


def test_le_meme_lot_deux_fois_n_entre_qu_une_fois(engine, registre, forge):
    lot = forge.lot(forge.serie(600))
    assert [accueillir(registre, "cdap", lot).nouvelles for _ in range(2)] == [600, 0]
    assert len(_lignes(engine, journal)) == 600


def test_une_fourche_est_gardee_a_part_et_la_source_n_avance_plus_avant_qu_on_ait_regarde(engine, registre, forge):
    recus, autres = forge.serie(2), forge.serie(2)
    accueillir(registre, "cdap", forge.lot(recus))
    assert accueillir(registre, "cdap", forge.lot(autres[1:], 1, Tete(3, "e" * 64))).suite is Suite.ARRETEE
    (alarme,) = _lignes(engine, alarmes)
    assert (alarme.genre, alarme.rang, alarme.empreinte, alarme.corps) == (
        "fork",
        2,
        autres[1].empreinte,
        autres[1].corps,
    )
    suite = forge.chainer(forge.evenement(), depuis=Tete(2, recus[1].empreinte))
    assert accueillir(registre, "cdap", forge.lot(suite, 2)).nouvelles == 0
    assert reprendre(registre, "cdap") is None
    assert accueillir(registre, "identity", forge.lot(forge.serie(1, "identity"))).nouvelles == 1

    with registre.ecriture() as depots:
        assert depots.alarmes.lever(alarme.id)
    assert accueillir(registre, "cdap", forge.lot(suite, 2)).nouvelles == 1
    assert len(_lignes(engine, journal)) == 4


def test_le_debut_juste_d_un_lot_entre_avec_l_alarme_dans_la_meme_transaction(engine, registre, forge, caplog):
    un, deux = forge.serie(2)
    with caplog.at_level(logging.ERROR):
        accueillir(registre, "cdap", forge.lot([un, replace(deux, corps=b"un secret")]))
    assert [ligne.rang for ligne in _lignes(engine, journal)] == [1]
    assert [(alarme.genre, alarme.corps) for alarme in _lignes(engine, alarmes)] == [("chaine", b"un secret")]
    (dit,) = caplog.records
    assert (dit.source, dit.rang, dit.cause) == ("cdap", 2, "chaine")
    assert "secret" not in caplog.text


def test_un_evenement_illisible_prend_son_rang_et_reste_hors_des_recherches(engine, registre, forge):
    accueillir(registre, "cdap", forge.lot(forge.chainer(b"\x00\xff?", forge.evenement(sujet="x" * 999))))
    lues = _lignes(engine, journal)
    assert [(ligne.illisible, ligne.id, ligne.sujet) for ligne in lues] == [(True, None, None)] * 2
    assert [alarme.genre for alarme in _lignes(engine, alarmes)] == ["illisible"] * 2
    assert reprendre(registre, "cdap") == 2


def test_l_identifiant_d_une_autre_source_ne_remplace_rien(engine, registre, forge):
    id = "0192f3a0-7b1c-7000-8000-000000000001"
    for source in ("identity", "cdap"):
        accueillir(registre, source, forge.lot(forge.chainer(forge.evenement(source, id=id))))
    assert [(x.source, x.id) for x in _lignes(engine, journal)] == [("cdap", None), ("identity", id)]


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE journal SET sujet = 'x'",
        "UPDATE journal SET corps = x'00' WHERE rang = 2",
        "DELETE FROM journal WHERE rang = 3",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE rang = 1",
        "REPLACE INTO journal (source, rang, version, precedente, empreinte, corps, illisible, recu_a, id) "
        "SELECT 'autre', 1, 1, '', '', x'00', 0, 0, id FROM journal WHERE rang = 1",
        "DELETE FROM alarmes",
        "UPDATE alarmes SET corps = NULL",
        "UPDATE alarmes SET levee_a = 1, genre = 'fork'",
    ],
)
def test_la_base_refuse_tout_changement_du_journal_et_des_alarmes(engine, registre, forge, ordre):
    trois, quatre = forge.serie(3), forge.serie(4)[3]
    accueillir(registre, "cdap", forge.lot([*trois, quatre]))
    with pytest.raises(IntegrityError), engine.begin() as connexion:
        connexion.execute(text(ordre))
    assert [ligne.corps for ligne in _lignes(engine, journal)] == [recu.corps for recu in trois]
    assert [alarme.corps for alarme in _lignes(engine, alarmes)] == [quatre.corps]
