"""Calls to a neighbour: with a service token, with time-outs, and one way to fail.

Invariant: whatever goes wrong on the way is `VoisinIndisponible`; a refused token is forgotten, and asked
for at the next call.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import requests

from socle import traces
from socle.refus import VoisinIndisponible

DELAI_S = (1.0, 5.0)
EMETTRE = "/identity/v1/jetons-de-service"


class JetonsDeService:
    """Service tokens of one client, asked of identity and kept until half of their life is over; `secrets` gives what
    may be its secret, most likely first."""

    def __init__(self, url_identity: str, client: str, secrets: Callable[[], Iterable[str]]) -> None:
        self._url = url_identity + EMETTRE
        self._client = client
        self._secrets = secrets
        self._verrou = threading.Lock()
        self._connus: dict[str, tuple[float, float, str]] = {}

    def __call__(self, cible: str) -> str:
        """A token for that service. Raises VoisinIndisponible if identity does not answer and none is left."""
        with self._verrou:
            renouveler_a, expire_a, jeton = self._connus.get(cible, (0.0, 0.0, ""))
            if time.monotonic() < renouveler_a:
                return jeton
            try:
                recu = self._demander(cible)
            except (OSError, VoisinIndisponible):  # requests' own are of the first kind, as a secret out of reach
                if time.monotonic() < expire_a:
                    return jeton
                raise VoisinIndisponible("identity_injoignable") from None
            duree = float(recu["expires_in"])
            self._connus[cible] = (
                time.monotonic() + duree / 2,
                time.monotonic() + duree,
                recu["access_token"],
            )
            return str(recu["access_token"])

    def _demander(self, cible: str) -> Any:
        refus = VoisinIndisponible("sans_secret")
        for secret in self._secrets():
            demande = {"client": self._client, "secret": secret, "cible": cible}
            recu = sans_mandataire().post(self._url, json=demande, timeout=DELAI_S, allow_redirects=False)
            try:
                return _en_json(recu)
            except VoisinIndisponible as faute:
                refus = faute
        raise refus

    def oublier(self, cible: str) -> None:
        """Ask again at the next use."""
        with self._verrou:
            self._connus.pop(cible, None)


class Voisin:
    """One neighbour, called over HTTP. `jetons` gives a service token for a target."""

    def __init__(self, nom: str, url: str, jetons: Callable[[str], str]) -> None:
        self._nom = nom
        self._url = url
        self._jetons = jetons
        self._local = threading.local()

    def demander(
        self,
        chemin: str,
        *,
        corps: Any = None,
        parametres: dict[str, Any] | None = None,
        trace: str | None = None,
        delai_s: float = DELAI_S[1],
    ) -> Any:
        """POST `corps`, or GET if there is none; the JSON of the answer, None where it is 404.

        Raises VoisinIndisponible for anything else than 2xx or 404, a time-out, or an answer that is no JSON.
        """
        entetes = {"Authorization": f"Bearer {self._jetons(self._nom)}"}
        if trace:
            entetes["traceparent"] = traces.vers_l_aval(trace)
        try:
            reponse = self._session().request(
                "GET" if corps is None else "POST",
                self._url + chemin,
                json=corps,
                params=parametres,
                headers=entetes,
                timeout=(DELAI_S[0], delai_s),
                allow_redirects=False,
            )
        except requests.RequestException:
            raise VoisinIndisponible(f"{self._nom}_injoignable") from None
        if reponse.status_code == 401 and isinstance(self._jetons, JetonsDeService):
            self._jetons.oublier(self._nom)
        return None if reponse.status_code == 404 else _en_json(reponse)

    def _session(self) -> requests.Session:
        """One session for each thread: requests does not promise more."""
        if not hasattr(self._local, "session"):
            self._local.session = sans_mandataire()
        session: requests.Session = self._local.session
        return session


def sans_mandataire() -> requests.Session:
    """A session that no proxy variable of the environment can divert."""
    session = requests.Session()
    session.trust_env = False
    return session


def _en_json(reponse: requests.Response) -> Any:
    if not 200 <= reponse.status_code < 300:
        raise VoisinIndisponible(f"reponse_{reponse.status_code}")
    try:
        return reponse.json()
    except requests.JSONDecodeError:
        raise VoisinIndisponible("reponse_illisible") from None
