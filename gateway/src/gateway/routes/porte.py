"""The public door: one request in, one whole answer out, one line in the access log.

Invariant: every fault becomes a problem; neither path, query, body nor token stands in a log or a metric.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.domain.adresse import Mandataires
from gateway.domain.cible import exiger_lisible
from gateway.domain.entetes import annonce_un_corps, valeurs
from gateway.domain.messages import ClientParti, Demande, Recue, Sortie
from gateway.domain.refus import ServiceIndisponible
from gateway.domain.table import Table
from gateway.routes.pages import Page
from gateway.routes.reponses import mettre_en_octets, refuser
from gateway.usecases.operation import Operation
from gateway.usecases.passer import Outils, passer
from gateway.usecases.ports import Portail
from socle import traces
from socle.mesures import mesure
from socle.telemetrie import Telemetrie

INCONNUE = "gateway.inconnue"
PARTI = 499
PAS_S = 0.01
Crochet = Callable[[], Awaitable[None]]
Consigner = Callable[[str, int, float, str], None]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
MANDATAIRE = b"mcp-mandataire"
journal = logging.getLogger("acces")


def consigner(operation: str, statut: int, ms: float, trace: str) -> None:
    """One line of the access log, by the way of all other logs."""
    journal.info("operation", extra={"operation": operation, "statut": statut, "ms": ms, "trace": trace})


class Porte:
    """Serves what stands in the table. `ouvrir` and `fermer` run in the loop, at its start and at its end.

    The protocol asks `repondre` (`adapters/protocole.py`); to the server it is an ASGI application that only lives.
    """

    def __init__(
        self,
        table: Table[Operation | Page],
        outils: Outils,
        mandataires: Mandataires,
        portail: Portail,
        ouvrir: Crochet,
        fermer: Crochet,
        telemetrie: Telemetrie | None = None,
        consigner: Consigner = consigner,
    ) -> None:
        self._table = table
        self._outils = outils
        self._mandataires = mandataires
        self._portail = portail
        self._ouvrir = ouvrir
        self._fermer = fermer
        self._telemetrie = telemetrie
        self._consigner = consigner
        self._en_cours = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] == "lifespan":
            await self._vivre(receive, send)

    async def repondre(self, recue: Recue) -> Sortie | None:
        """The answer; None where nobody waits for it any more."""
        self._en_cours += 1
        try:
            return await self._repondre(recue)
        finally:
            self._en_cours -= 1

    async def _repondre(self, recue: Recue) -> Sortie | None:
        debut = time.perf_counter()
        prouve = MANDATAIRE in recue.lus and await self._portail.prouve(recue.entetes)
        demande = self._lire(recue, prouve=prouve)
        nom, statut = INCONNUE, PARTI
        try:
            self._outils.limites.compter_adresse(demande.adresse, time.monotonic())
            exiger_lisible(demande.chemin, demande.requete)
            servi = self._table.trouver(demande.methode, demande.chemin)
            nom = servi.nom
            reponse = servi.reponse if isinstance(servi, Page) else await passer(self._outils, servi, demande)
            statut = reponse.statut
        except ClientParti:
            reponse = None
        except asyncio.CancelledError:  # the process stops, and this request outlasted its grace
            reponse = refuser(ServiceIndisponible("arret"), demande.trace)
            statut = reponse.statut
        except Exception as faute:  # noqa: BLE001 -- every fault becomes a problem
            reponse = refuser(faute, demande.trace)
            statut = reponse.statut
        duree_s = time.perf_counter() - debut
        mesure(nom, statut).observe(duree_s)
        self._consigner(nom, statut, round(duree_s * 1e3, 1), demande.trace)
        if self._telemetrie is not None:
            self._telemetrie.dire(nom, demande.trace, demande.pas, traces.amont(_trace(recue)), statut, duree_s)
        return None if reponse is None else mettre_en_octets(reponse)

    def _lire(self, recue: Recue, *, prouve: bool) -> Demande:
        return Demande(
            methode=recue.methode,
            chemin=recue.chemin,
            requete=recue.requete,
            entetes=recue.entetes,
            adresse=self._mandataires.adresse(recue.pair, recue.entetes, prouve=prouve),
            trace=traces.courante(_trace(recue)),
            pas=traces.neuf(),
            a_un_corps=annonce_un_corps(recue.lus),
            corps=recue.corps,
        )

    async def _vivre(self, receive: Receive, send: Send) -> None:
        """What was built at start is never garbage: freezing it takes the long pauses away."""
        await receive()
        await self._ouvrir()
        gc.collect()
        gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        while self._en_cours:  # cut by the server just now: what they leave is an event
            await asyncio.sleep(PAS_S)
        await self._fermer()
        await send({"type": "lifespan.shutdown.complete"})


def _trace(recue: Recue) -> str | None:
    if b"traceparent" not in recue.lus:
        return None
    recus = valeurs(recue.entetes, b"traceparent")
    return recus[0].decode("latin-1") if len(recus) == 1 else None
