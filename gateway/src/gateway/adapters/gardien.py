"""Who asks: the token of a request, verified here without a call to anyone, unless its key is new.

Invariant: only a user's token is believed; a bad one leaves a metric and a line in the security log, never
an event, and never itself.
"""

import asyncio
import logging
from concurrent.futures import Executor

from gateway.adapters.mesures import JETONS_REFUSES
from gateway.domain.entetes import valeurs
from gateway.domain.messages import Entetes
from gateway.domain.refus import ServiceIndisponible
from gateway.usecases.operation import Operation
from socle.cles import CleInconnue, Trousseau
from socle.jetons import Identite, JetonInvalide, Verificateur
from socle.operations import JetonAbsent, JetonRefuse

securite = logging.getLogger("securite")


class GardienDesJetons:
    """Verifies with the keys of `trousseau`; an unknown key id makes it fetch them, once for all who wait."""

    def __init__(self, trousseau: Trousseau, issuer: str, fils: Executor) -> None:
        self._trousseau = trousseau
        self._verificateur = Verificateur(trousseau, issuer, service=None)
        self._fils = fils
        self._recherche: asyncio.Future[None] | None = None

    async def identifier(self, entetes: Entetes, operation: Operation, trace: str) -> Identite:
        """The user whom the token proves. Raises JetonAbsent, JetonRefuse; ServiceIndisponible without any key."""
        try:
            return await self._verifier(_jeton(entetes))
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


def _jeton(entetes: Entetes) -> str:
    """The one bearer token of a request. Raises JetonAbsent, or JetonInvalide where there are two headers."""
    recus = valeurs(entetes, b"authorization")
    if len(recus) > 1:
        raise JetonInvalide("entete_double")
    schema, _, jeton = (recus[0] if recus else b"").partition(b" ")
    if schema.lower() != b"bearer" or not jeton:
        raise JetonAbsent()
    return jeton.decode("latin-1")
