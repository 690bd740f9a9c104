"""Whose request it is: the address of the peer, or the one that a listed proxy names (section 7).

Invariant: nobody chooses their address. Of X-Forwarded-For only the right-most hop is read, which the proxy itself
has written, and only if the peer is in the list.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Reseau = IPv4Network | IPv6Network


class Mandataires:
    """The proxies that are believed."""

    def __init__(self, reseaux: Iterable[Reseau]) -> None:
        self._reseaux = tuple(reseaux)

    def adresse(self, pair: str | None, transmises: list[bytes]) -> str | None:
        """The client's address; `transmises` are the values of X-Forwarded-For, in their order."""
        propre = _lire(pair or "")
        if propre is None:
            return pair
        if transmises and self._reseaux and any(propre in reseau for reseau in self._reseaux):
            dernier = transmises[-1].rpartition(b",")[2].strip().decode("latin-1")
            return str(_lire(dernier) or propre)
        return str(propre)


@lru_cache(maxsize=4_096)
def _lire(texte: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4 one inside an IPv6 one as itself; None for anything else."""
    try:
        lue = ip_address(texte)
    except ValueError:
        return None
    return (lue.ipv4_mapped or lue) if isinstance(lue, IPv6Address) else lue
