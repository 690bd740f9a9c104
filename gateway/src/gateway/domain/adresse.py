"""Whose request it is: the address of the peer, or the one that a believed proxy names (section 7).

Invariant: nobody chooses their address. Only a peer that is in the list, or that has proved to be the portal, is
believed, and only for the right-most hop, which it has written itself. Where `X-Forwarded-For` and `Forwarded` name
two addresses, one of them is not the proxy's: neither is believed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from gateway.domain.entetes import valeurs
from gateway.domain.messages import Entetes

Reseau = IPv4Network | IPv6Network
Adresse = IPv4Address | IPv6Address
_POUR = re.compile(r'for=(?:"\[([0-9a-f:.]+)\](?::\d+)?"|"?([0-9.]+)(?::\d+)?"?)', re.IGNORECASE)


class Mandataires:
    """The proxies that are believed for where they are."""

    def __init__(self, reseaux: Iterable[Reseau]) -> None:
        self._reseaux = tuple(reseaux)

    def adresse(self, pair: str | None, entetes: Entetes, *, prouve: bool = False) -> str | None:
        """The client's address; `prouve` says that the peer proved to be the portal."""
        if not prouve and not self._reseaux:
            return _seule(pair)
        propre = _lire(pair or "")
        if propre is None:
            return pair
        if prouve or any(propre in reseau for reseau in self._reseaux):
            return str(_transmise(entetes) or propre)
        return str(propre)


@lru_cache(maxsize=4_096)
def _seule(pair: str | None) -> str | None:
    """The peer's own address, as it is written everywhere."""
    return pair if (propre := _lire(pair or "")) is None else str(propre)


def _transmise(entetes: Entetes) -> Adresse | None:
    """The right-most hop, of one header or of both; None where there is none, or none that can be read."""
    sauts = set()
    if suite := valeurs(entetes, b"x-forwarded-for"):
        sauts.add(_lire(_dernier(suite)))
    if suite := valeurs(entetes, b"forwarded"):
        champs = [_POUR.fullmatch(champ.strip()) for champ in _dernier(suite).split(";")]
        lus = [champ.group(1) or champ.group(2) for champ in champs if champ]
        sauts.add(_lire(lus[0]) if len(lus) == 1 else None)
    return sauts.pop() if len(sauts) == 1 else None


def _dernier(suite: list[bytes]) -> str:
    return suite[-1].rpartition(b",")[2].strip().decode("latin-1")


@lru_cache(maxsize=4_096)
def _lire(texte: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4 one inside an IPv6 one as itself; None for anything else."""
    try:
        lue = ip_address(texte)
    except ValueError:
        return None
    return (lue.ipv4_mapped or lue) if isinstance(lue, IPv6Address) else lue
