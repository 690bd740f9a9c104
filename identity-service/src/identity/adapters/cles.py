"""The keys of identity: private ones on its own disk, public ones for everybody.

Invariant: a key file is whole or absent, readable by its owner only, and named by its thumbprint (RFC 7638);
however many processes start at once, only one makes the first key. The newest private key signs; a public key stays
published until its successor is older than any token that it may have to verify, even if its private part is lost.
"""

import base64
import contextlib
import fcntl
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from socle.cles import CleInconnue, Trousseau
from socle.fichiers import ecrire

BITS = 3072
ALGORITHME, TYPE, TYPE_IDENTITE = "RS256", "at+jwt", "JWT"
RECOUVREMENT_S = 3_600
REGARD_S = 1.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Jeu:
    """The keys at one moment: the private one that signs, and the public ones by kid, the oldest first."""

    kid: str
    privee: RSAPrivateKey
    publiques: dict[str, RSAPublicKey]


class Cles:
    """The keys of a folder; what is changed there is noticed within a second, and a fault keeps those known."""

    def __init__(self, dossier: Path, recouvrement_s: float = RECOUVREMENT_S) -> None:
        self._dossier = dossier
        self._recouvrement_s = recouvrement_s
        self._verrou = threading.Lock()
        self._jeu = _charger(dossier, recouvrement_s)
        self._regarde_a = time.monotonic()

    @property
    def jeu(self) -> Jeu:
        """The keys as they are now."""
        with self._verrou:
            if time.monotonic() - self._regarde_a >= REGARD_S:
                self._regarde_a = time.monotonic()
                try:
                    self._jeu = _charger(self._dossier, self._recouvrement_s)
                except (SystemExit, OSError):
                    logger.error("clés illisibles : celles qui sont connues servent encore")
            return self._jeu

    def signer(self, claims: dict[str, Any]) -> str:
        """The access token, in compact form."""
        return self._signer(claims, TYPE)

    def signer_identite(self, claims: dict[str, Any]) -> str:
        """The ID token: of another type, so that it is never taken for an access token."""
        return self._signer(claims, TYPE_IDENTITE)

    def relire_identite(self, jeton: str, issuer: str) -> dict[str, str] | None:
        """`sub`, `sid` and `aud` of an ID token that we signed, however old; None for anything else.

        That of a key that is published no longer is anything else.
        """
        try:
            entete = jwt.get_unverified_header(jeton)
            cle = self.jeu.publiques.get(str(entete.get("kid")))
            if cle is None or entete.get("typ") != TYPE_IDENTITE:
                return None
            options: Any = {"verify_exp": False, "verify_aud": False, "require": ["sub", "sid", "aud"]}
            lu = jwt.decode(jeton, cle, algorithms=[ALGORITHME], issuer=issuer, options=options)
        except jwt.PyJWTError:
            return None
        noms = ("sub", "sid", "aud")
        return {nom: lu[nom] for nom in noms} if all(isinstance(lu[nom], str) for nom in noms) else None

    def _signer(self, claims: dict[str, Any], type: str) -> str:
        jeu = self.jeu
        return jwt.encode(claims, jeu.privee, algorithm=ALGORITHME, headers={"typ": type, "kid": jeu.kid})

    def jwks(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        return {
            "keys": [
                {**_membres(publique), "kid": kid, "use": "sig", "alg": ALGORITHME}
                for kid, publique in self.jeu.publiques.items()
            ]
        }

    def trousseau(self, dossier: Path) -> Trousseau:
        """Our own public keys as `socle` wants them: never asked of anybody."""
        fichier = dossier / "jwks.json"
        ecrire(fichier, json.dumps(self.jwks()).encode())
        return _TrousseauPropre(self, fichier)


class _TrousseauPropre(Trousseau):
    """Whoever makes the keys has none to fetch."""

    def __init__(self, cles: Cles, fichier: Path) -> None:
        super().__init__("", fichier)
        self._propres = cles

    def cle(self, kid: str) -> Any:
        """Give the public key of that id. Raises CleInconnue."""
        try:
            return self._propres.jeu.publiques[kid]
        except KeyError:
            raise CleInconnue() from None

    def rafraichir(self) -> None:
        """Nothing: an unknown kid is not ours."""


def ouvrir(dossier: Path, recouvrement_s: float = RECOUVREMENT_S) -> Cles:
    """Read the keys of a folder, and make the first one if there is none. Raises SystemExit, naming what is wrong."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _seul(dossier):
        if not any(dossier.glob("*.pem")):
            _fabriquer(dossier)
        for privee in dossier.glob("*.pem"):
            _publier(privee)
    return Cles(dossier, recouvrement_s)


def tourner(dossier: Path, recouvrement_s: float = RECOUVREMENT_S, *, compromise: bool = False) -> str:
    """Make a new key, which signs from now on; its kid. Works whatever became of the old private keys.

    The old public ones stay published for the overlap; with `compromise` they are dropped at once. Private keys that
    can no longer sign are erased.
    """
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _seul(dossier):
        anciennes = list(dossier.glob("*.pem"))
        for privee in anciennes:
            with contextlib.suppress(SystemExit):  # a private key that is lost has its public part still
                _publier(privee)
        neuve = _fabriquer(dossier)
        for privee in anciennes:
            privee.unlink()
        retenues = {neuve.stem} if compromise else set(_en_vigueur(dossier, recouvrement_s))
        for publique in dossier.glob("*.pub"):
            if publique.stem not in retenues:
                publique.unlink()
        return neuve.stem


def _charger(dossier: Path, recouvrement_s: float) -> Jeu:
    privees = _par_age(dossier, "*.pem")
    if not privees:
        raise SystemExit(f"identity: aucune clé dans {dossier} ; lancez « python -m identity cles tourner »")
    kid, publiques = privees[-1].stem, _en_vigueur(dossier, recouvrement_s)
    privee = _lire(privees[-1])
    return Jeu(kid, privee, {autre: _lire_publique(fichier) for autre, fichier in publiques.items()})


def _en_vigueur(dossier: Path, recouvrement_s: float) -> dict[str, Path]:
    """The public keys that are still published: each until its successor is old enough."""
    fichiers = _par_age(dossier, "*.pub")
    limite = time.time() - recouvrement_s
    suivants = [*(fichier.stat().st_mtime for fichier in fichiers[1:]), None]
    return {
        fichier.stem: fichier
        for fichier, suivant in zip(fichiers, suivants, strict=True)
        if suivant is None or suivant > limite
    }


def _par_age(dossier: Path, motif: str) -> list[Path]:
    return sorted(dossier.glob(motif), key=lambda fichier: (fichier.stat().st_mtime_ns, fichier.name))


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
    """Make a key; its public part is there first, so that nobody signs with a key that is not published."""
    cle = generate_private_key(public_exponent=65537, key_size=BITS)
    fichier = dossier / f"{empreinte(cle.public_key())}.pem"
    ecrire(fichier.with_suffix(".pub"), _en_pem(cle.public_key()))
    ecrire(
        fichier,
        cle.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return fichier


def _publier(privee: Path) -> None:
    """Write the public part beside a private key, of the same age, if it is not there."""
    fichier = privee.with_suffix(".pub")
    if fichier.exists():
        return
    publique = _lire(privee).public_key()
    ecrire(fichier, _en_pem(publique))
    etat = privee.stat()
    os.utime(fichier, ns=(etat.st_atime_ns, etat.st_mtime_ns))


def _en_pem(publique: RSAPublicKey) -> bytes:
    return publique.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _lire_publique(fichier: Path) -> RSAPublicKey:
    try:
        cle = serialization.load_pem_public_key(fichier.read_bytes())
    except (OSError, ValueError):
        raise SystemExit(f"identity: la clé {fichier} est illisible") from None
    if not isinstance(cle, RSAPublicKey) or cle.key_size < BITS:
        raise SystemExit(f"identity: la clé {fichier} n’est pas une clé RSA d’au moins {BITS} bits")
    return cle


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
