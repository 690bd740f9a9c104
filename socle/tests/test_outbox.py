"""Ranks without a gap, prints that chain, whoever ranks."""

import hashlib
import threading

from sqlalchemy import select, text

from socle.acces import Acces
from socle.outbox import ORIGINE, en_attente_depuis, lire_tete, outbox, ranger, ranges
from socle.relais import chaque, tourner
from socle.veille import Veille

ACTE = "cdap.rubrique.lue"
ACCES = Acces(acte="essai")


def laisser(travail, nombre):
    for _ in range(nombre):
        with travail.acte(ACTE, ACCES):
            pass


def exiger_une_chaine(engine, nombre):
    rangs = ranges(engine, 0, nombre + 10)
    assert [evenement.rang for evenement in rangs] == list(range(1, nombre + 1))
    precedente = ORIGINE
    for evenement in rangs:
        attendue = hashlib.sha256(bytes.fromhex(precedente) + evenement.corps.encode()).hexdigest()
        assert (evenement.precedente, evenement.empreinte) == (precedente, attendue)
        precedente = attendue
    assert lire_tete(engine) == (nombre, precedente)


def test_les_rangs_se_suivent_et_les_empreintes_s_enchainent(travail, engine):
    laisser(travail, 7)
    assert ranger(engine, limite=3) == 3
    laisser(travail, 2)
    while ranger(engine, limite=3):
        pass
    exiger_une_chaine(engine, 9)


def test_rien_n_est_montre_avant_d_avoir_un_rang(travail, engine):
    laisser(travail, 1)
    assert ranges(engine, 0, 10) == []
    assert en_attente_depuis(engine) is not None
    ranger(engine)
    assert en_attente_depuis(engine) is None


def test_deux_relais_a_la_fois_ne_font_pas_deux_chaines(travail, engine):
    arret = threading.Event()
    relais = [threading.Thread(target=tourner, args=(engine, arret), kwargs={"balayage_s": 0.05}) for _ in range(2)]
    for fil in relais:
        fil.start()
    ecrivains = [threading.Thread(target=laisser, args=(travail, 25)) for _ in range(4)]
    for fil in ecrivains:
        fil.start()
    for fil in ecrivains:
        fil.join()
    veille = Veille(engine)
    for _ in range(1_000):
        if en_attente_depuis(engine) is None:
            break
        veille.attendre(0.1)
    veille.fermer()
    arret.set()
    for fil in relais:
        fil.join()
    exiger_une_chaine(engine, 100)


def test_le_relais_survit_a_une_base_qui_s_absente(travail, engine):
    laisser(travail, 1)
    with engine.begin() as connexion:
        connexion.execute(text("ALTER TABLE outbox_tete RENAME TO ailleurs"))
    arret = threading.Event()
    relais = threading.Thread(target=tourner, args=(engine, arret), kwargs={"balayage_s": 0.05})
    relais.start()
    arret.wait(0.2)
    with engine.begin() as connexion:
        connexion.execute(text("ALTER TABLE ailleurs RENAME TO outbox_tete"))
    for _ in range(1_000):
        if en_attente_depuis(engine) is None:
            break
        arret.wait(0.05)
    arret.set()
    relais.join()
    exiger_une_chaine(engine, 1)


def test_les_octets_ranges_sont_ceux_de_l_acte(travail, engine):
    laisser(travail, 1)
    with engine.connect() as connexion:
        avant = connexion.execute(select(outbox.c.corps)).scalar_one()
    ranger(engine)
    assert ranges(engine, 0, 1)[0].corps.encode() == avant


def test_une_corvee_qui_traine_ou_qui_echoue_ne_retarde_pas_le_rangement(travail, engine):
    arret, trainee = threading.Event(), threading.Event()

    def trainer():
        trainee.wait(60)

    def echouer():
        raise ValueError

    relais = threading.Thread(target=tourner, args=(engine, arret, [trainer, echouer]), kwargs={"balayage_s": 0.05})
    relais.start()
    laisser(travail, 1)
    for _ in range(1_000):
        if en_attente_depuis(engine) is None:
            break
        arret.wait(0.02)
    exiger_une_chaine(engine, 1)
    trainee.set()
    arret.set()
    relais.join(30)
    assert not relais.is_alive()


def test_une_corvee_peut_ne_pas_suivre_chaque_validation():
    faites = []
    rare, frequente = chaque(60, lambda: faites.append("rare")), chaque(0, lambda: faites.append("frequente"))
    for _ in range(3):
        rare()
        frequente()
    assert faites == ["rare", "frequente", "frequente", "frequente"]
