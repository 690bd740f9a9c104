"""The lease: one relay at a time; who was stopped for longer than it lasts writes nothing of what it had claimed."""

import time

import pytest
from sqlalchemy import select, update

from socle import bail as baux
from socle import publication
from socle.acces import Acces
from socle.bail import Bail, BailPerdu
from socle.outbox import lire_tete, ranger, ranges
from socle.publication import publier
from socle.relais import avec

LONG_S, ECHU_S = 3_600.0, -1.0


@pytest.fixture
def relais(engine):
    """Relays of the same service; all are let go of at the end."""
    faits = []

    def un_relais(duree_s=LONG_S):
        faits.append(Bail(engine, duree_s))
        return faits[-1]

    yield un_relais
    for fait in faits:
        fait.rendre()


@pytest.fixture
def publiee(engine):
    publication.metadata.create_all(engine)
    with engine.begin() as connexion:
        connexion.execute(publication.publication.insert().values(id=1, rang=0))
    return engine


def laisser(travail, nombre):
    for _ in range(nombre):
        with travail.acte("cdap.rubrique.lue", Acces(acte="essai")):
            pass


def porteur(engine):
    with engine.connect() as connexion:
        return connexion.execute(select(baux.bail.c.porteur, baux.bail.c.jusqu_a)).one()


class Courtier:
    """A broker; `pendant` is done while it takes the batch."""

    def __init__(self, pendant=lambda: None):
        self.recus, self._pendant = [], pendant

    def publier(self, lot):
        self._pendant()
        self.recus.extend(lot)


def test_un_seul_tient_le_bail_et_le_second_n_ecrit_rien(engine, relais):
    premier, second = relais(), relais()
    assert premier.prendre() and premier.prendre()
    avant = porteur(engine)
    assert not second.prendre() and not second.prendre()
    assert porteur(engine) == avant


def test_celui_qui_s_arrete_dans_l_ordre_ne_fait_pas_attendre(relais):
    premier, second = relais(), relais()
    assert premier.prendre() and not second.prendre()
    premier.rendre()
    assert second.prendre()


def test_a_un_mort_on_succede_sans_attendre_la_fin_de_son_bail(engine, relais):
    mort, second = relais(), relais()
    assert mort.prendre()
    mort._presence.fermer()  # what the system does for whoever dies; the server takes a moment
    fin = time.monotonic() + 30
    while not second.prendre():
        assert time.monotonic() < fin
        time.sleep(0.05)
    with pytest.raises(BailPerdu), engine.begin() as connexion:
        mort.renouveler(connexion)


def test_celui_dont_le_bail_est_echu_le_garde_tant_que_nul_ne_l_a_pris(engine, relais):
    seul = relais(ECHU_S)
    assert seul.prendre()
    with engine.begin() as connexion:
        seul.renouveler(connexion)


def test_arrete_trop_longtemps_il_ne_range_rien(travail, engine, relais):
    arrete, second = relais(ECHU_S), relais()
    laisser(travail, 3)
    assert arrete.prendre()
    assert second.prendre() and ranger(engine, 2, second) == 2
    with pytest.raises(BailPerdu):
        ranger(engine, 10, arrete)
    assert (lire_tete(engine)[0], len(ranges(engine, 0, 10))) == (2, 2)
    assert not arrete.prendre(), "he knows it, and waits"
    assert ranger(engine, 10, second) == 1


def test_arrete_pendant_qu_il_publie_il_ne_note_rien(travail, publiee, relais):
    arrete, second = relais(ECHU_S), relais()
    laisser(travail, 4)
    ranger(publiee)
    assert arrete.prendre()

    def un_autre_publie():
        assert second.prendre() and publier(publiee, "cdap", Courtier(), 3, second) == 3

    with pytest.raises(BailPerdu):
        publier(publiee, "cdap", Courtier(un_autre_publie), 1, arrete)
    with publiee.connect() as connexion:
        assert connexion.execute(select(publication.publication.c.rang)).scalar_one() == 3


def test_sans_bail_meme_deux_relais_ne_font_pas_deux_chaines(travail, engine, relais):
    """A relay of before the lease, beside one of after."""
    neuf = relais()
    laisser(travail, 5)
    assert neuf.prendre() and ranger(engine, 2) == 2
    assert ranger(engine, 10, neuf) == 3
    assert [lu.rang for lu in ranges(engine, 0, 10)] == [1, 2, 3, 4, 5]


def test_qui_n_a_pas_le_bail_ne_travaille_pas(relais):
    premier, second, lots = relais(), relais(), []
    assert premier.prendre()
    avec(second, lambda: lots.append(1) or 0)()
    assert lots == []
    avec(premier, lambda: lots.append(1) or 0)()
    assert lots == [1]


def test_un_bail_perdu_n_est_pas_une_faute(engine, relais):
    arrete, second = relais(ECHU_S), relais()
    assert arrete.prendre() and second.prendre()

    def lot():
        with engine.begin() as connexion:
            arrete.renouveler(connexion)
        return 1

    avec(arrete, lot)()


def test_l_heure_est_celle_de_la_base(engine, relais):
    """A row whose end is an hour away by the database's clock is held, whatever the clock of this process says."""
    premier = relais()
    assert premier.prendre()
    jusqu_a = porteur(engine).jusqu_a
    with engine.begin() as connexion:
        maintenant = connexion.execute(select(baux._horloge())).scalar_one()
        assert 0 < jusqu_a - float(maintenant) <= LONG_S
        connexion.execute(update(baux.bail).values(jusqu_a=float(maintenant) - 1))
    assert relais().prendre()
