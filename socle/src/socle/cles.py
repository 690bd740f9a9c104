"""The public keys of identity: fetched from its JWKS, kept on disk so that a restart needs no neighbour."""

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Any

import jwt
import requests

from socle.causes import CONSTATS, Cause
from socle.voisins import sans_mandataire

ECART_MIN_S = 10.0
ECART_SANS_CLE_S = 1.0
DELAI_S = (2.0, 3.0)
TAILLE_MIN_BITS = 2048


class CleInconnue(Exception):
    """No key of that id is known."""


class Trousseau:
    """Keys by id. An unknown id refreshes them at most once in 10 s, once in 1 s while none is known.

    The last set is kept in `fichier`.
    """

    def __init__(self, url: str, fichier: Path) -> None:
        self._url = url
        self._fichier = fichier
        self._verrou = threading.Lock()
        self._essai = -ECART_MIN_S
        self._cles: dict[str, Any] = {}
        self.en_defaut = False
        """Whether the last attempt to fetch them failed."""
        with contextlib.suppress(OSError, ValueError):
            self._cles = _retenir(json.loads(fichier.read_bytes()))

    @property
    def garni(self) -> bool:
        """Whether at least one key is known."""
        return bool(self._cles)

    def cle(self, kid: str) -> Any:
        """Give the public key of that id. Raises CleInconnue."""
        try:
            return self._cles[kid]
        except KeyError:
            raise CleInconnue() from None

    def rafraichir(self) -> None:
        """Fetch the keys again, unless that was just tried; a failure keeps those known."""
        with self._verrou:
            if time.monotonic() - self._essai < (ECART_MIN_S if self.garni else ECART_SANS_CLE_S):
                return
            self._essai = time.monotonic()
            try:
                reponse = sans_mandataire().get(self._url, timeout=DELAI_S, allow_redirects=False)
                reponse.raise_for_status()
                lu = reponse.json()
                cles = _retenir(lu)
            except (requests.RequestException, ValueError):
                self.en_defaut = True
                CONSTATS.constater(Cause.CLES, self._url)
                return
            self.en_defaut = False
            CONSTATS.lever(Cause.CLES, self._url)
            if cles:
                self._cles = cles
                with contextlib.suppress(OSError):  # the keys serve all the same; the next start will fetch them
                    self._garder(lu)

    def _garder(self, lu: Any) -> None:
        provisoire = self._fichier.with_suffix(".nouveau")
        self._fichier.parent.mkdir(parents=True, exist_ok=True)
        provisoire.write_text(json.dumps(lu))
        provisoire.replace(self._fichier)


def _retenir(lu: Any) -> dict[str, Any]:
    """Keys that may verify our tokens: RSA, for signatures, long enough. Raises ValueError."""
    retenues = {}
    if not isinstance(lu, dict) or not isinstance(lu.get("keys"), list):
        raise ValueError("not a JWKS")
    for cle in lu["keys"]:
        sert = cle.get("kty") == "RSA" and cle.get("use") == "sig" and cle.get("alg") == "RS256"
        if sert and "verify" in cle.get("key_ops", ["verify"]) and isinstance(cle.get("kid"), str):
            publique = jwt.PyJWK(cle).key
            if publique.key_size >= TAILLE_MIN_BITS:
                retenues[cle["kid"]] = publique
    return retenues
