"""The keys of identity: private ones on its own disk, public ones for everybody.

Invariant: a key file is whole or absent, readable by its owner only, and named by its thumbprint (RFC 7638);
however many processes start at once, only one makes the first key.
"""

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from identity.adapters.fichiers import ecrire
from socle.cles import Trousseau

BITS = 3072
ALGORITHME, TYPE = "RS256", "at+jwt"


@dataclass(frozen=True)
class Cles:
    """The private keys by kid; the last one made signs."""

    privees: dict[str, RSAPrivateKey]

    def signer(self, claims: dict[str, Any]) -> str:
        """The token, in compact form."""
        kid, cle = list(self.privees.items())[-1]
        return jwt.encode(claims, cle, algorithm=ALGORITHME, headers={"typ": TYPE, "kid": kid})

    def jwks(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        return {
            "keys": [
                {**_membres(cle.public_key()), "kid": kid, "use": "sig", "alg": ALGORITHME}
                for kid, cle in self.privees.items()
            ]
        }

    def trousseau(self, dossier: Path) -> Trousseau:
        """Our own public keys as `socle` wants them: from a file, never asked of anybody."""
        fichier = dossier / "jwks.json"
        ecrire(fichier, json.dumps(self.jwks()).encode())
        return _TrousseauPropre("", fichier)


class _TrousseauPropre(Trousseau):
    """Whoever makes the keys has none to fetch."""

    def rafraichir(self) -> None:
        """Nothing: an unknown kid is not ours."""


def ouvrir(dossier: Path) -> Cles:
    """Read the keys of a folder, and make the first one if there is none. Raises SystemExit, naming what is wrong."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _seul(dossier):
        fichiers = sorted(dossier.glob("*.pem"), key=lambda fichier: (fichier.stat().st_mtime_ns, fichier.name))
        return Cles({fichier.stem: _lire(fichier) for fichier in fichiers or [_fabriquer(dossier)]})


def empreinte(publique: RSAPublicKey) -> str:
    """The thumbprint of a key (RFC 7638)."""
    canonique = json.dumps(_membres(publique), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonique.encode()).digest())


@contextmanager
def _seul(dossier: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process, however it ends."""
    with (dossier / ".verrou").open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        yield


def _fabriquer(dossier: Path) -> Path:
    cle = generate_private_key(public_exponent=65537, key_size=BITS)
    fichier = dossier / f"{empreinte(cle.public_key())}.pem"
    ecrire(
        fichier,
        cle.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return fichier


def _lire(fichier: Path) -> RSAPrivateKey:
    if fichier.stat().st_mode & 0o077 and fichier.stat().st_uid == os.getuid():
        raise SystemExit(f"identity: la clé {fichier} est lisible par d’autres ; mettez-la en mode 0600")
    try:
        cle = serialization.load_pem_private_key(fichier.read_bytes(), password=None)
    except (OSError, ValueError):
        raise SystemExit(f"identity: la clé {fichier} est illisible") from None
    if not isinstance(cle, RSAPrivateKey) or cle.key_size < BITS:
        raise SystemExit(f"identity: la clé {fichier} n’est pas une clé RSA d’au moins {BITS} bits")
    return cle


def _membres(publique: RSAPublicKey) -> dict[str, str]:
    nombres = publique.public_numbers()
    return {"e": _entier(nombres.e), "kty": "RSA", "n": _entier(nombres.n)}


def _entier(nombre: int) -> str:
    return _base64url(nombre.to_bytes((nombre.bit_length() + 7) // 8, "big"))


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
