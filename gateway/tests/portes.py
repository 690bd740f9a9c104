"""A real gateway over real services: all of them listen on sockets, and tokens are signed for good."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gateway
from atelier import Banc, Persona, un_service
from gateway.adapters.ecoute import Ecoute, un_serveur
from gateway.adapters.protocole import Protocole
from gateway.main import application
from gateway.settings import Reglages
from socle.ecoute import prendre_le_port

MIGRATIONS = Path(gateway.__file__).parent / "migrations"
RECU = "0198f3c2-7f5b-7c3e-a2b4-6f1d2c3b4a59"


@dataclass
class Recue:
    """A request, as a service got it."""

    methode: str
    chemin: str
    entetes: list[tuple[str, str]]
    corps: bytes

    def valeurs(self, nom: str) -> list[str]:
        return [valeur for cle, valeur in self.entetes if cle.lower() == nom.lower()]


class _Poignee(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "ServiceReel"

    def _servir(self) -> None:
        corps = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        recue = Recue(self.command, self.path, list(self.headers.items()), corps)
        self.server.recues.append(recue)
        self.server.comportement(self, recue)

    do_GET = do_POST = do_PUT = do_DELETE = _servir

    def repondre(self, statut: int = 200, corps: bytes = b'{"ok":true}', **entetes: str) -> None:
        self.send_response(statut)
        echange = {"Mcp-Echange": self.headers["Mcp-Echange"]} if self.headers["Mcp-Echange"] else {}
        communs = {"Content-Type": "application/json", "Content-Length": str(len(corps))}
        for nom, valeur in {**communs, **echange, **entetes}.items():
            self.send_header(nom.replace("_", "-"), valeur)
        self.end_headers()
        self.wfile.write(corps)

    def brut(self, octets: bytes) -> None:
        """Write these bytes and hang up."""
        self.wfile.write(octets)
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing."""


Comportement = Callable[[_Poignee, Recue], None]


def accorde(poignee: _Poignee, _: Recue) -> None:
    poignee.repondre(Audit_Receipt=RECU)


class ServiceReel(ThreadingHTTPServer):
    """A service behind the gateway; what it answers is its `comportement`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, comportement: Comportement = accorde, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Poignee)
        self.comportement = comportement
        self.recues: list[Recue] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: Any) -> None:
        """The gateway hung up: that is what some tests want."""

    def eteindre(self) -> None:
        self.shutdown()
        self.server_close()


class Fil:
    """A feed of revocations, long poll included, as `contracts` describes it; other paths are `accorde`."""

    def __init__(self, *, existe: bool = True) -> None:
        self.existe = existe
        self.entrees: list[dict[str, Any]] = []
        self.demandes: list[str] = []
        self._change = threading.Condition()

    def inscrire(self, **contenu: Any) -> None:
        """Write an entry, and wake who waits."""
        with self._change:
            numero = len(self.entrees) + 1
            self.entrees.append({"numero": numero, "a": time.time(), "contenu": contenu})
            self._change.notify_all()

    def recommencer(self) -> None:
        """Another database: the numbers begin again."""
        self.entrees.clear()

    def __call__(self, poignee: _Poignee, recue: Recue) -> None:
        chemin, _, requete = recue.chemin.partition("?")
        if not chemin.endswith("/v1/revocations"):
            accorde(poignee, recue)
            return
        self.demandes.extend(recue.valeurs("Authorization"))
        if not self.existe:
            poignee.repondre(404, b"{}")
            return
        lus = {nom: int(valeur) for nom, _, valeur in (mot.partition("=") for mot in requete.split("&"))}
        with self._change:
            self._change.wait_for(lambda: len(self.entrees) > lus["apres"], lus["attente"])
            nouvelles = [entree for entree in self.entrees if entree["numero"] > lus["apres"]][: lus["limite"]]
            corps = {"entrees": nouvelles, "dernier": len(self.entrees)}
        poignee.repondre(corps=json.dumps(corps).encode())


def port_ferme() -> int:
    """A port on which nobody listens."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


@dataclass
class Reponse:
    statut: int
    entetes: http.client.HTTPMessage
    corps: bytes
    secondes: float

    @property
    def probleme(self) -> str:
        assert self.entetes["Content-Type"] == "application/problem+json"
        return str(json.loads(self.corps)["type"]).removeprefix("urn:mcp:probleme:")


@dataclass
class Porte:
    """The gateway, running, with its bench."""

    banc: Banc
    port: int
    cdap: ServiceReel
    identity: ServiceReel
    arreter: Callable[[], None]
    _vues: int = field(default=0)

    def demander(
        self,
        methode: str,
        chemin: str,
        *,
        persona: Persona | None = None,
        jeton: str | None = None,
        entetes: list[tuple[str, str]] | None = None,
        corps: bytes | None = None,
    ) -> Reponse:
        """One request on a connection of its own, its path sent as it is written."""
        if persona is not None:
            jeton = self.banc.signataire.signer(persona.claims)
        tous = [*([("Authorization", f"Bearer {jeton}")] if jeton is not None else []), *(entetes or [])]
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        debut = time.perf_counter()
        try:
            connexion.putrequest(methode, chemin, skip_accept_encoding=True)
            for nom, valeur in tous:
                connexion.putheader(nom, valeur)
            if corps is not None and "transfer-encoding" not in {nom.lower() for nom, _ in tous}:
                connexion.putheader("Content-Length", str(len(corps)))
            connexion.endheaders(corps)
            reponse = connexion.getresponse()
            lu = reponse.read()
            return Reponse(reponse.status, reponse.headers, lu, time.perf_counter() - debut)
        finally:
            connexion.close()

    def nouvelles_traces(self) -> list[dict[str, Any]]:
        """The events since the last time this was asked."""
        toutes = self.banc.traces
        nouvelles, self._vues = toutes[self._vues :], len(toutes)
        return nouvelles


def _identite(banc: list[Banc], fil: Fil) -> Comportement:
    """What identity does for a gateway: its keys, and service tokens."""

    def comportement(poignee: _Poignee, recue: Recue) -> None:
        if recue.chemin == "/.well-known/jwks.json":
            poignee.repondre(corps=json.dumps(banc[0].signataire.jwks()).encode())
        elif recue.chemin == "/identity/v1/jetons-de-service":
            demande = json.loads(recue.corps)
            jeton = banc[0].signataire.signer(un_service(demande["client"], demande["cible"]).claims)
            poignee.repondre(corps=json.dumps({"access_token": jeton, "expires_in": 900}).encode())
        else:
            fil(poignee, recue)

    return comportement


LARGES = {"limite_utilisateur": 100_000, "limite_partenaire": 100_000, "limite_adresse": 100_000}


def ouvrir_la_porte(dossier: Path, protocole: Any = Protocole, fil: Fil | None = None, **reglages: Any) -> Porte:
    """Start a gateway over a cdap and an identity; habilitation and audit are down, limits are wide."""
    bancs: list[Banc] = []
    cdap, identity = ServiceReel(), ServiceReel(_identite(bancs, fil or Fil(existe=False)))
    fermee = f"http://127.0.0.1:{port_ferme()}"
    urls = {"url_identity": identity.url, "url_cdap": cdap.url, "url_habilitation": fermee, "url_audit": fermee}
    bancs.append(Banc(application, Reglages, MIGRATIONS, dossier, **urls | LARGES | reglages))
    prise = prendre_le_port("127.0.0.1", 0)
    serveur_public = un_serveur(Ecoute(bancs[0].app, "127.0.0.1", 0, arret_s=1, protocole=protocole))
    fil = threading.Thread(target=serveur_public.run, args=([prise],), daemon=True)
    fil.start()
    while not serveur_public.started:
        time.sleep(0.01)

    def arreter() -> None:
        serveur_public.should_exit = True
        fil.join()
        cdap.eteindre()
        identity.eteindre()

    return Porte(bancs[0], prise.getsockname()[1], cdap, identity, arreter)
