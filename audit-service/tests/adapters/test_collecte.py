"""The collector against real little HTTP sources that go away and come back."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from audit.adapters.collecte import Suivi, collecter
from audit.adapters.sources import SourceHttp
from audit.adapters.tables import alarmes, journal
from socle.refus import VoisinIndisponible
from socle.voisins import Voisin


class Petite:
    """A source of ranked events that serves `/journal` by long poll, and can leave and come back on its port."""

    def __init__(self, nom="cdap"):
        self.nom = nom
        self.recus = []
        self.demandes = []
        self._change = threading.Condition()
        self._port = 0
        self.revenir()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._port}"

    def ajouter(self, recus):
        with self._change:
            self.recus += recus
            self._change.notify_all()

    def partir(self):
        self._serveur.shutdown()
        self._serveur.server_close()

    def revenir(self):
        petite = self

        class Reponse(BaseHTTPRequestHandler):
            def do_GET(self):
                demande = {nom: int(lu[0]) for nom, lu in parse_qs(urlsplit(self.path).query).items()}
                corps = json.dumps(petite._journal(demande, self.headers["Authorization"])).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(corps)))
                self.end_headers()
                self.wfile.write(corps)

            def log_message(self, *_):
                pass

        self._serveur = ThreadingHTTPServer(("127.0.0.1", self._port), Reponse)
        self._port = self._serveur.server_port
        threading.Thread(target=self._serveur.serve_forever, args=(0.02,), daemon=True).start()

    def _journal(self, demande, autorisation):
        with self._change:
            self._change.wait_for(lambda: len(self.recus) > demande["apres"], demande["attente"])
            self.demandes.append((demande["apres"], autorisation))
            suivants = [recu for recu in self.recus if recu.rang > demande["apres"]][: demande["limite"]]
            derniere = self.recus[-1] if self.recus else None
        return {
            "source": self.nom,
            "tete": {"rang": derniere.rang, "empreinte": derniere.empreinte}
            if derniere
            else {"rang": 0, "empreinte": "0" * 64},
            "evenements": [
                {
                    "rang": recu.rang,
                    "version": recu.version,
                    "precedente": recu.precedente,
                    "empreinte": recu.empreinte,
                    "corps": recu.corps.decode(),
                }
                for recu in suivants
            ],
        }


@pytest.fixture
def petite():
    source = Petite()
    yield source
    source.partir()


@pytest.fixture
def collecteur(registre):
    """Starts a collector of these sources; stops what it started."""
    arret, fils = threading.Event(), []

    def lancer(*sources, temoigner=lambda: None, chaque_s=60.0):
        suivies = [SourceHttp(nom, Voisin(nom, url, lambda cible: f"jeton-{cible}")) for nom, url in sources]
        suivis = [Suivi(source, registre, arret) for source in suivies]
        fil = threading.Thread(target=collecter, args=(suivis, arret, temoigner, chaque_s))
        fil.start()
        fils.append(fil)

        def arreter():
            debut = time.monotonic()
            arret.set()
            fil.join(40)
            assert not fil.is_alive()
            return time.monotonic() - debut

        return arreter

    yield lancer
    arret.set()
    for fil in fils:
        fil.join(40)


def _nombre(engine):
    with engine.connect().execution_options(lecture=True) as connexion:
        return len(connexion.execute(select(journal.c.rang)).all())


def _attendre(engine, combien, delai_s):
    fin = time.monotonic() + delai_s
    while _nombre(engine) != combien:
        assert time.monotonic() < fin, f"{_nombre(engine)} entrées au lieu de {combien}"
        time.sleep(0.01)


def _de(petite):
    return petite.nom, petite.url


def test_un_evenement_est_au_journal_aussitot_range(engine, petite, collecteur, forge):
    collecteur(_de(petite))
    time.sleep(0.2)
    recus = forge.serie(3)
    petite.ajouter(recus[:2])
    _attendre(engine, 2, 30)
    petite.ajouter(recus[2:])
    _attendre(engine, 3, 30)
    assert petite.demandes[0] == (0, "Bearer jeton-cdap")


def test_un_long_retard_se_rattrape_par_lots(engine, petite, collecteur, forge):
    petite.ajouter(forge.serie(1_203))
    collecteur(_de(petite))
    _attendre(engine, 1_203, 60)
    assert [apres for apres, _ in petite.demandes[:3]] == [0, 500, 1_000]


def test_une_source_absente_n_empeche_rien_et_son_retour_se_voit_en_moins_de_deux_secondes(
    engine, petite, collecteur, forge
):
    autre = Petite("identity")
    collecteur(_de(petite), _de(autre))
    recus = forge.serie(4)
    petite.ajouter(recus[:2])
    _attendre(engine, 2, 30)
    petite.partir()
    time.sleep(1.5)
    autre.ajouter(forge.serie(1, "identity"))
    _attendre(engine, 3, 30)
    petite.recus += recus[2:]
    petite.revenir()
    _attendre(engine, 5, 30)
    autre.partir()


def test_deux_collecteurs_a_la_fois_ne_doublent_rien(engine, petite, collecteur, forge):
    petite.ajouter(forge.serie(600))
    collecteur(_de(petite))
    collecteur(_de(petite))
    _attendre(engine, 600, 60)
    petite.ajouter(forge.chainer(forge.evenement(), depuis=petite.recus[-1]))
    _attendre(engine, 601, 30)
    with engine.connect().execution_options(lecture=True) as connexion:
        assert connexion.execute(select(alarmes)).all() == []


def test_la_collecte_s_arrete_meme_si_une_source_ne_repond_plus(petite, collecteur, forge):
    muette = threading.Event()
    petite._journal = lambda *_: muette.wait(60) and {}
    temoignages = []
    arreter = collecteur(_de(petite), temoigner=lambda: temoignages.append(1))
    time.sleep(0.3)
    assert arreter() < 30
    assert len(temoignages) == 2
    muette.set()


def test_les_temoins_sont_demandes_au_debut_chaque_minute_et_a_la_fin_malgre_une_faute(petite, collecteur):
    appels = []

    def temoigner():
        appels.append(1)
        raise OSError("disque plein")

    arreter = collecteur(_de(petite), temoigner=temoigner, chaque_s=0.1)
    fin = time.monotonic() + 30
    while len(appels) < 3 and time.monotonic() < fin:
        time.sleep(0.01)
    avant_la_fin = len(appels)
    arreter()
    assert avant_la_fin >= 3 and len(appels) > avant_la_fin


@pytest.mark.parametrize(
    "reponse",
    [
        [],
        None,
        {"source": "identity", "tete": {"rang": 0, "empreinte": ""}, "evenements": []},
        {"source": "cdap"},
        {"source": "cdap", "tete": {"rang": "1", "empreinte": ""}, "evenements": []},
        {"source": "cdap", "tete": {"rang": 0, "empreinte": ""}, "evenements": [{"rang": True}]},
        {"source": "cdap", "tete": {"rang": 2**63, "empreinte": ""}, "evenements": []},
    ],
)
def test_une_reponse_sans_sa_forme_vaut_une_absence(petite, reponse):
    petite._journal = lambda *_: reponse
    with pytest.raises(VoisinIndisponible):
        SourceHttp("cdap", Voisin("cdap", petite.url, lambda _: "jeton")).demander(0, 10, 0)


def test_un_texte_que_l_utf8_ne_connait_pas_est_garde_et_ne_prouve_rien(petite):
    recu = {"rang": 1, "version": 1, "precedente": "0" * 64, "empreinte": "0" * 64, "corps": "\ud800"}
    petite._journal = lambda *_: {
        "source": "cdap",
        "tete": {"rang": 1, "empreinte": "0" * 64},
        "evenements": [recu],
    }
    lot = SourceHttp("cdap", Voisin("cdap", petite.url, lambda _: "jeton")).demander(0, 10, 0)
    assert lot.recus[0].corps == b"\xed\xa0\x80"
