"""A key of the tests, and tokens signed with it: good ones by default, bad ones by what is overridden."""

import json
import time
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ISSUER = "http://127.0.0.1:8000"


@cache
def _cle() -> rsa.RSAPrivateKey:
    """One key for a whole run: making one costs tenths of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Signataire:
    """Signs as identity would: with a key of the tests, or with a private key of identity's own (`<kid>.pem`)."""

    def __init__(self, pem: Path | None = None) -> None:
        self.kid = pem.stem if pem else "cle-des-tests"
        self._cle = cast(rsa.RSAPrivateKey, load_pem_private_key(pem.read_bytes(), None)) if pem else _cle()

    def jwks(self) -> dict[str, Any]:
        """The public key, as identity would publish it."""
        publique = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._cle.public_key()))
        return {"keys": [{**publique, "kid": self.kid, "use": "sig", "alg": "RS256", "key_ops": ["verify"]}]}

    def deposer(self, fichier: Path) -> None:
        """Put the public key where a service keeps the last set it saw."""
        fichier.parent.mkdir(parents=True, exist_ok=True)
        fichier.write_text(json.dumps(self.jwks()))

    def signer(self, claims: dict[str, Any], **entete: Any) -> str:
        """A signed token: `claims` over sensible defaults, `entete` over the right header."""
        present = int(time.time())
        complet = {"iss": ISSUER, "iat": present, "exp": present + 300, "jti": str(uuid4())} | claims
        tete = {"typ": "at+jwt", "kid": self.kid} | entete
        algorithme = tete.pop("alg", "RS256")
        return jwt.encode(complet, self._cle, algorithm=algorithme, headers=tete)
