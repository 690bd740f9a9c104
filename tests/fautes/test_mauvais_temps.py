"""Bad weather, one test for each kind: real processes say it in one line, do not spin, keep their probes honest, and
are right again by themselves once the cause is gone (ADR 41)."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from atelier import Signataire
from atelier.courtier_sourd import CourtierSourd
from atelier.maison import RACINE, port_libre
from atelier.postgres import MOT_DE_PASSE, grappe
from socle.causes import PHRASES, Cause
from socle.database import ouvrir

BORNE_S = 120
CALME_S = 6
"""For so long a fault goes on before its lines are counted: several retries, whatever the pause between them."""

PART_DE_PROCESSEUR = 0.25
"""Of one core, over that time: a process that spins takes all of it."""

pytestmark = pytest.mark.timeout(6 * BORNE_S)


class Processus:
    """One command of a service, and what it says."""

    def __init__(self, dossier: Path, service: str, commande: str, **env: str) -> None:
        self.service = service
        self.port = int(env.get("MCP_BIND_PORT") or port_libre())
        self._journal = dossier / f"{service}-{commande}.log"
        self.env = os.environ | {
            "MCP_VAR": str(dossier),
            "MCP_BIND_PORT": str(self.port),
            "MCP_PORT": str(port_libre()),
            "MCP_DEPART_S": "0",
            "MCP_URL_IDENTITY": "http://127.0.0.1:9",
        } | env  # fmt: skip
        with self._journal.open("ab") as sortie:
            self._lance = subprocess.Popen(self._mots(commande), env=self.env, cwd=RACINE, stderr=sortie)

    def _mots(self, commande: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "-m", self.service, commande]

    def migrer(self) -> None:
        subprocess.run(self._mots("migrate"), env=self.env, cwd=RACINE, check=True, timeout=BORNE_S)

    def arreter(self) -> None:
        if self._lance.poll() is None:
            self._lance.kill()
        self._lance.wait()

    @property
    def vit(self) -> bool:
        return self._lance.poll() is None

    @property
    def lignes(self) -> list[dict[str, Any]]:
        lues = []
        for ligne in self._journal.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):  # the last one may be half written
                lues.append(json.loads(ligne))
        return lues

    def dites(self, cause: Cause) -> list[str]:
        return [ligne["quoi"] for ligne in self.lignes if ligne["ou"] == "etat" and ligne.get("cause") == cause]

    def plaintes(self) -> list[str]:
        """Everything that it complained of, whatever wrote the line."""
        return [ligne["quoi"] for ligne in self.lignes if ligne["niveau"] in ("warning", "error", "critical")]

    def sonder(self, sonde: str) -> tuple[int, dict[str, Any]]:
        lien = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BORNE_S)
        try:
            lien.request("GET", f"/{sonde}")
            reponse = lien.getresponse()
            lu = json.loads(reponse.read())
            if reponse.status == 503:
                assert reponse.headers["content-type"] == "application/problem+json"
            return reponse.status, lu
        except OSError:
            return 0, {}
        finally:
            lien.close()

    @property
    def processeur_s(self) -> float:
        """What it has used of processors so far, its children included."""
        battement = os.sysconf("SC_CLK_TCK")
        total = 0.0
        for pid in [self._lance.pid, *_enfants(self._lance.pid)]:
            champs = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(champs[11]) + int(champs[12])) / battement
        return total


def _enfants(pid: int) -> list[int]:
    return [int(enfant) for enfant in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def attendre(condition: Callable[[], Any], quoi: str = "not in time") -> None:
    fin = time.monotonic() + BORNE_S
    while not condition():
        assert time.monotonic() < fin, quoi
        time.sleep(0.1)


@pytest.fixture
def lancer(tmp_path: Path) -> Iterator[Callable[..., Processus]]:
    lances = []

    def un(service: str, commande: str, **env: str) -> Processus:
        lances.append(Processus(tmp_path, service, commande, **env))
        return lances[-1]

    yield un
    for lance in lances:
        lance.arreter()


@pytest.fixture
def clefs(tmp_path: Path) -> Callable[[str], None]:
    """Puts the keys of identity where a service keeps them."""
    signataire = Signataire()
    return lambda service: signataire.deposer(tmp_path / service / "jwks.json")


def par_gros_temps(processus: Processus, cause: Cause, *, sondes: bool = True) -> None:
    """It says so once and lives on, its probes say what is true, and it rests."""
    attendre(lambda: processus.dites(cause), f"{cause} is not said: {processus.plaintes()}")
    if sondes:
        attendre(lambda: processus.sonder("_vie")[0] == 200, "no probe")
    debut_s = processus.processeur_s
    fin = time.monotonic() + CALME_S
    while time.monotonic() < fin:
        if sondes:
            statut, dit = processus.sonder("_pret")
            assert statut == 503 and cause in dit["causes"] and PHRASES[cause] in dit["detail"], dit
            assert processus.sonder("_vie")[0] == 200
        time.sleep(1)
    assert processus.vit
    assert processus.processeur_s - debut_s < CALME_S * PART_DE_PROCESSEUR, "it spins"
    (dite,) = processus.dites(cause)
    assert dite.startswith(PHRASES[cause])
    assert processus.plaintes() == [dite], "more than one line for one cause"


def le_beau_temps_revient(processus: Processus, cause: Cause, *, sondes: bool = True) -> None:
    """It is right again, and has said so once."""
    attendre(lambda: len(processus.dites(cause)) == 2, f"{cause} is not said to be over")
    assert processus.dites(cause)[1] == f"c’est fini : {processus.dites(cause)[0]}"
    if sondes:
        attendre(lambda: processus.sonder("_pret")[0] == 200, "it is not ready")


def test_une_base_sans_migration(lancer, clefs):
    clefs("cdap")
    service = lancer("cdap", "web")
    par_gros_temps(service, Cause.MIGRATIONS)
    service.migrer()
    le_beau_temps_revient(service, Cause.MIGRATIONS)


def test_une_base_sans_migration_sous_gunicorn(lancer, clefs):
    clefs("cdap")
    service = lancer("cdap", "web", MCP_OUVRIERS="1")
    par_gros_temps(service, Cause.MIGRATIONS)
    service.migrer()
    le_beau_temps_revient(service, Cause.MIGRATIONS)


def test_un_relais_dont_la_base_attend_sa_migration(lancer, tmp_path):
    relais = lancer("identity", "relay")
    par_gros_temps(relais, Cause.MIGRATIONS, sondes=False)
    etat = tmp_path / "identity" / "etat-relay.json"
    lu = json.loads(etat.read_bytes())
    assert not lu["pret"] and [dit["cause"] for dit in lu["causes"]] == ["migrations"]
    relais.migrer()
    le_beau_temps_revient(relais, Cause.MIGRATIONS, sondes=False)
    attendre(lambda: json.loads(etat.read_bytes())["pret"])


def test_une_base_plus_recente_que_le_programme_est_dite_et_sert(lancer, clefs, tmp_path):
    """The old code runs on the tables of the new one (law 4): it warns, and serves."""
    clefs("cdap")
    service = lancer("cdap", "web")
    service.migrer()
    attendre(lambda: service.sonder("_pret")[0] == 200)
    avant = _reviser(tmp_path, "cdap", "9999")
    attendre(lambda: service.dites(Cause.BASE_RECENTE))
    time.sleep(CALME_S)
    assert service.dites(Cause.BASE_RECENTE) == [PHRASES[Cause.BASE_RECENTE]]
    assert service.sonder("_pret") == (200, {"service": "cdap", "etat": "pret", "causes": []})
    _reviser(tmp_path, "cdap", avant)
    le_beau_temps_revient(service, Cause.BASE_RECENTE)


def _reviser(dossier: Path, service: str, revision: str) -> str:
    engine = ouvrir(f"sqlite:///{dossier / service / service}.sqlite")
    with engine.begin() as connexion:
        avant = connexion.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connexion.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (revision,))
    engine.dispose()
    return str(avant)


def test_un_secret_qui_manque_puis_arrive(lancer, clefs, tmp_path):
    clefs("habilitation")
    service = lancer("habilitation", "web")
    service.migrer()
    attendre(lambda: not service.dites(Cause.MIGRATIONS) or len(service.dites(Cause.MIGRATIONS)) == 2)
    attendre(lambda: service.dites(Cause.SECRET))
    secret = tmp_path / "secrets" / "habilitation" / "client"
    attendre(lambda: service.sonder("_pret")[1].get("causes") == ["secret"])
    assert service.dites(Cause.SECRET) == [f"{PHRASES[Cause.SECRET]} ({secret})"]
    secret.parent.mkdir(parents=True)
    secret.write_bytes("illisible à force d’accents".encode())
    time.sleep(CALME_S)
    assert service.sonder("_pret")[1]["causes"] == ["secret"]
    assert len(service.dites(Cause.SECRET)) == 1
    secret.write_text("secret-des-tests")
    le_beau_temps_revient(service, Cause.SECRET)


def test_un_mot_de_passe_faux_puis_juste(lancer, clefs, tmp_path):
    clefs("cdap")
    secret = tmp_path / "secrets" / "cdap" / "base_app"
    secret.parent.mkdir(parents=True)
    secret.write_text("faux")
    with grappe() as base:
        service = lancer("cdap", "web", MCP_DATABASE_URL=base.adresse)
        par_gros_temps(service, Cause.BASE_REFUSEE)
        relais = lancer("cdap", "relay", MCP_DATABASE_URL=base.adresse)
        (tmp_path / "secrets" / "cdap" / "base_relay").write_text("faux")
        attendre(lambda: relais.dites(Cause.BASE_REFUSEE))
        base.sql("CREATE ROLE mcp_owner SUPERUSER LOGIN PASSWORD 'proprietaire'")
        base.sql("CREATE ROLE mcp_relay SUPERUSER LOGIN PASSWORD 'proprietaire'")
        (tmp_path / "secrets" / "cdap" / "base_owner").write_text("proprietaire")
        service.migrer()
        secret.write_text(MOT_DE_PASSE)
        le_beau_temps_revient(service, Cause.BASE_REFUSEE)
        (tmp_path / "secrets" / "cdap" / "base_relay").write_text("proprietaire")
        le_beau_temps_revient(relais, Cause.BASE_REFUSEE, sondes=False)
        base.arreter()
        attendre(lambda: service.dites(Cause.BASE))
        assert service.sonder("_vie")[0] == 200 and service.sonder("_pret")[1]["causes"] == ["base"]
        base.demarrer()
        le_beau_temps_revient(service, Cause.BASE)


class _Jwks(BaseHTTPRequestHandler):
    corps = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.corps)))
        self.end_headers()
        self.wfile.write(self.corps)

    def log_message(self, *_: Any) -> None:
        """Silent."""


@contextlib.contextmanager
def des_clefs_servies(port: int, jwks: Path) -> Iterator[None]:
    genre = type("Jwks", (_Jwks,), {"corps": jwks.read_bytes()})
    serveur = ThreadingHTTPServer(("127.0.0.1", port), genre)
    fil = threading.Thread(target=serveur.serve_forever, daemon=True)
    fil.start()
    yield
    serveur.shutdown()
    serveur.server_close()
    fil.join()


@pytest.mark.parametrize("service", ["cdap", "gateway"])
def test_des_clefs_injoignables_au_demarrage(lancer, clefs, tmp_path, service):
    identity = port_libre()
    clefs("ailleurs")
    (tmp_path / "secrets" / service).mkdir(parents=True)
    (tmp_path / "secrets" / service / "client").write_text("secret-des-tests")
    lance = lancer(service, "web", MCP_URL_IDENTITY=f"http://127.0.0.1:{identity}")
    lance.migrer()
    attendre(lambda: lance.sonder("_pret")[1].get("causes") == ["cles"])
    time.sleep(CALME_S)
    assert len(lance.dites(Cause.CLES)) == 1
    assert lance.sonder("_vie")[0] == 200 and lance.sonder("_pret")[0] == 503
    with des_clefs_servies(identity, tmp_path / "ailleurs" / "jwks.json"):
        le_beau_temps_revient(lance, Cause.CLES)


def test_la_porte_n_ouvre_pas_avant_de_savoir_qui_est_exclu(lancer, clefs, tmp_path):
    """Its own database holds the revocations: without it the public port refuses, and the probes say why."""
    clefs("gateway")
    (tmp_path / "secrets" / "gateway").mkdir(parents=True)
    (tmp_path / "secrets" / "gateway" / "client").write_text("secret-des-tests")
    porte = lancer("gateway", "web")
    attendre(lambda: "migrations" in porte.sonder("_pret")[1].get("causes", []))
    publique = int(porte.env["MCP_PORT"])
    time.sleep(CALME_S)
    assert not _ecoute(publique) and len(porte.dites(Cause.MIGRATIONS)) == 1
    porte.migrer()
    le_beau_temps_revient(porte, Cause.MIGRATIONS)
    attendre(lambda: _ecoute(publique))


def _ecoute(port: int) -> bool:
    with socket.socket() as prise:
        return prise.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ouvriers", ["0", "1"])
def test_un_port_deja_pris_puis_rendu(lancer, clefs, ouvriers):
    clefs("cdap")
    with socket.socket() as intrus:
        intrus.bind(("127.0.0.1", 0))
        intrus.listen()
        service = lancer("cdap", "web", MCP_BIND_PORT=str(intrus.getsockname()[1]), MCP_OUVRIERS=ouvriers)
        service.migrer()
        par_gros_temps(service, Cause.PORT, sondes=False)
    le_beau_temps_revient(service, Cause.PORT)


@pytest.fixture
def courtier() -> Iterator[CourtierSourd]:
    sourd = CourtierSourd()
    yield sourd
    sourd.fermer()


def test_un_courtier_sans_la_file_puis_avec(lancer, clefs, courtier, tmp_path):
    """The collector, which consumes it."""
    clefs("audit")
    (tmp_path / "secrets" / "audit").mkdir(parents=True)
    for nom in ("client", "courtier"):
        (tmp_path / "secrets" / "audit" / nom).write_text("secret-des-tests")
    collecte = lancer("audit", "collecte", MCP_COURTIER=f"amqp://127.0.0.1:{courtier.port}/mcp")
    collecte.migrer()
    attendre(lambda: collecte.dites(Cause.FILE))
    avant_s, connexions = collecte.processeur_s, courtier.connexions
    time.sleep(CALME_S)
    assert len(collecte.dites(Cause.FILE)) == 1
    assert courtier.connexions - connexions <= CALME_S, "it spins"
    assert collecte.processeur_s - avant_s < CALME_S * PART_DE_PROCESSEUR, "it spins"
    courtier.garni.set()
    le_beau_temps_revient(collecte, Cause.FILE, sondes=False)
    attendre(lambda: json.loads((tmp_path / "audit" / "etat-collecte.json").read_bytes())["causes"] == [])


def test_un_courtier_sans_l_echange_puis_avec(lancer, clefs, courtier, tmp_path):
    """The relay, which publishes there: its secret comes late, then the broker is not ready."""
    clefs("identity")
    relais = lancer("identity", "relay", MCP_COURTIER=f"amqp://127.0.0.1:{courtier.port}/mcp")
    relais.migrer()
    agent = ["--caf", "831", "--nom", "Exemple", "--prenom", "Anne", "--courriel", "anne@caf.example"]
    premier = [sys.executable, "-m", "identity", "bootstrap", *agent]
    subprocess.run(premier, env=relais.env, cwd=RACINE, check=True, timeout=BORNE_S, stdout=subprocess.DEVNULL)
    attendre(lambda: relais.dites(Cause.SECRET))
    (tmp_path / "secrets" / "identity").mkdir(parents=True, exist_ok=True)
    (tmp_path / "secrets" / "identity" / "courtier").write_text("secret-des-tests")
    le_beau_temps_revient(relais, Cause.SECRET, sondes=False)
    attendre(lambda: relais.dites(Cause.FILE))
    avant_s = relais.processeur_s
    time.sleep(CALME_S)
    assert len(relais.dites(Cause.FILE)) == 1
    assert relais.processeur_s - avant_s < CALME_S * PART_DE_PROCESSEUR, "it spins"
    courtier.garni.set()
    le_beau_temps_revient(relais, Cause.FILE, sondes=False)
    attendre(lambda: courtier.publies > 0)


@pytest.mark.parametrize("ouvriers", ["0", "2"])
def test_un_reglage_faux_est_une_phrase_et_la_fin(tmp_path, ouvriers):
    """What can be wrong only where the app is built, too: gunicorn does not try again what cannot succeed."""
    cles = tmp_path / "secrets" / "identity" / "cles"
    cles.mkdir(parents=True)
    (cles / "abime.pem").write_text("pas une clé")
    (cles / "abime.pem").chmod(0o600)
    env = os.environ | {"MCP_VAR": str(tmp_path), "MCP_BIND_PORT": str(port_libre()), "MCP_OUVRIERS": ouvriers}
    mots = [sys.executable, "-W", "ignore", "-m", "identity", "web"]
    fini = subprocess.run(mots, env=env, cwd=RACINE, capture_output=True, text=True, timeout=BORNE_S)
    assert fini.returncode != 0
    assert fini.stderr.splitlines() == [f"identity: la clé {cles / 'abime.pem'} est illisible"]
    faux = subprocess.run(
        mots, env=env | {"MCP_OUVRIERS": "beaucoup"}, cwd=RACINE, capture_output=True, text=True, timeout=BORNE_S
    )
    assert faux.returncode == 2
    (phrase,) = faux.stderr.splitlines()
    assert phrase.startswith("identity: MCP_OUVRIERS: ")
