"""What becomes of a batch: each fault has its verdict, and nothing is skipped in silence."""

from dataclasses import replace

import pytest

from audit.domain.accueil import Genre, Suite, trier
from audit.domain.chaine import AVANT_TOUT, ORIGINE, Tete

ANCIENNE = "a" * 64


def test_un_lot_juste_prend_ses_rangs(forge):
    tri = trier("cdap", AVANT_TOUT, forge.lot(forge.serie(3)), {0: ORIGINE}, ())
    assert [entree.recu.rang for entree in tri.entrees] == [1, 2, 3]
    assert (tri.alarmes, tri.suite) == ((), Suite.A_JOUR)


def test_un_doublon_de_meme_empreinte_est_un_succes(forge):
    recus = forge.serie(3)
    connues = {recu.rang: recu.empreinte for recu in recus[:2]}
    tri = trier("cdap", Tete(2, recus[1].empreinte), forge.lot(recus), connues, ())
    assert [entree.recu.rang for entree in tri.entrees] == [3]
    assert tri.suite is Suite.A_JOUR


def test_un_rang_connu_avec_une_autre_empreinte_est_une_fourche(forge):
    recus = forge.serie(3)
    tri = trier("cdap", Tete(2, ANCIENNE), forge.lot(recus, apres=1), {1: recus[0].empreinte, 2: ANCIENNE}, ())
    assert [(alarme.genre, alarme.rang, alarme.recu) for alarme in tri.alarmes] == [(Genre.FORK, 2, recus[1])]
    assert (tri.entrees, tri.suite) == ((), Suite.ARRETEE)


def test_une_fourche_dans_le_lot_lui_meme_est_vue(forge):
    premier, autre = forge.serie(1), forge.serie(1)
    tri = trier("cdap", AVANT_TOUT, forge.lot(premier + autre, tete=Tete(2, ANCIENNE)), {0: ORIGINE}, ())
    assert [entree.recu for entree in tri.entrees] == premier
    assert [alarme.genre for alarme in tri.alarmes] == [Genre.FORK]


def test_une_tete_de_meme_rang_et_d_autre_empreinte_est_une_fourche(forge):
    lot = forge.lot([], apres=2, tete=Tete(2, "b" * 64))
    assert [alarme.genre for alarme in trier("cdap", Tete(2, ANCIENNE), lot, {2: ANCIENNE}, ()).alarmes] == [Genre.FORK]


def test_une_source_revenue_en_arriere_est_un_recul(forge):
    tri = trier("cdap", Tete(2, ANCIENNE), forge.lot([], apres=2), {0: ORIGINE}, ())
    assert ([alarme.genre for alarme in tri.alarmes], tri.suite) == ([Genre.RECUL], Suite.ARRETEE)


def test_un_trou_se_redemande_et_ce_qui_precede_est_pris(forge):
    un, _, trois = forge.serie(3)
    tri = trier("cdap", AVANT_TOUT, forge.lot([un, trois]), {0: ORIGINE}, ())
    assert ([entree.recu.rang for entree in tri.entrees], tri.alarmes, tri.suite) == ([1], (), Suite.TROU)


@pytest.mark.parametrize(
    "faute",
    [{"corps": b"{}"}, {"empreinte": "c" * 64}, {"precedente": "d" * 64}, {"precedente": "zz"}, {"version": 2}],
)
def test_une_chaine_qui_ne_suit_pas_arrete_la_source(forge, faute):
    un, deux, trois = forge.serie(3)
    tri = trier("cdap", AVANT_TOUT, forge.lot([un, replace(deux, **faute), trois]), {0: ORIGINE}, ())
    assert [entree.recu.rang for entree in tri.entrees] == [1]
    assert ([(a.genre, a.rang) for a in tri.alarmes], tri.suite) == ([(Genre.CHAINE, 2)], Suite.ARRETEE)


def test_l_evenement_d_une_autre_source_est_mis_de_cote(forge):
    tri = trier("cdap", AVANT_TOUT, forge.lot(forge.chainer(forge.evenement("identity"))), {0: ORIGINE}, ())
    assert (tri.entrees, [alarme.genre for alarme in tri.alarmes], tri.suite) == ((), [Genre.SOURCE], Suite.ARRETEE)


def test_un_evenement_illisible_prend_son_rang_et_la_suite_aussi(forge):
    tri = trier("cdap", AVANT_TOUT, forge.lot(forge.chainer(b"?", forge.evenement())), {0: ORIGINE}, ())
    assert [entree.ecart for entree in tri.entrees] == [Genre.ILLISIBLE, None]
    assert ([(a.genre, a.rang) for a in tri.alarmes], tri.suite) == ([(Genre.ILLISIBLE, 1)], Suite.A_JOUR)


def test_un_identifiant_deja_pris_prend_son_rang_sans_remplacer_l_autre(forge):
    corps = forge.evenement(id="0192f3a0-7b1c-7000-8000-000000000001")
    tri = trier("cdap", AVANT_TOUT, forge.lot(forge.chainer(corps, corps)), {0: ORIGINE}, ())
    assert [entree.ecart for entree in tri.entrees] == [None, Genre.DOUBLE]
    assert tri.suite is Suite.A_JOUR
