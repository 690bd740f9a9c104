"""Database and broker with a certificate among their secrets: TLS as RFC 9325 asks for it, and nothing in clear."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

import psycopg
import pytest
from pile import coffre
from pile.images import TAG
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from atelier.certificats import Autorite, ancien
from socle import courtier
from socle.courtier import CourtierIndisponible, Editeur, Message
from socle.database import ouvrir
from socle.settings import Reglages
from socle.tls import SUITES

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("pile_preparee")]
PRET_S = 180
ECDSA = {suite for suite in SUITES if "ECDSA" in suite}
DEMANDER_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""PostgreSQL's SSLRequest."""
EN_MEMOIRE = ("/tmp", "/var/run/postgresql:uid=100,gid=102,mode=755")
T = TypeVar("T")


class ReglagesDEssai(Reglages):
    service: ClassVar[str] = "cdap"


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    coffre.garnir(tmp_path / "secrets")
    return tmp_path / "secrets"


@pytest.fixture
def autorite(tmp_path: Path) -> Autorite:
    return Autorite(tmp_path)


def test_la_base_ne_parle_qu_en_tls(secrets: Path, autorite: Autorite, tmp_path: Path) -> None:
    _certifier(autorite, secrets / "cdap-base")
    memoire = [mot for lieu in EN_MEMOIRE for mot in ("--tmpfs", lieu)]
    options = ("--read-only", *memoire, "-e", "MCP_BASE=cdap")
    with _conteneur("postgresql", 5432, secrets / "cdap-base", *options) as port:
        lieu = f"127.0.0.1:{port}"
        reglages = ReglagesDEssai(
            database_url=f"postgresql://{lieu}/cdap", database_ca=autorite.racine, secrets=secrets / "cdap"
        )
        engine = ouvrir(reglages.base)

        def version() -> str:
            ordre = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            with engine.connect() as connexion:
                return str(connexion.execute(text(ordre)).scalar_one())

        assert _bientot(version, OperationalError) == "TLSv1.3"
        engine.dispose()
        mot = (secrets / "cdap" / "cdap" / "base_app").read_text()
        url = f"postgresql://mcp_app:{mot}@{lieu}/cdap"
        with pytest.raises(psycopg.OperationalError, match="no encryption"):
            psycopg.connect(url, sslmode="disable").close()
        with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
            psycopg.connect(url, sslmode="verify-full", sslrootcert=str(Autorite(tmp_path).racine)).close()
        assert _suites_acceptees(port, DEMANDER_TLS) == ECDSA


def test_le_courtier_ne_parle_qu_en_tls(secrets: Path, autorite: Autorite, tmp_path: Path) -> None:
    _certifier(autorite, secrets / "courtier")
    with _conteneur("rabbitmq", 5671, secrets / "courtier", "--hostname", "courtier", "-p", "127.0.0.1::5672") as port:
        lieu = f"amqps://127.0.0.1:{port}/mcp"
        adresses = ReglagesDEssai(courtier=lieu, secrets=secrets / "cdap-relay").courtier_de()
        editeur = Editeur(adresses, autorite.racine)
        message = Message("cdap.essai", "cdap:1", b"{}", {"source": "cdap"})
        _bientot(lambda: editeur.publier([message]), CourtierIndisponible)
        editeur.fermer()
        with pytest.raises(ssl.SSLCertVerificationError):
            courtier.ouvrir(adresses, Autorite(tmp_path).racine)
        assert _suites_acceptees(port) == ECDSA
        with socket.create_connection(("127.0.0.1", port), PRET_S) as prise, pytest.raises(OSError):
            ancien(ssl.TLSVersion.TLSv1_1).wrap_socket(prise)


def test_un_mot_de_passe_du_courtier_se_tourne_sans_fermer_ce_qui_est_ouvert(secrets: Path) -> None:
    from pile.rotation import tourner

    with _conteneur("rabbitmq", 5672, secrets / "courtier", "--hostname", "courtier") as port:
        nom = _nom(port)
        adresses = ReglagesDEssai(courtier=f"amqp://127.0.0.1:{port}/mcp", secrets=secrets / "cdap-relay").courtier_de()
        ouvert, neuf = Editeur(adresses), Editeur(adresses)
        message = Message("cdap.essai", "cdap:1", b"{}", {"source": "cdap"})
        _bientot(lambda: ouvert.publier([message]), CourtierIndisponible)

        def appeler(*mots: str, entree: bytes | None = None, echec: str | None = None) -> str:
            if mots[2] == "courtier":
                fait = subprocess.run(["docker", "exec", "-i", nom, *mots[3:]], input=entree, capture_output=True)
                assert fait.returncode == 0, fait.stderr
            return ""

        avant = list(adresses())
        assert len(list(tourner(secrets, "cdap", appeler))) == 5
        assert list(adresses()) != avant
        ouvert.publier([message])
        neuf.publier([message])
        with pytest.raises(CourtierIndisponible, match="AccessRefused"):
            Editeur(lambda: avant).publier([message])


def _certifier(autorite: Autorite, dossier: Path) -> None:
    for fichier, nom in zip(autorite.emettre("127.0.0.1"), ("tls.crt", "tls.key"), strict=True):
        coffre.remettre(dossier / nom, fichier.read_text())


@contextmanager
def _conteneur(image: str, port: int, secrets: Path, *options: str) -> Iterator[int]:
    """The port on this machine of a container that has these secrets."""
    ports = ("-p", f"127.0.0.1::{port}")
    commande = ["docker", "run", "-d", "-v", f"{secrets}:/run/secrets:ro", *ports, *options, f"mcp/{image}:{TAG}"]
    nom = subprocess.run(commande, check=True, capture_output=True, text=True).stdout.strip()
    try:
        vu = subprocess.run(["docker", "port", nom, str(port)], check=True, capture_output=True, text=True).stdout
        yield int(vu.split()[0].rpartition(":")[2])
    finally:
        subprocess.run(["docker", "rm", "-fv", nom], capture_output=True)


def _nom(port: int) -> str:
    """The container that is published at this port."""
    vu = subprocess.run(
        ["docker", "ps", "-q", "--filter", f"publish={port}"], check=True, capture_output=True, text=True
    )
    return vu.stdout.strip()


def _bientot(essai: Callable[[], T], *passagers: type[Exception]) -> T:
    """What it gives once the container is there."""
    fin = time.monotonic() + PRET_S
    while True:
        try:
            return essai()
        except passagers:
            assert time.monotonic() < fin
            time.sleep(0.5)


def _suites_acceptees(port: int, demande: bytes = b"") -> set[str]:
    """The suites of TLS 1.2 that a server takes from a client who would take any."""
    tout = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tout.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    acceptees = set()
    for suite in [dite["name"] for dite in tout.get_ciphers() if dite["protocol"] != "TLSv1.3"]:
        client = ancien(ssl.TLSVersion.TLSv1_2)
        client.set_ciphers(f"{suite}:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", port), PRET_S) as prise:
            if demande:
                prise.sendall(demande)
                assert prise.recv(1) == b"S"
            try:
                with client.wrap_socket(prise, server_hostname="127.0.0.1") as chiffree:
                    acceptees |= {(chiffree.cipher() or ("",))[0]}
            except OSError:
                continue
    return acceptees
