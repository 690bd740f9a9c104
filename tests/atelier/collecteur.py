"""An OpenTelemetry collector for the tests: OTLP over HTTP, on a socket."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collecteur(HTTPServer):
    """Takes OTLP over HTTP, and says `statut`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recoit)
        self.statut = 200
        self.recus: list[tuple[str, bytes]] = []
        self._arrive = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def spans(self) -> list[tuple[str, Any]]:
        """Name of the service, span."""
        return [
            (groupe.resource.attributes[0].value.string_value, span)
            for _, corps in self.recus
            for groupe in ExportTraceServiceRequest.FromString(corps).resource_spans
            for portee in groupe.scope_spans
            for span in portee.spans
        ]

    def recevoir(self, chemin: str, corps: bytes) -> None:
        """Keep one message."""
        with self._arrive:
            self.recus.append((chemin, corps))
            self._arrive.notify_all()

    def attendre(self, combien: int, secondes: float = 20.0) -> None:
        """Until so many spans have come. Raises TimeoutError."""
        with self._arrive:
            if not self._arrive.wait_for(lambda: len(self.spans) >= combien, secondes):
                raise TimeoutError(f"{len(self.spans)} spans")

    def eteindre(self) -> None:
        """Listen no more."""
        self.shutdown()
        self.server_close()


class _Recoit(BaseHTTPRequestHandler):
    server: Collecteur

    def do_POST(self) -> None:
        corps = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.recevoir(self.path, corps)
        self.send_response(self.server.statut)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""
