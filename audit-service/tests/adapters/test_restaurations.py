"""An old copy is put back, of a source or of audit itself: found and named, then gone on from, with what was lost said.

The sources are real outboxes on disk, ranked by socle, read as `GET /journal` gives them.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from test_verificateur import VERIFIER

from audit.adapters.depots import RegistreSql
from audit.adapters.export import lignes
from audit.adapters.sources import SourceHttp
from audit.adapters.tables import alarmes, journal
from audit.adapters.temoins import TemoinsFichiers
from audit.main import MIGRATIONS
from audit.usecases.accueillir import accueillir
from audit.usecases.reprendre import reprendre
from audit.usecases.situer_lignee import situer_lignee
from audit.usecases.temoigner import temoigner
from socle.acces import Acces
from socle.database import ouvrir
from socle.lignee import Reprise, ouvrir_lignee
from socle.migrations import migrer
from socle.outbox import ranger
from socle.routes.journal import lire
from socle.travail import Travail


class Base:
    """A service's database: its outbox on disk, which can be copied and put back."""

    def __init__(self, chemin, nom):
        self.nom, self._chemin = nom, chemin
        self.engine = ouvrir(f"sqlite:///{chemin}", creer=True)
        migrer(self.engine, MIGRATIONS)
        self.source = SourceHttp(nom, self)

    def demander(self, chemin, *, parametres, **_):
        assert chemin == "/journal"
        return lire(parametres["apres"], self.engine, self.nom, parametres["limite"])

    def agir(self, combien):
        for _ in range(combien):
            with Travail(self.engine, self.nom, lambda _: None).acte("cdap.rubrique.lue", Acces(acte="essai")):
                pass
        ranger(self.engine)

    def copier(self):
        copie = self._chemin.with_suffix(".copie")
        with sqlite3.connect(self._chemin) as ici, sqlite3.connect(copie) as la:
            ici.backup(la)
        return copie

    def restaurer(self, copie):
        self.engine.dispose()
        for suite in ("", "-wal", "-shm"):
            self._chemin.with_name(self._chemin.name + suite).unlink(missing_ok=True)
        shutil.copy(copie, self._chemin)
        self.engine = ouvrir(f"sqlite:///{self._chemin}")


class Monde:
    """audit, one other source, and the witnesses."""

    def __init__(self, dossier):
        self.audit, self.cdap = Base(dossier / "audit.sqlite", "audit"), Base(dossier / "cdap.sqlite", "cdap")
        self.dossier = dossier / "temoins"
        self._export = dossier / "export.ndjson"

    @property
    def registre(self):
        return RegistreSql(self.audit.engine)

    def temoins(self):
        return TemoinsFichiers(self.dossier)

    def recueillir(self):
        """Each source until it gives nothing new; how many entries came."""
        nouvelles = 0
        for base in (self.cdap, self.audit):
            while (apres := reprendre(self.registre, base.nom)) is not None:
                recu = accueillir(self.registre, base.nom, base.source.demander(apres, 500, 0))
                nouvelles += recu.nouvelles
                if not recu.nouvelles:
                    break
        return nouvelles

    def temoigner(self):
        temoigner(self.registre, self.temoins(), ("cdap", "audit"), datetime.now(UTC))

    def alarmes(self):
        with self.audit.engine.connect().execution_options(lecture=True) as connexion:
            requete = select(alarmes.c.source, alarmes.c.genre).where(alarmes.c.levee_a.is_(None))
            return [tuple(ligne) for ligne in connexion.execute(requete)]

    def lever(self):
        with self.registre.ecriture() as depots:
            for alarme in depots.alarmes.ouvertes():
                depots.alarmes.lever(alarme.id)

    def situer(self, base):
        return situer_lignee(self.registre, self.temoins(), base.source)

    def reprendre(self, base):
        ouvrir_lignee(base.engine, base.nom, Reprise.lire(str(self.situer(base))), datetime.now(UTC))
        ranger(base.engine)

    def verifier(self, *mots):
        self._export.write_bytes(b"".join(lignes(self.audit.engine)))
        mots = [sys.executable, "-I", "-S", VERIFIER, self._export, "--temoins", self.dossier, *mots]
        rendu = subprocess.run(mots, capture_output=True, text=True)
        return rendu.returncode, rendu.stdout.splitlines()[1:]

    def ids(self, source):
        with self.audit.engine.connect().execution_options(lecture=True) as connexion:
            requete = select(journal.c.id).where(journal.c.source == source, journal.c.id.is_not(None))
            return list(connexion.execute(requete).scalars())


@pytest.fixture
def monde(tmp_path):
    monde = Monde(tmp_path)
    monde.cdap.agir(4)
    monde.audit.agir(2)
    monde.recueillir()
    monde.temoigner()
    return monde


@pytest.mark.parametrize(("depuis", "genre"), [(0, "recul"), (1, "recul"), (3, "fork"), (5, "chaine")])
def test_une_source_restauree_est_une_alarme_nommee_quoi_qu_elle_ait_fait_depuis(monde, depuis, genre):
    copie = monde.cdap.copier()
    monde.cdap.agir(3)
    monde.recueillir()
    monde.cdap.restaurer(copie)
    monde.cdap.agir(depuis)
    assert monde.recueillir() == 0
    assert monde.alarmes() == [("cdap", genre)]
    assert monde.verifier()[1] == [f"cdap, rang {len(monde.ids('cdap')) - 3 + depuis if depuis != 5 else 8} : "
                                   f"alarme ouverte (n° 1, {genre})"]  # fmt: skip


@pytest.mark.parametrize("depuis", [0, 1, 3, 5])
def test_une_source_restauree_reprend_par_une_lignee_et_rien_ne_manque(monde, depuis):
    copie = monde.cdap.copier()
    monde.cdap.agir(3)
    monde.recueillir()
    monde.temoigner()
    monde.cdap.restaurer(copie)
    monde.cdap.agir(depuis)
    monde.recueillir()
    assert (monde.situer(monde.cdap).connue.rang, monde.situer(monde.cdap).commun) == (7, 4)
    monde.reprendre(monde.cdap)
    monde.lever()
    assert monde.recueillir() == 1 + depuis
    assert monde.situer(monde.cdap) is None
    monde.cdap.agir(2)
    assert monde.recueillir() == 2
    assert len(set(monde.ids("cdap"))) == 7 + 1 + depuis + 2
    monde.temoigner()
    code, dit = monde.verifier()
    assert (code, dit[0]) == (0, "cdap : restaurée, reprend au rang 8, sans les actes des rangs 5 à 7.")


def test_lever_l_alarme_sans_lignee_ne_fait_que_la_retrouver(monde):
    copie = monde.cdap.copier()
    monde.cdap.agir(3)
    monde.recueillir()
    monde.cdap.restaurer(copie)
    monde.cdap.agir(5)
    for _ in range(2):
        monde.recueillir()
        assert monde.alarmes() == [("cdap", "chaine")]
        monde.lever()


def test_ce_qu_une_copie_avait_sans_rang_et_qu_audit_a_deja_n_est_montre_qu_une_fois(monde):
    with Travail(monde.cdap.engine, "cdap", lambda _: None).acte("cdap.rubrique.lue", Acces(acte="essai")) as acte:
        pass
    copie = monde.cdap.copier()
    monde.cdap.agir(1)
    monde.recueillir()
    monde.cdap.restaurer(copie)
    monde.recueillir()
    monde.reprendre(monde.cdap)
    monde.lever()
    assert monde.recueillir() == 2
    assert monde.alarmes() == []
    assert monde.ids("cdap").count(acte.recu) == 1
    monde.temoigner()
    assert monde.verifier()[0] == 0


def test_une_lignee_qui_nomme_une_autre_tete_arrete_la_source(monde, forge):
    ouvrir_lignee(monde.cdap.engine, "cdap", Reprise(4, "e" * 64, 3), datetime.now(UTC))
    monde.recueillir()
    assert monde.alarmes() == [("cdap", "chaine")]
    tete = forge.tete(monde.registre, "identity")
    corps = forge.evenement("identity", type="journal.lignee.ouverte", objet=f"7:{'e' * 64}:0")
    accueillir(monde.registre, "identity", forge.lot(forge.chainer(corps, depuis=tete)))
    assert ("identity", "lignee") in monde.alarmes()


def test_une_copie_ancienne_d_audit_est_une_troncature_nommee_puis_les_sources_la_comblent(monde):
    copie = monde.audit.copier()
    monde.cdap.agir(3)
    monde.recueillir()
    monde.temoigner()
    ids = set(monde.ids("cdap"))
    monde.audit.restaurer(copie)
    assert monde.verifier() == (1, ["cdap, après le rang 4, un témoin a vu le rang 7 : journal tronqué"])
    assert monde.recueillir() == 3
    assert set(monde.ids("cdap")) == ids
    assert monde.situer(monde.cdap) is None
    assert monde.verifier()[0] == 0


def test_ce_qu_audit_a_perdu_de_ses_propres_evenements_est_dit_et_ne_se_tait_qu_admis(monde):
    copie = monde.audit.copier()
    monde.audit.agir(3)
    monde.recueillir()
    monde.temoigner()
    monde.audit.restaurer(copie)
    assert monde.verifier() == (1, ["audit, après le rang 2, un témoin a vu le rang 5 : journal tronqué"])
    assert (monde.situer(monde.audit).connue.rang, monde.situer(monde.audit).commun) == (5, 2)
    monde.reprendre(monde.audit)
    assert monde.recueillir() == 1
    assert monde.alarmes() == [("audit", "perte")]
    monde.lever()
    monde.temoigner()
    assert monde.verifier() == (1, ["audit, rangs 3 à 5 : entrées perdues, dites par une lignée"])
    assert monde.verifier("--perte", "audit:3-4")[0] == 1
    code, dit = monde.verifier("--perte", "audit:3-5")
    assert (code, dit[0]) == (0, "audit : rangs 3 à 5 perdus à une restauration, et admis.")


def test_une_lignee_forgee_pour_couvrir_une_suppression_est_trouvee(monde, forge):
    """Who can write into the database cuts the end and says « restored »: the loss is named, and the witness holds."""
    monde.cdap.agir(3)
    monde.recueillir()
    monde.temoigner()
    (temoin,) = [json.loads(x) for x in next(monde.dossier.iterdir()).read_text().splitlines() if '"rang": 7' in x]
    for connue, attendu in (
        (temoin["empreinte"], "cdap, rangs 5 à 7 : entrées perdues, dites par une lignée"),
        ("f" * 64, "cdap, rang 7 : témoin contredit"),
    ):
        entrees = [json.loads(ligne) for ligne in lignes(monde.audit.engine)]
        gardees = [e for e in entrees if (e["source"], e["rang"]) < ("cdap", 5)]
        corps = forge.evenement("cdap", type="journal.lignee.ouverte", objet=f"7:{connue}:4")
        faux = {"source": "cdap", "rang": 8, "version": 1, "precedente": connue, "corps": corps.decode()}
        faux |= {"empreinte": forge.empreinte(connue, corps), "recherche": {}}
        export = monde.dossier.parent / "faux.ndjson"
        export.write_text("".join(json.dumps(e) + "\n" for e in [*gardees, faux]))
        rendu = subprocess.run(
            [sys.executable, "-I", VERIFIER, export, "--temoins", monde.dossier], capture_output=True, text=True
        )
        assert (rendu.returncode, attendu in rendu.stdout.splitlines()) == (1, True), rendu.stdout


def test_une_source_qui_a_purge_ce_qu_audit_n_a_plus_est_une_alarme_et_non_un_trou_muet(monde):
    with monde.cdap.engine.begin() as connexion:
        connexion.execute(text("DELETE FROM outbox WHERE rang <= 3"))
    assert monde.recueillir() == 0
    vide = Monde.__new__(Monde)
    vide.audit, vide.cdap = Base(monde.dossier.parent / "neuf.sqlite", "audit"), monde.cdap
    assert vide.recueillir() == 0
    assert vide.alarmes() == [("cdap", "purge")]
