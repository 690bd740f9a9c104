"""The hashing of passwords with Argon2id.

Invariant: at most so many hashes run at once and so many callers wait for one, so that a crowd at the door takes
neither all memory nor all threads; an account that does not exist costs what one that does costs.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from identity.domain.mots_de_passe import normaliser
from socle.refus import Refus

ATTENTE_S = 5.0
REVENIR_S = 3


class CoffreSature(Refus):
    """Too many passwords are being checked; nobody is let in unchecked."""

    code = "service-indisponible"
    issue = "echec"


class CoffreArgon2:
    """Argon2id (RFC 9106) with the parameters of the settings; `memory_cost` in KiB."""

    def __init__(self, time_cost: int, memory_cost: int, parallelism: int, simultanes: int, attente: int) -> None:
        self._hacheur = PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism)
        self._places = threading.BoundedSemaphore(simultanes)
        self._admis = threading.BoundedSemaphore(simultanes + attente)
        self._leurre = self._hacheur.hash(secrets.token_urlsafe())

    def hacher(self, mot_de_passe: str) -> str:
        """The hash to be stored, with its own salt. Raises CoffreSature."""
        with self._place():
            return self._hacheur.hash(_octets(mot_de_passe))

    def verifier(self, hash: str | None, mot_de_passe: str) -> bool:
        """Whether the password is right; without a hash it takes the same time and is wrong. Raises CoffreSature."""
        with self._place():
            try:
                self._hacheur.verify(hash or self._leurre, _octets(mot_de_passe))
            except VerifyMismatchError:
                return False
        return hash is not None

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the few places; who would have to queue behind the others is told at once to come back."""
        if not self._admis.acquire(blocking=False):
            raise CoffreSature("coffre_sature", entetes={"Retry-After": str(REVENIR_S)})
        try:
            if not self._places.acquire(timeout=ATTENTE_S):
                raise CoffreSature("coffre_sature", entetes={"Retry-After": str(REVENIR_S)})
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._admis.release()


def _octets(mot_de_passe: str) -> bytes:
    """A lone surrogate, which JSON can carry, is a wrong password and no fault of ours."""
    return normaliser(mot_de_passe).encode("utf-8", "surrogatepass")
