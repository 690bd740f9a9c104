"""Slowing guesses down: how long an attempt has to wait for what has failed before it.

Invariant: a delay grows with failures and has an end; an attempt that was made to wait is not a failure, so that
nobody prolongs another's delay by hammering at it. Nothing here knows whether an account exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil

from socle.refus import Refus

PREFIXE_V6 = 64


class Temporisation(Refus):
    """Too many failures: whoever asks, and whatever was typed, has to wait."""

    code = "trop-de-demandes"

    def __init__(self, secondes: float) -> None:
        super().__init__("temporisation", entetes={"Retry-After": str(ceil(secondes))})


@dataclass(frozen=True, slots=True)
class Bareme:
    """So many failures are free; then a delay in seconds that doubles, up to a limit; forgotten after a while."""

    gratuits: int
    premier_s: float
    plafond_s: float
    oubli_s: float


# CNIL, deliberation 2017-012 (its figures, kept as our own under 2022-100): more than a minute after 5 failures,
# growing, at most 25 attempts in 24 hours.
COMPTE = Bareme(gratuits=5, premier_s=60, plafond_s=7_200, oubli_s=86_400)
# A whole organisme may stand behind one address: many free failures, short delays.
ADRESSE = Bareme(gratuits=30, premier_s=5, plafond_s=600, oubli_s=3_600)


@dataclass(frozen=True, slots=True)
class Compteur:
    """Failures so far, and when the last one was."""

    echecs: int
    dernier_a: datetime


@dataclass(frozen=True, slots=True)
class Cles:
    """Under what an attempt counts: keyed prints, never what was typed.

    `familier`: this account was opened from this address before. Then only what failed at that very pair slows
    it: strangers elsewhere, and neighbours behind the same address, do not (ADR on slowing down).
    """

    compte: str
    couple: str
    adresse: str
    familier: bool

    @property
    def freins(self) -> Mapping[str, Bareme]:
        """What slows this attempt."""
        return {self.couple: COMPTE} if self.familier else {self.compte: COMPTE, self.adresse: ADRESSE}

    @property
    def comptees(self) -> Mapping[str, Bareme]:
        """Where its failure counts."""
        return {self.couple if self.familier else self.compte: COMPTE, self.adresse: ADRESSE}


def exiger_patience(cles: Cles, compteurs: Mapping[str, Compteur], instant: datetime) -> None:
    """Raises Temporisation, with the seconds to wait, where one of the delays is not over."""
    restes = [_reste(bareme, compteurs[cle], instant) for cle, bareme in cles.freins.items() if cle in compteurs]
    if (secondes := max(restes, default=0.0)) > 0:
        raise Temporisation(secondes)


def delai(bareme: Bareme, echecs: int) -> float:
    """Seconds to wait after so many failures."""
    if echecs < bareme.gratuits:
        return 0.0
    return min(bareme.premier_s * 2.0 ** min(echecs - bareme.gratuits, 20), bareme.plafond_s)


def reseau(adresse: str | None) -> str:
    """What counts as one address: a subscriber has a whole /64 of IPv6."""
    try:
        lue = ip_address(adresse or "")
    except ValueError:
        return adresse or ""
    if isinstance(lue, IPv6Address):
        if lue.ipv4_mapped is not None:
            return str(lue.ipv4_mapped)
        return str(IPv6Address(int(lue) >> (128 - PREFIXE_V6) << (128 - PREFIXE_V6)))
    return str(lue)


def _reste(bareme: Bareme, compteur: Compteur, instant: datetime) -> float:
    ecoule = (instant - compteur.dernier_a).total_seconds()
    attente = delai(bareme, compteur.echecs)
    return 0.0 if attente == 0 or ecoule >= bareme.oubli_s else attente - ecoule
