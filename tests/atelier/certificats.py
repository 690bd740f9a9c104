"""Certificates of the tests: an authority of their own, what it signs, and handshakes."""

import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PATIENCE_S = 60.0
_UN_JOUR = timedelta(days=1)
_Cle = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Paire:
    """A certificate and its key, as files."""

    certificat: Path
    cle: Path

    def __iter__(self) -> Iterator[Path]:
        return iter((self.certificat, self.cle))

    def remplacer(self, autre: "Paire") -> None:
        """Put the files of another in the place of these, as one who renews does."""
        for ici, la in zip(self, autre, strict=True):
            la.replace(ici)


class Autorite:
    """Signs certificates; its own is the file `racine`."""

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier
        self._cle = ec.generate_private_key(ec.SECP256R1())
        self._nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"autorité d'essai {uuid4().hex}")])
        constructeur = _constructeur(self._nom, self._nom, self._cle, timedelta())
        contraintes = x509.BasicConstraints(ca=True, path_length=0)
        signe = constructeur.add_extension(contraintes, critical=True).sign(self._cle, hashes.SHA256())
        self.racine = dossier / f"{uuid4().hex}.ac.pem"
        self.racine.write_bytes(signe.public_bytes(Encoding.PEM))

    def emettre(
        self, *noms: str, ecart: timedelta = timedelta(), octets_rsa: int = 0, cle: _Cle | None = None
    ) -> Paire:
        """A pair for these hosts, valid for a day on both sides of now, moved by `ecart`."""
        cle = cle or (
            rsa.generate_private_key(65537, octets_rsa) if octets_rsa else ec.generate_private_key(ec.SECP256R1())
        )
        sujet = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "essai")])
        alternatifs = x509.SubjectAlternativeName([_nom_alternatif(nom) for nom in noms or ("localhost", "127.0.0.1")])
        signe = (
            _constructeur(sujet, self._nom, cle, ecart)
            .add_extension(alternatifs, critical=False)
            .sign(self._cle, hashes.SHA256())
        )
        ici = self._dossier / uuid4().hex
        paire = Paire(ici.with_suffix(".crt"), ici.with_suffix(".key"))
        paire.certificat.write_bytes(signe.public_bytes(Encoding.PEM))
        paire.cle.write_bytes(cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        paire.cle.chmod(0o600)
        return paire

    def client(self) -> ssl.SSLContext:
        """A client that believes this authority alone."""
        return ssl.create_default_context(cafile=str(self.racine))


@contextlib.contextmanager
def serveur_tls(contexte: ssl.SSLContext) -> Iterator[int]:
    """The port of a server that says `ok` after each handshake, and goes on after those that fail."""
    prise = socket.create_server(("127.0.0.1", 0))

    def servir() -> None:
        while True:
            try:
                recue, _ = prise.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), recue:
                recue.settimeout(PATIENCE_S)
                with contexte.wrap_socket(recue, server_side=True) as chiffree:
                    chiffree.sendall(b"ok")

    fil = threading.Thread(target=servir, daemon=True)
    fil.start()
    yield prise.getsockname()[1]
    prise.shutdown(socket.SHUT_RDWR)
    prise.close()
    fil.join(PATIENCE_S)


@dataclass(frozen=True)
class Poignee:
    """What was agreed in a handshake."""

    version: str | None
    suite: str
    certificat: bytes | None
    protocole: str | None
    session: ssl.SSLSession | None


def serrer(
    port: int, contexte: ssl.SSLContext, hote: str = "localhost", session: ssl.SSLSession | None = None
) -> Poignee:
    """Shake hands and hear the server out. Raises OSError (ssl.SSLError among them) where it fails."""
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE_S) as prise,
        contexte.wrap_socket(prise, server_hostname=hote, session=session) as chiffree,
    ):
        if chiffree.recv(2) != b"ok":
            raise ConnectionResetError
        suite = chiffree.cipher()
        return Poignee(
            chiffree.version(), suite[0] if suite else "", chiffree.getpeercert(binary_form=True),
            chiffree.selected_alpn_protocol(), chiffree.session,
        )  # fmt: skip


def ancien(version: ssl.TLSVersion) -> ssl.SSLContext:
    """A client that speaks this old version alone, and verifies nothing."""
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    contexte.check_hostname, contexte.verify_mode = False, ssl.CERT_NONE
    contexte.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        contexte.minimum_version, contexte.maximum_version = ssl.TLSVersion.TLSv1, version
    return contexte


def _constructeur(sujet: x509.Name, emetteur: x509.Name, cle: _Cle, ecart: timedelta) -> x509.CertificateBuilder:
    present = datetime.now(UTC) + ecart
    return x509.CertificateBuilder(
        emetteur, sujet, cle.public_key(), x509.random_serial_number(), present - _UN_JOUR, present + _UN_JOUR
    )


def _nom_alternatif(nom: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(nom))
    except ValueError:
        return x509.DNSName(nom)
