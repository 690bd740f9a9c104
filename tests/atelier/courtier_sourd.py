"""A broker of the tests' own, that speaks just enough AMQP 0-9-1 to say that a queue or an exchange is not there.

It takes any name and password. Once `garni`, it lets consumers consume (nothing comes), and confirms publishers.
"""

import socket
import socketserver
import struct
import threading
from typing import Any

ENTETE = b"AMQP\x00\x00\x09\x01"
TRAME_FIN = b"\xce"
METHODE, CONTENU, CORPS, BATTEMENT = 1, 2, 3, 8


class CourtierSourd:
    """Listens on a port of 127.0.0.1 from its making until `fermer`."""

    def __init__(self) -> None:
        self.garni = threading.Event()
        self.connexions = 0
        self.publies = 0
        sourd = self

        class Poignee(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                sourd.connexions += 1
                try:
                    _Session(sourd, self.request).servir()
                except (OSError, struct.error, EOFError):
                    return

        class Serveur(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._serveur = Serveur(("127.0.0.1", 0), Poignee)
        self.port = int(self._serveur.server_address[1])
        threading.Thread(target=self._serveur.serve_forever, daemon=True).start()

    def fermer(self) -> None:
        """Listen no more."""
        self._serveur.shutdown()
        self._serveur.server_close()


class _Session:
    def __init__(self, courtier: CourtierSourd, prise: socket.socket) -> None:
        self._courtier, self._prise = courtier, prise
        self._publies = 0

    def servir(self) -> None:
        if self._lire(8) != ENTETE:
            return
        self._envoyer(0, 10, 10, b"\x00\x09" + _longue(b"") + _longue(b"PLAIN") + _longue(b"fr_FR en_US"))
        while True:
            genre, canal, taille = struct.unpack(">BHI", self._lire(7))
            charge = self._lire(taille)
            if self._lire(1) != TRAME_FIN:
                return
            if genre == METHODE and not self._repondre(canal, *struct.unpack(">HH", charge[:4])):
                return
            if genre == CORPS and self._publies:
                self._envoyer(canal, 60, 80, struct.pack(">QB", self._publies, 0))  # basic.ack

    def _repondre(self, canal: int, classe: int, methode: int) -> bool:
        """Whether the session goes on."""
        match (classe, methode):
            case (10, 11):  # connection.start-ok → tune
                self._envoyer(0, 10, 30, struct.pack(">HIH", 0, 131072, 0))
            case (10, 40):  # open → open-ok
                self._envoyer(0, 10, 41, b"\x00")
            case (10, 50):
                self._envoyer(0, 10, 51, b"")
                return False
            case (20, 10):
                self._envoyer(canal, 20, 11, _longue(b""))
            case (20, 40):
                self._envoyer(canal, 20, 41, b"")
            case (60, 10):
                self._envoyer(canal, 60, 11, b"")
            case (85, 10):
                self._envoyer(canal, 85, 11, b"")
            case (60, 20) if self._courtier.garni.is_set():
                self._envoyer(canal, 60, 21, b"\x011")
            case (60, 40) if self._courtier.garni.is_set():
                self._publies += 1
                self._courtier.publies += 1
            case (60, 20) | (60, 40):
                texte = b"NOT_FOUND"
                charge = struct.pack(">HB", 404, len(texte)) + texte + struct.pack(">HH", classe, methode)
                self._envoyer(canal, 20, 40, charge)
        return True

    def _envoyer(self, canal: int, classe: int, methode: int, charge: bytes) -> None:
        corps = struct.pack(">HH", classe, methode) + charge
        self._prise.sendall(struct.pack(">BHI", METHODE, canal, len(corps)) + corps + TRAME_FIN)

    def _lire(self, taille: int) -> bytes:
        lus = b""
        while len(lus) < taille:
            morceau: Any = self._prise.recv(taille - len(lus))
            if not morceau:
                raise EOFError
            lus += morceau
        return lus


def _longue(octets: bytes) -> bytes:
    return struct.pack(">I", len(octets)) + octets
