"""The public ASGI application: one request in, one whole answer out, one line in the access log.

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
from gateway.domain.entetes import valeurs
from gateway.domain.messages import Demande, Entetes, Reponse
from gateway.domain.refus import ServiceIndisponible
from gateway.domain.table import Table
from gateway.routes.corps import ClientParti, Receive, lecteur
from gateway.routes.pages import Page
from gateway.routes.reponses import Send, envoyer, refuser
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
journal = logging.getLogger("acces")


class Porte:
    """Serves what stands in the table. `ouvrir` and `fermer` run in the loop, at its start and at its end."""

    def __init__(
        self,
        table: Table[Operation | Page],
        outils: Outils,
        mandataires: Mandataires,
        portail: Portail,
        ouvrir: Crochet,
        fermer: Crochet,
        telemetrie: Telemetrie | None = None,
    ) -> None:
        self._table = table
        self._outils = outils
        self._mandataires = mandataires
        self._portail = portail
        self._ouvrir = ouvrir
        self._fermer = fermer
        self._telemetrie = telemetrie
        self._en_cours = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] == "http":
            self._en_cours += 1
            try:
                await self._repondre(scope, receive, send)
            finally:
                self._en_cours -= 1
        elif scope["type"] == "lifespan":
            await self._vivre(receive, send)

    async def _repondre(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        debut = time.perf_counter()
        demande = await self._lire(scope, receive)
        nom, statut = INCONNUE, PARTI
        try:
            self._outils.limites.compter_adresse(demande.adresse, time.monotonic())
            exiger_lisible(demande.chemin, demande.requete)
            servi = self._table.trouver(demande.methode, demande.chemin)
            nom = servi.nom
            reponse = await self._servir(servi, demande)
            statut = reponse.statut
        except ClientParti:
            reponse = None
        except asyncio.CancelledError:  # the process stops, and this request outlasted its grace
            reponse = refuser(ServiceIndisponible("arret"), demande.trace)
            statut = reponse.statut
        except Exception as faute:  # noqa: BLE001 -- every fault becomes a problem
            reponse = refuser(faute, demande.trace)
            statut = reponse.statut
        if reponse is not None:
            await envoyer(reponse, send, receive)
        duree_s = time.perf_counter() - debut
        _mesurer(nom, statut, duree_s, demande.trace)
        if self._telemetrie is not None:
            self._telemetrie.dire(
                nom, demande.trace, demande.pas, traces.amont(_recue(scope["headers"])), statut, duree_s
            )

    async def _lire(self, scope: dict[str, Any], receive: Receive) -> Demande:
        entetes = scope["headers"]
        pair = scope.get("client")
        prouve = await self._portail.prouve(entetes)
        return Demande(
            methode=scope["method"],
            chemin=scope["raw_path"],
            requete=scope["query_string"],
            entetes=entetes,
            adresse=self._mandataires.adresse(pair[0] if pair else None, entetes, prouve=prouve),
            trace=traces.courante(_recue(entetes)),
            pas=traces.neuf(),
            corps=lecteur(entetes, receive),
        )

    async def _servir(self, servi: Operation | Page, demande: Demande) -> Reponse:
        return servi.reponse if isinstance(servi, Page) else await passer(self._outils, servi, demande)

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


def _recue(entetes: Entetes) -> str | None:
    recu = valeurs(entetes, b"traceparent")
    return recu[0].decode("latin-1") if len(recu) == 1 else None


def _mesurer(nom: str, statut: int, duree_s: float, trace: str) -> None:
    mesure(nom, statut).observe(duree_s)
    ms = round(duree_s * 1e3, 1)
    journal.info("operation", extra={"operation": nom, "statut": statut, "ms": ms, "trace": trace})
