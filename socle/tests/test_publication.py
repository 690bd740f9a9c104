"""What has a rank is published in order, and counts as published only once the broker has confirmed it."""

import threading

import pytest
from sqlalchemy import insert

from socle import publication
from socle.acces import Acces
from socle.courtier import CourtierIndisponible
from socle.outbox import ranger, ranges
from socle.publication import publier

ACCES = Acces(acte="essai")


class Courtier:
    """A broker that takes everything, unless it is away."""

    def __init__(self):
        self.recus = []
        self.absent = False

    def publier(self, lot):
        if self.absent:
            raise CourtierIndisponible("absent")
        self.recus.extend(lot)


@pytest.fixture
def base(engine):
    publication.metadata.create_all(engine)
    with engine.begin() as connexion:
        connexion.execute(insert(publication.publication).values(id=1, rang=0))
    return engine


def laisser(travail, engine, nombre):
    for _ in range(nombre):
        with travail.acte("cdap.rubrique.lue", ACCES):
            pass
    ranger(engine)


def rangs(courtier):
    return [message.entetes["rang"] for message in courtier.recus]


def test_tout_part_une_fois_dans_l_ordre_avec_sa_place_dans_la_chaine(travail, base):
    courtier = Courtier()
    laisser(travail, base, 7)
    assert [publier(base, "cdap", courtier, limite=3) for _ in range(4)] == [3, 3, 1, 0]
    assert rangs(courtier) == list(range(1, 8))
    for message, range_ in zip(courtier.recus, ranges(base, 0, 10), strict=True):
        assert message.corps == range_.corps.encode() and message.cle == "cdap.rubrique.lue"
        assert message.entetes == {
            "source": "cdap", "rang": range_.rang, "version": 1,
            "precedente": range_.precedente, "empreinte": range_.empreinte,
        }  # fmt: skip


def test_ce_que_le_courtier_n_a_pas_pris_lui_est_presente_de_nouveau(travail, base):
    courtier = Courtier()
    courtier.absent = True
    laisser(travail, base, 2)
    with pytest.raises(CourtierIndisponible):
        publier(base, "cdap", courtier)
    courtier.absent = False
    laisser(travail, base, 1)
    assert publier(base, "cdap", courtier) == 3
    assert rangs(courtier) == [1, 2, 3]


def test_ce_qui_n_a_pas_de_rang_ne_part_pas(travail, base):
    with travail.acte("cdap.rubrique.lue", ACCES):
        pass
    assert publier(base, "cdap", Courtier()) == 0


def test_deux_relais_a_la_fois_n_omettent_rien(travail, base):
    laisser(travail, base, 40)
    courtiers = [Courtier(), Courtier()]

    def tout(courtier):
        while publier(base, "cdap", courtier, limite=4):
            pass

    fils = [threading.Thread(target=tout, args=(courtier,)) for courtier in courtiers]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert {rang for courtier in courtiers for rang in rangs(courtier)} == set(range(1, 41))
