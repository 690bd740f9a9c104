"""Many clients that consult at once, and remember what they asked for and what they saw."""

import threading
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import requests

from atelier.maison import Maison

CLIENTS = 32


class Foule:
    """Clients that consult until there are enough consultations; what they sent, and what they saw."""

    def __init__(self, maison: Maison, assez: threading.Event, clients: int = CLIENTS) -> None:
        self.vus: list[str] = []
        self.demandes: set[str] = set()
        self.lues = 0
        self.statuts: Counter[int] = Counter()
        self._maison, self._assez, self._verrou = maison, assez, threading.Lock()
        comptes = [compte for compte in maison.demo["comptes"] if compte.get("dossier")]
        jetons = [maison.client(compte).jeton for compte in comptes]
        self._fils = [
            threading.Thread(target=self._consulter, args=(comptes[n % len(comptes)], jetons[n % len(comptes)]))
            for n in range(clients)
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

    def _consulter(self, compte: dict[str, Any], jeton: str) -> None:
        client = self._maison.client()
        client.porter(jeton)
        champs = ("organisme", "numero_allocataire", "nom", "numero_instructeur", "numero_bailleur")
        cle = {champ: compte["dossier"].get(champ) for champ in champs}
        while not self._assez.is_set():
            ouverte = self._demander(client, "POST", "/cdap/v1/consultations", 201, json=cle)
            if ouverte is None:
                self._assez.wait(0.1)
                continue
            chemin = f"/cdap/v1/consultations/{ouverte['id']}/rubriques/synthese"
            if self._demander(client, "GET", chemin, 200) is not None:
                with self._verrou:
                    self.lues += 1

    def _demander(self, client: Any, methode: str, chemin: str, voulu: int, **options: Any) -> Any:
        """The body, if all went well; None for any other answer, and for none."""
        trace = uuid4().hex
        self.demandes.add(trace)
        try:
            reponse = client.demander(
                methode, chemin, headers={"traceparent": f"00-{trace}-{trace[:16]}-01"}, **options
            )
        except requests.RequestException:
            return None
        with self._verrou:
            self.statuts[reponse.status_code] += 1
            if reponse.status_code == voulu:
                self.vus.append(reponse.headers["Audit-Receipt"])
        return reponse.json() if reponse.status_code == voulu else None
