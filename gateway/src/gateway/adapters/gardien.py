"""Who asks: the token of a request, verified here without a call to anyone, unless its key is new.

Invariant: only a user's token is believed; a bad one leaves a metric and a line in the security log, never
an event, and never itself.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress

from gateway.adapters.mesures import JETONS_REFUSES, MANDATAIRES_REFUSES
from gateway.domain.entetes import valeurs
from gateway.domain.messages import Entetes
from gateway.domain.refus import ServiceIndisponible
from gateway.usecases.operation import Operation
from socle.cles import CleInconnue, Trousseau
from socle.jetons import Identite, JetonInvalide, Verificateur
from socle.operations import JetonAbsent, JetonRefuse

MANDATAIRE = b"mcp-mandataire"
PASSERELLE, PORTAIL = "gateway", "portail"
PATIENCE_S = 0.25
CONNUS_MAX = 4_096
securite = logging.getLogger("securite")


class GardienDesJetons:
    """Verifies with the keys of `trousseau`; an unknown key id makes it fetch them, once for all who wait."""

    def __init__(self, trousseau: Trousseau, issuer: str, fils: Executor) -> None:
        self._trousseau = trousseau
        self._verificateur = Verificateur(trousseau, issuer, service=None)
        self._fils = fils
        self._recherche: asyncio.Future[None] | None = None
        self._connus: dict[bytes, Identite] = {}

    async def identifier(self, entetes: Entetes, operation: Operation, trace: str) -> Identite:
        """The user whom the token proves. Raises JetonAbsent, JetonRefuse; ServiceIndisponible without any key."""
        recus = valeurs(entetes, b"authorization")
        connu = self._connus.get(recus[0]) if len(recus) == 1 else None
        if connu is not None and time.time() < connu.expire_a:
            return connu
        try:
            identite = await self._verifier(_jeton(recus))
            self._retenir(recus[0], identite)
            return identite
        except JetonInvalide as faute:
            cause = str(faute)
            JETONS_REFUSES.labels(cause).inc()
            securite.warning("jeton refuse", extra={"operation": operation.nom, "cause": cause, "trace": trace})
            raise JetonRefuse() from None

    def chercher_les_cles(self) -> asyncio.Future[None]:
        """Fetch the keys in a thread; who asks while that runs gets the same fetch."""
        if self._recherche is None or self._recherche.done():
            boucle = asyncio.get_running_loop()
            self._recherche = boucle.run_in_executor(self._fils, self._trousseau.rafraichir)
        return self._recherche

    def _retenir(self, recu: bytes, identite: Identite) -> None:
        """The header as it came, so that its next one is only looked up; the oldest goes first."""
        self._connus[recu] = identite
        if len(self._connus) > CONNUS_MAX:
            del self._connus[next(iter(self._connus))]

    async def _verifier(self, jeton: str) -> Identite:
        try:
            return self._verificateur.verifier(jeton, en_ligne=False)
        except CleInconnue:
            await asyncio.shield(self.chercher_les_cles())
        if not self._trousseau.garni:
            raise ServiceIndisponible("aucune_cle")
        try:
            return self._verificateur.verifier(jeton, en_ligne=False)
        except CleInconnue:
            raise JetonInvalide("cle_inconnue") from None


class GardienDuPortail:
    """Whether the peer is the portal, by the service token in `MCP-Mandataire` (`aud: gateway`, `client_id: portail`).

    Invariant: a proof never refuses a request. One that proves nothing is counted, and the peer is taken for what it
    is, an address; and nobody waits for unknown keys for more than `PATIENCE_S`.
    """

    def __init__(
        self, trousseau: Trousseau, issuer: str, chercher_les_cles: Callable[[], asyncio.Future[None]]
    ) -> None:
        self._verificateur = Verificateur(trousseau, issuer, service=PASSERELLE)
        self._chercher_les_cles = chercher_les_cles

    async def prouve(self, entetes: Entetes) -> bool:
        """Whether it has proved it."""
        recues = valeurs(entetes, MANDATAIRE)
        if not recues:
            return False
        try:
            identite = await self._verifier(recues)
            if not identite.est_un_service or identite.client != PORTAIL:
                raise JetonInvalide("autre_client")
        except JetonInvalide as faute:
            MANDATAIRES_REFUSES.labels(str(faute)).inc()
            securite.warning("mandataire refuse", extra={"cause": str(faute)})
            return False
        return True

    async def _verifier(self, recues: list[bytes]) -> Identite:
        if len(recues) > 1:
            raise JetonInvalide("entete_double")
        jeton = recues[0].decode("latin-1")
        with suppress(CleInconnue):
            return self._verificateur.verifier(jeton, en_ligne=False)
        await asyncio.wait([self._chercher_les_cles()], timeout=PATIENCE_S)
        try:
            return self._verificateur.verifier(jeton, en_ligne=False)
        except CleInconnue:
            raise JetonInvalide("cle_inconnue") from None


def _jeton(recus: list[bytes]) -> str:
    """The one bearer token of a request. Raises JetonAbsent, or JetonInvalide where there are two headers."""
    if len(recus) > 1:
        raise JetonInvalide("entete_double")
    schema, _, jeton = (recus[0] if recus else b"").partition(b" ")
    if schema.lower() != b"bearer" or not jeton:
        raise JetonAbsent()
    return jeton.decode("latin-1")
