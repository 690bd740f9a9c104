"""How many requests pass: token buckets, one for each user, each partner and each address (section 7).

Invariant: memory is bounded. A bucket that nobody has drawn from for longest is forgotten first: it is full again.
"""

from collections import OrderedDict
from dataclasses import dataclass

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


class Limite:
    """One limit: at most `par_seconde` requests a second for each key, and as many at once."""

    def __init__(self, nom: str, par_seconde: int) -> None:
        self._nom = nom
        self._debit = par_seconde
        self._seaux: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def prendre(self, cle: str, instant: float) -> Quota:
        """Draw one; `instant` is a monotonic time in seconds."""
        jetons, vu = self._seaux.pop(cle, (float(self._debit), instant))
        jetons = min(float(self._debit), jetons + (instant - vu) * self._debit)
        permis = jetons >= 1.0
        if permis:
            jetons -= 1.0
        self._seaux[cle] = (jetons, instant)
        if len(self._seaux) > SEAUX_MAX:
            self._seaux.popitem(last=False)
        return Quota(self._nom, self._debit, int(jetons), permis)


class Limites:
    """The three limits of the door."""

    def __init__(self, utilisateur: int, partenaire: int, adresse: int) -> None:
        self._utilisateur = Limite("utilisateur", utilisateur)
        self._partenaire = Limite("partenaire", partenaire)
        self._adresse = Limite("adresse", adresse)

    def compter_adresse(self, adresse: str | None, instant: float) -> Quota:
        """Count a request of this address. Raises TropDeDemandes."""
        return _exiger(self._adresse.prendre(adresse or "", instant))

    def compter_personne(self, sujet: str, partenaire: str | None, instant: float) -> Quota:
        """Count a request of this user, then of this partner; the tighter of the two. Raises TropDeDemandes."""
        quota = _exiger(self._utilisateur.prendre(sujet, instant))
        if partenaire is None:
            return quota
        return min(quota, _exiger(self._partenaire.prendre(partenaire, instant)), key=lambda lu: lu.reste)


def _exiger(quota: Quota) -> Quota:
    if not quota.permis:
        raise TropDeDemandes("limite", entetes={"Retry-After": "1", **quota.entetes()})
    return quota
