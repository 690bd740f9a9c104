"""How many requests pass: token buckets, one for each user, each partner and each address (section 7).

Invariant: memory is bounded. A bucket that nobody has drawn from for longest is forgotten first: it is full again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from gateway.domain.messages import Entetes
from gateway.domain.refus import TropDeDemandes

SEAUX_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Quota:
    """What a limit leaves after a request; `reste` is 0 and `permis` false for one too many."""

    nom: str
    par_seconde: int
    reste: int
    permis: bool

    def entetes(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"{self.nom}";q={self.par_seconde};w=1',
            "RateLimit": f'"{self.nom}";r={self.reste};t=1',
        }

    def octets(self) -> Entetes:
        """The same, for an answer."""
        nom, politique = _politique(self.nom, self.par_seconde)
        return [(b"ratelimit-policy", politique), (b"ratelimit", b"%b;r=%d;t=1" % (nom, self.reste))]


class Limite:
    """One limit: at most `par_seconde` requests a second for each key, and as many at once."""

    def __init__(self, nom: str, par_seconde: int) -> None:
        self._nom = nom
        self._debit = par_seconde
        self._seaux: OrderedDict[str, list[float]] = OrderedDict()

    def prendre(self, cle: str, instant: float) -> Quota:
        """Draw one; `instant` is a monotonic time in seconds."""
        return self.quota(self.puiser(cle, instant))

    def puiser(self, cle: str, instant: float) -> int:
        """Draw one: how many are left, or -1 where there was none."""
        seau = self._seaux.get(cle)
        if seau is None:
            seau = self._seaux[cle] = [float(self._debit), instant]
            if len(self._seaux) > SEAUX_MAX:
                self._seaux.popitem(last=False)
        else:
            self._seaux.move_to_end(cle)
        jetons = min(float(self._debit), seau[0] + (instant - seau[1]) * self._debit)
        seau[0], seau[1] = jetons - (jetons >= 1.0), instant
        return int(seau[0]) if jetons >= 1.0 else -1

    def quota(self, reste: int) -> Quota:
        """What `puiser` left, in words."""
        return Quota(self._nom, self._debit, max(0, reste), reste >= 0)


class Limites:
    """The three limits of the door."""

    def __init__(self, utilisateur: int, partenaire: int, adresse: int) -> None:
        self._utilisateur = Limite("utilisateur", utilisateur)
        self._partenaire = Limite("partenaire", partenaire)
        self._adresse = Limite("adresse", adresse)

    def compter_adresse(self, adresse: str | None, instant: float) -> None:
        """Count a request of this address. Raises TropDeDemandes."""
        _exiger(self._adresse, self._adresse.puiser(adresse or "", instant))

    def compter_personne(self, sujet: str, partenaire: str | None, instant: float) -> Quota:
        """Count a request of this user, then of this partner; the tighter of the two. Raises TropDeDemandes."""
        au_sien = _exiger(self._utilisateur, self._utilisateur.puiser(sujet, instant))
        if partenaire is None:
            return self._utilisateur.quota(au_sien)
        a_tous = _exiger(self._partenaire, self._partenaire.puiser(partenaire, instant))
        return self._utilisateur.quota(au_sien) if au_sien <= a_tous else self._partenaire.quota(a_tous)


def _exiger(limite: Limite, reste: int) -> int:
    if reste < 0:
        raise TropDeDemandes("limite", entetes={"Retry-After": "1", **limite.quota(reste).entetes()})
    return reste


@lru_cache(maxsize=16)
def _politique(nom: str, par_seconde: int) -> tuple[bytes, bytes]:
    """A limit's name in quotes, and its policy."""
    return f'"{nom}"'.encode(), f'"{nom}";q={par_seconde};w=1'.encode()
