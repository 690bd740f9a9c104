"""What a source lets go, and how it goes on after it was restored from a copy."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from socle.acces import Acces
from socle.lignee import TYPE, LigneeImpossible, Reprise, ouvrir_lignee
from socle.outbox import empreinte, lire_tete, outbox, point, purger, ranger, ranges
from socle.routes.journal import lire, purger_jusqu_a

A = datetime(2026, 3, 2, 9, tzinfo=UTC)
AILLEURS = "e" * 64


@pytest.fixture
def laisser(travail, engine):
    """So many acts, ranked or not; their ids."""

    def faire(nombre, rangs=True):
        ids = []
        for _ in range(nombre):
            with travail.acte("cdap.rubrique.lue", Acces(acte="essai")) as acte:
                ids.append(acte.recu)
        if rangs:
            ranger(engine)
        return ids

    return faire


def _ids(engine, apres=0):
    return [json.loads(range_.corps)["id"] for range_ in ranges(engine, apres, 100)]


def _exiger_une_chaine(engine, depuis):
    precedente = None
    for attendu, lu in enumerate(ranges(engine, depuis - 1, 100), start=depuis):
        assert lu.rang == attendu
        assert lu.empreinte == empreinte(lu.precedente, lu.corps.encode())
        assert precedente in (None, lu.precedente)
        precedente = lu.empreinte
    assert lire_tete(engine)[1] == precedente


def test_la_purge_garde_ce_qui_est_jeune_et_ce_qu_audit_n_a_pas(engine, laisser):
    ids = laisser(6)
    avant = datetime.now(UTC).timestamp() + 1
    assert purger(engine, 4, avant=0.0) == 0
    assert purger(engine, 2, avant) == 2
    assert purger(engine, 4, avant, par_lot=1) == 2
    assert _ids(engine) == ids[4:]
    assert point(engine)[0] == 4
    laisser(1)
    _exiger_une_chaine(engine, 5)


def test_une_source_videe_par_la_purge_continue_sa_chaine(engine, laisser):
    laisser(3)
    tete = lire_tete(engine)
    assert purger(engine, 10**6, datetime.now(UTC).timestamp() + 1) == 3
    assert point(engine) == tete
    laisser(1)
    assert ranges(engine, 0, 10)[0].precedente == tete[1]


def test_un_evenement_sans_rang_ne_part_jamais(engine, laisser):
    laisser(2, rangs=False)
    assert purger(engine, 10**6, datetime.now(UTC).timestamp() + 1) == 0


def test_le_journal_dit_son_point_a_qui_demande_ce_qui_est_parti_et_la_purge_obeit_a_son_age(engine, laisser):
    laisser(3)
    assert "point" not in lire(0, engine, "cdap")
    assert purger_jusqu_a({"jusqu_a": 2}, engine, conservation_s=3600.0) == {"purges": 0}
    assert purger_jusqu_a({"jusqu_a": 2}, engine, conservation_s=-1.0) == {"purges": 2}
    assert lire(0, engine, "cdap")["point"]["rang"] == 2
    assert "point" not in lire(2, engine, "cdap")


def test_une_lignee_reprend_a_la_tete_connue_et_redonne_un_rang_a_ce_qu_audit_n_a_pas(engine, laisser):
    ids = laisser(5) + laisser(1, rangs=False)
    assert ouvrir_lignee(engine, "cdap", Reprise(9, AILLEURS, 3), A) == 2
    ranger(engine)
    assert [lu.rang for lu in ranges(engine, 0, 100)] == [1, 2, 3, 10, 11, 12, 13]
    ouverture, *suite = ranges(engine, 9, 100)
    dit = json.loads(ouverture.corps)
    assert (dit["type"], dit["source"], dit["data"]["objet"]) == (TYPE, "cdap", f"9:{AILLEURS}:3")
    assert ouverture.precedente == AILLEURS
    assert [json.loads(lu.corps)["id"] for lu in suite] == ids[3:]
    _exiger_une_chaine(engine, 10)


def test_une_lignee_est_possible_sur_une_source_vide_ou_purgee(engine, laisser):
    ouvrir_lignee(engine, "cdap", Reprise(4, AILLEURS, 0), A)
    laisser(1)
    assert [lu.rang for lu in ranges(engine, 0, 100)] == [5, 6]
    purger(engine, 5, datetime.now(UTC).timestamp() + 1)
    ouvrir_lignee(engine, "cdap", Reprise(8, AILLEURS, 5), A)
    ranger(engine)
    assert [lu.rang for lu in ranges(engine, 0, 100)] == [9, 10]


def test_une_lignee_qui_ne_tient_pas_est_refusee_et_ne_change_rien(engine, laisser):
    laisser(3)
    rang, tete = lire_tete(engine)
    for reprise, mot in ((Reprise(rang, tete, 3), "déjà"), (Reprise(9, AILLEURS, 8), "commun")):
        with pytest.raises(LigneeImpossible, match=mot):
            ouvrir_lignee(engine, "cdap", reprise, A)
    assert lire_tete(engine) == (rang, tete)
    with engine.connect() as connexion:
        assert len(connexion.execute(select(outbox.c.rang)).all()) == 3


@pytest.mark.parametrize("texte", ["", "3", "3:abc:2", f"3:{AILLEURS}", f"3:{AILLEURS}:4", f"-3:{AILLEURS}:1"])
def test_une_lignee_s_ecrit_comme_audit_la_donne(texte):
    with pytest.raises(LigneeImpossible):
        Reprise.lire(texte)
    assert str(Reprise.lire(f"3:{AILLEURS}:2")) == f"3:{AILLEURS}:2"
