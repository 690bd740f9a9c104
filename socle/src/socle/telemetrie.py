"""OpenTelemetry, when `MCP_OTEL_URL` names a collector: one server span per operation, sent by OTLP over HTTP.

Invariant: a span holds the operation, its status, its times and its ids, and nothing else: neither path nor query, no
header, no person, no dossier. A collector that is away costs spans, which are counted, and never an answer.
"""

import atexit
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from socle.mesures import TRACES_PERDUES
from socle.voisins import sans_mandataire

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExportResult

CHEMIN = "/v1/traces"
ENVOI_S = 3.0
"""How long one batch may take, and so how much longer a process may take to stop."""

CHAQUE_MS = 2_000


class Telemetrie:
    """Tells the collector about operations that are over, from a thread of its own.

    The ids of a span are those that its request came with and handed on (`socle.traces`): so spans are made whole,
    after the answer, and no context of the library's goes around with a request.
    """

    def __init__(self, service: str, url: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it repeats what the collector answers
        envoi = OTLPSpanExporter(url.rstrip("/") + CHEMIN, timeout=ENVOI_S, session=sans_mandataire())
        self._ressource = Resource({SERVICE_NAME: service})
        self._processeur = BatchSpanProcessor(_compter(envoi), schedule_delay_millis=CHAQUE_MS)
        atexit.register(self.fermer)

    def dire(self, operation: str, trace: str, pas: str, amont: str | None, statut: int, duree_s: float) -> None:
        """Tell of an operation that ends now; `pas` is its own id, `amont` that of the span that called it."""
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

        def place(pas: str) -> SpanContext:
            return SpanContext(
                int(trace, 16), int(pas, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)
            )

        fin = time.time_ns()
        self._processeur.on_end(
            ReadableSpan(
                name=operation,
                context=place(pas),
                parent=place(amont) if amont else None,
                resource=self._ressource,
                attributes={"mcp.operation": operation, "http.response.status_code": statut},
                kind=SpanKind.SERVER,
                status=Status(StatusCode.ERROR if statut >= 500 else StatusCode.UNSET),
                start_time=fin - int(duree_s * 1e9),
                end_time=fin,
            )
        )

    def fermer(self) -> None:
        """Send what waits, and end."""
        atexit.unregister(self.fermer)
        self._processeur.shutdown()  # type: ignore[no-untyped-call]


def ouvrir(service: str, url: str) -> Telemetrie | None:
    """None, and no library loaded, where no collector is configured. To be called in the process that serves."""
    return Telemetrie(service, url) if url else None


def _compter(envoi: Any) -> Any:
    """The same exporter, whose failures are counted."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Compte(SpanExporter):
        def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
            rendu: SpanExportResult = envoi.export(spans)
            if rendu is not SpanExportResult.SUCCESS:
                TRACES_PERDUES.inc()
            return rendu

        def shutdown(self) -> None:
            envoi.shutdown()

    return Compte()
