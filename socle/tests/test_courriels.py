"""A mail goes to a server that proves who it is, and to no other."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from socle.courriels import Poste, Smtp


def certificat(dossier: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but itself has signed, with its key, in one file."""
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "serveur d'essai")])
    present = datetime.now(UTC)
    signe = (
        x509.CertificateBuilder(nom, nom, cle.public_key(), x509.random_serial_number())
        .not_valid_before(present - timedelta(hours=1))
        .not_valid_after(present + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(cle, hashes.SHA256())
    )
    fichier = dossier / "serveur.pem"
    fichier.write_bytes(
        signe.public_bytes(serialization.Encoding.PEM)
        + cle.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return fichier


class _Session(socketserver.StreamRequestHandler):
    """As much of SMTP as one mail takes; what is said to it in clear or under TLS is kept in `server.dit`."""

    server: Any

    def handle(self) -> None:
        try:
            if self.server.des_le_debut:
                self._chiffrer()
            self._dire("220 essai")
            while ligne := self.rfile.readline().decode().strip():
                self.server.dit.append(ligne)
                self._obeir(ligne.partition(" ")[0].upper())
        except OSError:
            pass  # the client hung up: that is what some tests want

    def _obeir(self, mot: str) -> None:
        if mot == "EHLO":
            self._dire("250-essai\r\n250-AUTH PLAIN\r\n250 STARTTLS")
        elif mot == "STARTTLS":
            self._dire("220 ok")
            self._chiffrer()
        elif mot == "DATA":
            self._dire("354 ok")
            while self.rfile.readline().rstrip(b"\r\n") != b".":
                pass
            self.server.recus += 1
            self._dire("250 ok")
        else:
            self._dire({"AUTH": "235 ok", "QUIT": "221 ok"}.get(mot, "250 ok"))

    def _chiffrer(self) -> None:
        contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexte.load_cert_chain(self.server.certificat)
        self.request = contexte.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")

    def _dire(self, texte: str) -> None:
        self.request.sendall(texte.encode() + b"\r\n")


@pytest.fixture(params=["smtps", "smtp+starttls"])
def serveur(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    serveur: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session)
    serveur.daemon_threads = True
    serveur.certificat = certificat(tmp_path)
    serveur.des_le_debut = request.param == "smtps"
    serveur.dit, serveur.recus = [], 0
    fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    fil.start()
    url = f"{request.param}://courriels@127.0.0.1:{serveur.server_address[1]}"
    yield SimpleNamespace(url=url, etat=serveur)
    serveur.shutdown()
    serveur.server_close()


def envoyer(url: str) -> None:
    Poste(Smtp(url, lambda: "mot-de-passe"), "nepasrepondre@caf.example").envoyer(
        "1", "claire@ccas.example", "Objet", "Texte"
    )


def test_un_serveur_que_personne_ne_garantit_ne_recoit_ni_courriel_ni_mot_de_passe(serveur: Any) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        envoyer(serveur.url)
    assert serveur.etat.recus == 0
    assert not [ligne for ligne in serveur.etat.dit if ligne.startswith(("AUTH", "MAIL"))]


def test_le_meme_serveur_garanti_recoit_le_courriel(serveur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(serveur.etat.certificat))
    envoyer(serveur.url)
    assert serveur.etat.recus == 1
