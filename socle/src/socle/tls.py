"""TLS as RFC 9325 asks for it, for what listens and for what connects.

Invariant: TLS 1.2 with the four suites of section 4.2, or TLS 1.3; nothing older, no renegotiation, no compression, no
ticket (a stolen ticket key would open what was recorded). Who connects verifies the chain and the host's name.
"""

import contextlib
import logging
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography import x509

SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
)
"""TLS 1.2: RFC 9325, section 4.2. Those of TLS 1.3 are all sound, and OpenSSL's own."""
HSTS = "max-age=31536000"
REGARD_S = 60.0
logger = logging.getLogger(__name__)


class Genre(StrEnum):
    """What is wrong with a certificate or its key."""

    ILLISIBLE = "illisible"
    DEPAREILLE = "depareille"
    FAIBLE = "faible"
    PAS_ENCORE = "pas_encore"
    EXPIRE = "expire"


_PHRASES = {
    Genre.ILLISIBLE: "Le certificat {certificat} ou sa clé {cle} est absent ou illisible.",
    Genre.DEPAREILLE: "La clé {cle} n’est pas celle du certificat {certificat}.",
    Genre.FAIBLE: "La clé ou la signature du certificat {certificat} est trop faible.",
    Genre.PAS_ENCORE: "Le certificat {certificat} n’est pas encore valable.",
    Genre.EXPIRE: "Le certificat {certificat} est expiré.",
}
_RAISONS = {
    "KEY_VALUES_MISMATCH": Genre.DEPAREILLE,
    "NO_CERTIFICATE_ASSIGNED": Genre.DEPAREILLE,  # a key of another kind than the certificate's
    "EE_KEY_TOO_SMALL": Genre.FAIBLE,
    "CA_KEY_TOO_SMALL": Genre.FAIBLE,
    "CA_MD_TOO_WEAK": Genre.FAIBLE,
}
PERIME = (Genre.PAS_ENCORE, Genre.EXPIRE)
"""What time alone makes wrong: such a certificate can be served, and clients refuse it."""


class CertificatRefuse(Exception):
    """A certificate that cannot serve; the text is one sentence for who runs the system."""

    def __init__(self, genre: Genre, certificat: Path, cle: Path) -> None:
        super().__init__(_PHRASES[genre].format(certificat=certificat, cle=cle))
        self.genre = genre


def examiner(certificat: Path, cle: Path) -> None:
    """Return if these files can serve now. Raises CertificatRefuse with the kind of what is wrong."""
    _contexte(certificat, cle)
    maintenant = datetime.now(UTC)
    with _lisible(certificat, cle):
        lu = x509.load_pem_x509_certificate(certificat.read_bytes())
    if maintenant < lu.not_valid_before_utc:
        raise CertificatRefuse(Genre.PAS_ENCORE, certificat, cle)
    if maintenant > lu.not_valid_after_utc:
        raise CertificatRefuse(Genre.EXPIRE, certificat, cle)


def serveur(certificat: Path, cle: Path, regard_s: float = REGARD_S) -> ssl.SSLContext:
    """What a listener serves with; files that are replaced are taken up by the first handshake after `regard_s`.

    Raises CertificatRefuse where they cannot be read, or do not belong together. One that is expired is told in the
    log and served: the renewed one is then taken up like any other.
    """
    return _Releve(certificat, cle, regard_s).premier


def uvicorn(certificat: Path, cle: Path) -> dict[str, Any]:
    """The options of a uvicorn listener that serves HTTPS alone, and tells browsers so."""
    return {
        "ssl_context_factory": lambda *_: serveur(certificat, cle),
        "headers": [("strict-transport-security", HSTS)],
    }


def amqp(autorites: Path | None = None) -> dict[str, Any]:
    """How kombu connects: verified against these authorities, or the system's.

    A `server_hostname` of None stands for the host of the address; left out, no name would be verified.
    """
    return {
        "ca_certs": str(autorites) if autorites else None,
        "server_hostname": None,
        "cert_reqs": ssl.CERT_REQUIRED,
        "ciphers": ":".join(SUITES),
        "tls_minimum_version": ssl.TLSVersion.TLSv1_2,
    }


def postgresql(autorites: Path) -> dict[str, str]:
    """How libpq connects; it reads the file at each connection, and its own least version is TLS 1.2."""
    return {"sslmode": "verify-full", "sslrootcert": str(autorites)}


class _Releve:
    """Looks now and then, while somebody connects, whether the files are other ones.

    A whole new context takes the place of the old one: a certificate without its key never stands in any.
    """

    def __init__(self, certificat: Path, cle: Path, regard_s: float) -> None:
        self._fichiers, self._regard_s = (certificat, cle), regard_s
        self._vue = self._signature()
        self.premier = self._actuel = _contexte(certificat, cle)
        self.premier.sni_callback = self._choisir
        self._prochain = time.monotonic() + regard_s
        self._dire()

    def _choisir(self, poignee: Any, _: str | None, __: ssl.SSLContext) -> None:
        """Called in each handshake before the certificate is sent, whether the client names a host or not."""
        if time.monotonic() >= self._prochain:
            self._prochain = time.monotonic() + self._regard_s
            self._regarder()
        if self._actuel is not self.premier:
            poignee.context = self._actuel

    def _regarder(self) -> None:
        vue = self._signature()
        if vue != self._vue:
            try:
                self._actuel = _contexte(*self._fichiers)
            except CertificatRefuse as faute:  # it may be half written: what was good stays, and it is looked at again
                logger.error("certificat", extra={"cause": faute.genre})
                return
            self._vue = vue
            logger.info("certificat renouvelé")
        self._dire()

    def _dire(self) -> None:
        try:
            examiner(*self._fichiers)
        except CertificatRefuse as faute:
            logger.error("certificat", extra={"cause": faute.genre})

    def _signature(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(_trace(fichier) for fichier in self._fichiers)


def _contexte(certificat: Path, cle: Path) -> ssl.SSLContext:
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _durcir(contexte)
    contexte.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    contexte.num_tickets = 0
    contexte.set_alpn_protocols(["http/1.1"])
    with _lisible(certificat, cle):
        contexte.load_cert_chain(certificat, cle, password=_sans_phrase)
    return contexte


def _durcir(contexte: ssl.SSLContext) -> None:
    contexte.minimum_version = ssl.TLSVersion.TLSv1_2
    contexte.set_ciphers(":".join(SUITES) + ":@SECLEVEL=2")
    contexte.options |= ssl.OP_NO_COMPRESSION


def _sans_phrase() -> str:
    """An encrypted key would otherwise ask the terminal."""
    return ""


@contextlib.contextmanager
def _lisible(certificat: Path, cle: Path) -> Iterator[None]:
    """Turn each way in which files can be wrong into its kind, without the text of the library."""
    try:
        yield
    except ssl.SSLError as faute:
        raise CertificatRefuse(_RAISONS.get(faute.reason or "", Genre.ILLISIBLE), certificat, cle) from None
    except (OSError, ValueError):
        raise CertificatRefuse(Genre.ILLISIBLE, certificat, cle) from None


def _trace(fichier: Path) -> tuple[int, int] | None:
    try:
        lu = fichier.stat()
    except OSError:
        return None
    return lu.st_ino, lu.st_mtime_ns
