"""The purge: what is older than 12 months goes; chain and verifier go on; a forged or early point is found."""

import json
import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from test_verificateur import VERIFIER

from audit.adapters.depots import DepotsSql
from audit.adapters.export import lignes
from audit.adapters.purge import chaque_jour, purger
from audit.adapters.tables import journal, points
from audit.adapters.temoins import TemoinsFichiers
from audit.domain.chaine import Tete
from audit.domain.purge import Purge
from audit.usecases.accueillir import accueillir
from audit.usecases.purger import effacer, poser_le_point
from audit.usecases.reprendre import reprendre
from audit.usecases.temoigner import temoigner
from socle.acces import Acces
from socle.outbox import ranger, ranges
from socle.refus import VoisinIndisponible
from socle.travail import Travail

MAINTENANT = datetime.now(UTC)
AN = timedelta(days=365)
IL_Y_A = {rang: MAINTENANT - timedelta(days=jours) for rang, jours in ((4, 400), (8, 370), (10, 300))}


class Docile:
    """A source that lets go of what it is told to."""

    def __init__(self, absente=False):
        self.demandes, self.absente = [], absente

    def purger(self, jusqu_a):
        if self.absente:
            raise VoisinIndisponible("cdap_injoignable")
        self.demandes.append(jusqu_a)
        return 5


@pytest.fixture
def temoins(tmp_path):
    return tmp_path / "temoins"


@pytest.fixture
def serie(forge):
    return forge.serie(12)


@pytest.fixture
def ancien(registre, forge, temoins, serie):
    """Twelve entries; heads witnessed at ranks 4, 8 and 10, 400, 370 and 300 days ago."""
    fichiers, debut = TemoinsFichiers(temoins), 0
    for rang, quand in IL_Y_A.items():
        accueillir(registre, "cdap", forge.lot(serie[debut:rang], debut))
        temoigner(registre, fichiers, ["cdap"], quand)
        debut = rang
    accueillir(registre, "cdap", forge.lot(serie[debut:], debut))
    return registre


@pytest.fixture
def purge(engine, ancien, temoins):
    """Run one purge; its reports."""

    def faire(source=None, avant=MAINTENANT - AN):
        travail = Travail(engine, "audit", DepotsSql)
        sources = {"cdap": source or Docile()}
        return list(purger(travail, ancien, TemoinsFichiers(temoins), sources, avant, Acces(acte="purger")))

    return faire


@pytest.fixture
def verdict(tmp_path, temoins):
    def faire(octets, *mots):
        fichier = tmp_path / "export.ndjson"
        fichier.write_bytes(octets)
        rendu = subprocess.run(
            [sys.executable, "-I", "-S", VERIFIER, fichier, "--temoins", temoins, *mots], capture_output=True, text=True
        )
        return rendu.returncode, rendu.stdout.splitlines()[1:]

    return faire


def _rangs(engine):
    with engine.connect().execution_options(lecture=True) as connexion:
        return list(connexion.execute(select(journal.c.rang).order_by(journal.c.rang)).scalars())


def test_la_purge_va_jusqu_au_dernier_temoin_assez_vieux_ici_et_dans_la_source(engine, purge):
    source = Docile()
    (rapport,) = purge(source)
    assert (rapport.source, rapport.rang, rapport.entrees, rapport.evenements) == ("cdap", 8, 8, 5)
    assert _rangs(engine) == [9, 10, 11, 12]
    assert source.demandes == [8]
    ranger(engine)
    dits = [json.loads(recu.corps) for recu in ranges(engine, 0, 10)]
    assert [(dit["type"], dit["data"]["objet"], dit["data"]["issue"]) for dit in dits] == [
        ("audit.journal.purge", "cdap:8", "accorde")
    ]


def test_une_purge_refaite_ne_fait_rien_de_plus_et_redemande_a_la_source_absente(engine, purge):
    (rapport,) = purge(Docile(absente=True))
    assert rapport.evenements is None
    source = Docile()
    (rapport,) = purge(source)
    assert (rapport.entrees, source.demandes, _rangs(engine)) == (0, [8], [9, 10, 11, 12])
    ranger(engine)
    assert len(ranges(engine, 0, 10)) == 1


def test_apres_la_purge_la_chaine_continue_et_le_verificateur_le_sait(engine, ancien, purge, serie, forge, verdict):
    purge()
    assert reprendre(ancien, "cdap") == 12
    suite = forge.chainer(forge.evenement(minute=12), depuis=Tete(12, serie[-1].empreinte))
    assert accueillir(ancien, "cdap", forge.lot(suite, 12)).nouvelles == 1
    code, dit = verdict(b"".join(lignes(engine)))
    assert (code, dit[0]) == (0, "cdap : purgé jusqu’au rang 8, qu’un témoin a vu.")


def test_une_source_toute_purgee_garde_sa_tete(engine, ancien, purge, serie, forge, temoins):
    temoigner(ancien, TemoinsFichiers(temoins), ["cdap"], MAINTENANT - timedelta(days=1))
    purge(avant=MAINTENANT)
    assert _rangs(engine) == []
    assert reprendre(ancien, "cdap") == 12
    suite = forge.chainer(forge.evenement(), depuis=Tete(12, serie[-1].empreinte))
    assert accueillir(ancien, "cdap", forge.lot(suite, 12, Tete(13, suite[0].empreinte))).nouvelles == 1


def test_un_journal_que_le_temoin_contredit_n_est_pas_purge_et_c_est_dit(engine, purge, temoins, serie, caplog):
    for fichier in temoins.iterdir():
        fichier.write_text(fichier.read_text().replace(serie[7].empreinte, "f" * 64))
    with caplog.at_level(logging.ERROR):
        assert purge() == []
    assert [(x.source, x.cause) for x in caplog.records] == [("cdap", "temoin_contredit")]
    assert len(_rangs(engine)) == 12
    ranger(engine)
    assert json.loads(ranges(engine, 0, 1)[0].corps)["data"]["cause"] == "temoin_contredit"


def test_coupee_en_chemin_la_purge_reprend_et_rien_de_parti_n_est_exporte_entre_temps(engine, ancien, purge, verdict):
    with ancien.lecture() as depots:
        point = Tete(8, depots.journal.empreintes("cdap", [8])[8])
    poser_le_point(Travail(engine, "audit", DepotsSql), Acces(acte="purger"), Purge("cdap", point))
    assert len(_rangs(engine)) == 12
    assert [json.loads(x)["rang"] for x in list(lignes(engine))[1:]] == [9, 10, 11, 12]
    assert verdict(b"".join(lignes(engine)))[0] == 0
    assert effacer(ancien, "cdap", par_lot=3) == 8


@pytest.mark.parametrize(
    "ordre",
    [
        "DELETE FROM journal WHERE rang = 9",
        "DELETE FROM points",
        "UPDATE points SET rang = 12",
        "INSERT INTO points SELECT source, 3, empreinte, a FROM points",
        "INSERT INTO journal SELECT source, 5, version, precedente, empreinte, corps, illisible, recu_a, "
        "'x', type, instant, service, acte, issue, cause, sujet, session, partenaire, caf, groupe, profil, organisme, "
        "numero_allocataire, rubrique, objet, adresse FROM journal WHERE rang = 9",
    ],
)
def test_la_base_ne_laisse_partir_que_ce_qui_est_derriere_le_point(engine, purge, ordre):
    purge()
    with pytest.raises(IntegrityError), engine.begin() as connexion:
        connexion.execute(text(ordre))


def _point(export, **champs):
    entrees = [json.loads(ligne) for ligne in export]
    entrees[0]["point"] |= champs
    return "".join(json.dumps(entree) + "\n" for entree in entrees).encode()


def test_un_point_forge_est_trouve_grace_aux_temoins(engine, purge, verdict, serie):
    purge()
    export = list(lignes(engine))
    assert verdict(_point(export, empreinte="f" * 64))[1] == [
        "cdap, rang 8 : témoin contredit",
        "cdap, rang 9 : chaîne rompue",
    ]
    # The entries 9 and 10 are hidden behind a point with the true print of a rank that no witness saw so long ago.
    sans = b"".join(x for x in export[1:] if json.loads(x).get("rang", 99) > 10)
    plus_loin = json.dumps({"point": {"source": "cdap", "rang": 10, "empreinte": serie[9].empreinte}}).encode() + b"\n"
    assert verdict(plus_loin + sans) == (1, ["cdap, rang 10 : purge avant l’âge"])
    sans = b"".join(x for x in export[1:] if json.loads(x).get("rang", 99) > 9)
    invente = json.dumps({"point": {"source": "cdap", "rang": 9, "empreinte": serie[8].empreinte}}).encode() + b"\n"
    assert verdict(invente + sans) == (1, ["cdap, rang 9 : purge sans témoin"])


def test_un_point_efface_ou_en_double_est_une_faute(engine, purge, verdict):
    purge()
    export = list(lignes(engine))
    assert verdict(b"".join(export[1:]))[1] == ["cdap, rangs 1 à 8 : entrée manquante"]
    assert verdict(b"".join([*export[:2], export[0], *export[2:]]))[0] == 1


def test_une_conservation_plus_courte_doit_etre_dite_au_verificateur(engine, purge, verdict):
    purge(avant=MAINTENANT - timedelta(days=200))
    assert verdict(b"".join(lignes(engine)))[1] == ["cdap, rang 10 : purge avant l’âge"]
    assert verdict(b"".join(lignes(engine)), "--conservation", "180")[0] == 0


def test_les_points_restent(engine, purge):
    purge(avant=MAINTENANT - timedelta(days=390))
    purge()
    with engine.connect().execution_options(lecture=True) as connexion:
        assert list(connexion.execute(select(points.c.rang).order_by(points.c.rang)).scalars()) == [4, 8]
    assert [json.loads(x)["point"]["rang"] for x in list(lignes(engine))[:1]] == [8]


def test_la_corvee_est_refaite_apres_un_echec():
    arret, appels = threading.Event(), []

    def echouer():
        appels.append(1)
        if len(appels) == 3:
            arret.set()
        raise OSError

    chaque_jour(arret, echouer, premiere_s=0.0, chaque_s=0.0).join(5)
    assert len(appels) == 3
