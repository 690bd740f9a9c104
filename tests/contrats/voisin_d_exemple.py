"""A service that knows nothing but its contract: it answers each request with the example, and believes only
requests that the contract allows."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from contrat_lu import Exemple, Operation, trouver
from jsonschema.exceptions import ValidationError


class VoisinDExemple(ThreadingHTTPServer):
    """Listens on a free port. `recues` are the operations that were asked, `fautes` what the contract forbids;
    `exemple` names the one of several answers that is given."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: str, exemples: Mapping[str, str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Reponse)
        self.service = service
        self.exemples = dict(exemples or {})
        self.recues: deque[tuple[str, Any]] = deque()
        self.fautes: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.server_port}"

    def reponse(self, operation: Operation) -> Exemple:
        """The example that it answers with; without a value where the contract has no body."""
        vide = Exemple(next(iter(operation.succes)), None)
        voulu = self.exemples.get(operation.acte)
        return operation.reponses[voulu] if voulu else next(iter(operation.reponses.values()), vide)

    def arreter(self) -> None:
        """Stop, and let go of the port."""
        self.shutdown()
        self.server_close()


class _Reponse(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: VoisinDExemple

    def _servir(self) -> None:
        octets = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = trouver(self.server.service, self.command, self.path)
        if operation is None:
            self._noter(f"{self.command} {urlsplit(self.path).path}: not in the contract")
            self._rendre(404, {})
            return
        corps = json.loads(octets) if octets else None
        self.server.recues.append((operation.acte, corps))
        if faute := self._faute(operation, corps):
            self._noter(f"{operation.acte}: {faute}")
            self._rendre(400, {})
            return
        exemple = self.server.reponse(operation)
        self._rendre(exemple.statut, exemple.valeur)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _servir

    def _faute(self, operation: Operation, corps: Any) -> str | None:
        lus = parse_qs(urlsplit(self.path).query)
        for parametre in operation.parametres:
            if parametre["in"] == "query" and parametre.get("required") and parametre["name"] not in lus:
                return f"{parametre['name']} missing"
        if inconnus := lus.keys() - {p["name"] for p in operation.parametres}:
            return f"unknown {sorted(inconnus)}"
        if "public" not in operation.objet["x-acces"]["qui"] and not self.headers.get("Authorization"):
            return "no token"
        try:
            operation.exiger_requete(corps)
        except ValidationError as invalide:
            return str(invalide.message)
        return None

    def _noter(self, faute: str) -> None:
        self.server.fautes.append(faute)

    def _rendre(self, statut: int, corps: Any) -> None:
        octets = b"" if corps is None else json.dumps(corps).encode()
        self.send_response(statut)
        self.send_header("Content-Type", "application/json")
        if self.headers["Mcp-Echange"]:
            self.send_header("Mcp-Echange", self.headers["Mcp-Echange"])
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_: Any) -> None:
        """Nothing."""
