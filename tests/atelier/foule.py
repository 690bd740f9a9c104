"""Many clients that consult at once, and remember what they asked for and what they saw."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import uuid4

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from atelier.maison import Client, Maison

CLIENTS = 32
RENOUVELER_S = 200.0
ANNONCES = (0, 200, 201, 503)
"""What a client may be answered while something stops: its answer, or that it should come again."""


class Foule:
    """Clients that consult until there are enough consultations; what they sent, and what they saw.

    `statuts` counts answers; 0 stands for none (refused, cut, too late).
    """

    def __init__(
        self, maison: Maison, assez: threading.Event, clients: int = CLIENTS, *, entetes: dict[str, str] | None = None,
        url: str = "",
    ) -> None:  # fmt: skip
        """`entetes` are sent with each request; `url` is another way in than the usual one."""
        self.vus: list[str] = []
        self.demandes: set[str] = set()
        self.instants: list[float] = []
        self.lues = 0
        self.statuts: Counter[int] = Counter()
        self.coupees: list[str] = []
        """How requests ended that were sent and had no answer; a door that was closed is none of them."""

        self._maison, self._assez, self._verrou = maison, assez, threading.Lock()
        self._entetes, self.url = entetes or {}, url or maison.url
        comptes = [compte for compte in maison.demo["comptes"] if compte.get("dossier")]
        personnes = [_Personne(compte, maison.client(compte).jeton) for compte in comptes]
        self._fils = [
            threading.Thread(target=self._consulter, args=(personnes[n % len(personnes)],)) for n in range(clients)
        ]

    def entrer(self) -> None:
        """Begin."""
        for fil in self._fils:
            fil.start()

    def avancer(self, jusqu_a: int, patience_s: float) -> None:
        """Until so many consultations have been read, or for so long."""
        fin = time.monotonic() + patience_s
        while self.lues < jusqu_a and time.monotonic() < fin:
            self._assez.wait(0.05)

    def sortir(self) -> None:
        """Wait for the last answers."""
        for fil in self._fils:
            fil.join()

    @property
    def manquees(self) -> dict[str, int]:
        """What clients were told, or not told, that no contract announces."""
        dites = {str(statut): nombre for statut, nombre in self.statuts.items() if statut not in ANNONCES}
        return dites | Counter(self.coupees)

    def silence_s(self, depuis: float) -> float:
        """The longest time without one consultation since then (`time.monotonic`), in seconds."""
        instants = [depuis, *(a for a in list(self.instants) if a > depuis), time.monotonic()]
        return max(b - a for a, b in pairwise(instants))

    def _consulter(self, personne: "_Personne") -> None:
        ici, client = self.url, Client(self.url)
        champs = ("organisme", "numero_allocataire", "nom", "numero_instructeur", "numero_bailleur")
        cle = {champ: personne.compte["dossier"].get(champ) for champ in champs}
        while not self._assez.is_set():
            if ici != self.url:
                ici, client = self.url, Client(self.url)
            self._renouveler(personne)
            client.porter(personne.jeton)
            ouverte = self._demander(client, "POST", "/cdap/v1/consultations", 201, json=cle)
            if ouverte is None:
                self._assez.wait(0.1)
                continue
            chemin = f"/cdap/v1/consultations/{ouverte['id']}/rubriques/synthese"
            if self._demander(client, "GET", chemin, 200) is not None:
                with self._verrou:
                    self.lues += 1
                    self.instants.append(time.monotonic())

    def _renouveler(self, personne: "_Personne") -> None:
        """A token lives five minutes: one of the clients of a person logs in again, well before."""
        if time.monotonic() < personne.renouveler_a or not personne.verrou.acquire(blocking=False):
            return
        try:
            personne.jeton = self._maison.client(personne.compte).jeton
            personne.renouveler_a = time.monotonic() + RENOUVELER_S
        except (requests.RequestException, AssertionError):  # not now: a fault is under way
            personne.renouveler_a = time.monotonic() + 1.0
        finally:
            personne.verrou.release()

    def _demander(self, client: Any, methode: str, chemin: str, voulu: int, **options: Any) -> Any:
        """The body, if all went well; None for any other answer, and for none."""
        trace = uuid4().hex
        self.demandes.add(trace)
        try:
            reponse = client.demander(
                methode, chemin, headers={"traceparent": f"00-{trace}-{trace[:16]}-01"} | self._entetes, **options
            )
        except requests.RequestException as faute:
            cause = getattr(faute.args[0] if faute.args else None, "reason", None)
            with self._verrou:
                self.statuts[0] += 1
                if not isinstance(cause, NewConnectionError | ConnectTimeoutError):
                    self.coupees.append(type(faute).__name__)
            return None
        with self._verrou:
            self.statuts[reponse.status_code] += 1
            if reponse.status_code == voulu:
                self.vus.append(reponse.headers["Audit-Receipt"])
        return reponse.json() if reponse.status_code == voulu else None


@dataclass
class _Personne:
    """An account, and the token that its clients share."""

    compte: dict[str, Any]
    jeton: str
    renouveler_a: float = field(default_factory=lambda: time.monotonic() + RENOUVELER_S)
    verrou: threading.Lock = field(default_factory=threading.Lock)
