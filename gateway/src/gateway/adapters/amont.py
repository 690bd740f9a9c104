"""The way to the services, over aiohttp: one pool for all, whole answers, no redirect, no cookie, no retry.

Invariant: what was sent is never sent again, since nobody can tell whether the service had begun; and an
answer is handed on whole or not at all.
"""

from collections.abc import Mapping

import aiohttp
from yarl import URL

from gateway.domain.messages import Entetes, Envoi, Reponse
from gateway.domain.refus import ServiceIndisponible

CONNEXION_S = 0.5
OISIVETE_S = 3.0  # less than the 5 s after which uvicorn closes an idle connection: the one that closes is us
PAR_SERVICE = 100
REPONSE_MAX = 16 << 20
SANS_CORPS = (204, 304)
INJOIGNABLE, INCOMPLETE = "service_injoignable", "reponse_incomplete"


class AmontHttp:
    """Speaks to each service at its root URL; opened in the loop that uses it."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self._session: aiohttp.ClientSession | None = None

    async def envoyer(self, service: str, envoi: Envoi) -> Reponse:
        """The whole answer of the service. Raises ServiceIndisponible, whose cause says how it failed."""
        try:
            async with self._ouverte().request(
                envoi.methode,
                self._url(service, envoi),
                headers=_en_texte(envoi.entetes),
                data=envoi.corps or None,
                timeout=aiohttp.ClientTimeout(total=envoi.delai_s, sock_connect=CONNEXION_S),
                allow_redirects=False,
            ) as recue:
                _exiger_une_fin(recue)
                entetes = [(nom.lower(), valeur) for nom, valeur in recue.raw_headers]
                return Reponse(recue.status, entetes, await _corps(recue))
        except (aiohttp.ClientConnectionError, TimeoutError):
            raise ServiceIndisponible(INJOIGNABLE) from None
        except aiohttp.ClientError:
            raise ServiceIndisponible(INCOMPLETE) from None

    async def fermer(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _url(self, service: str, envoi: Envoi) -> URL:
        """The target as the client wrote it: the one reading that was authorized is the one that is served."""
        cible = envoi.chemin + b"?" + envoi.requete if envoi.requete else envoi.chemin
        return URL(self._urls[service] + cible.decode("ascii"), encoded=True)

    def _ouverte(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, limit_per_host=PAR_SERVICE, keepalive_timeout=OISIVETE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                auto_decompress=False,
                trust_env=False,
            )
            # aiohttp sends a GET, PUT or DELETE again by itself when a pooled connection closes under it, and
            # has no public switch against that; a service may have served, and recorded, the first one.
            self._session._retry_connection = False
        return self._session


def _exiger_une_fin(recue: aiohttp.ClientResponse) -> None:
    """Raise ServiceIndisponible unless the answer is a final one that says where it ends."""
    if recue.status < 200:
        raise ServiceIndisponible(INCOMPLETE)
    if recue.status not in SANS_CORPS and not (
        "Content-Length" in recue.headers or "Transfer-Encoding" in recue.headers
    ):
        raise ServiceIndisponible(INCOMPLETE)


async def _corps(recue: aiohttp.ClientResponse) -> bytes:
    """The body, at most 16 MiB. Raises ServiceIndisponible where it does not come whole."""
    morceaux, taille = [], 0
    try:
        async for morceau in recue.content.iter_any():
            taille += len(morceau)
            if taille > REPONSE_MAX:
                recue.close()
                raise ServiceIndisponible(INCOMPLETE)
            morceaux.append(morceau)
    except (aiohttp.ClientError, TimeoutError):
        raise ServiceIndisponible(INCOMPLETE) from None
    return b"".join(morceaux)


def _en_texte(entetes: Entetes) -> list[tuple[str, str]]:
    return [(nom.decode("ascii"), valeur.decode("ascii")) for nom, valeur in entetes]
