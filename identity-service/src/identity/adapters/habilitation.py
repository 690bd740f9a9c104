"""habilitation, asked over HTTP with service tokens that identity signs itself.

Invariant: an answer that is not what its contract says is a neighbour that is down, never a right.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from identity.adapters.cles import Cles
from identity.domain.droits import Droits, Groupe
from identity.domain.jetons import VIE_SERVICE, jeton_de_service
from socle.refus import VoisinIndisponible
from socle.voisins import Voisin

T = TypeVar("T")
_MOTS = ("id", "service", "portee", "bulletin", "finalite", "fondement", "destinataire")


class JetonsPropres:
    """Our own service tokens, each kept for half of its life, and no longer than the key that signed it signs."""

    def __init__(self, cles: Cles, issuer: str, horloge: Callable[[], datetime]) -> None:
        self._cles = cles
        self._issuer = issuer
        self._horloge = horloge
        self._connus: dict[str, tuple[float, str, str]] = {}

    def __call__(self, cible: str) -> str:
        """A token for that service."""
        renouveler_a, kid, jeton = self._connus.get(cible, (0.0, "", ""))
        actuel = self._cles.jeu.kid
        if time.monotonic() >= renouveler_a or kid != actuel:
            jeton = self._cles.signer(jeton_de_service(self._issuer, "identity", cible, self._horloge()))
            self._connus[cible] = (time.monotonic() + VIE_SERVICE.total_seconds() / 2, actuel, jeton)
        return jeton


class HabilitationHttp:
    """The neighbour, through its internal operations."""

    def __init__(self, voisin: Voisin) -> None:
        self._voisin = voisin

    def droits_en_vigueur(self, identifiant: str, partenaire: str, trace: str | None) -> Droits:
        """The rights in force of a partner's user. Raises VoisinIndisponible."""
        corps = {"identifiant": identifiant, "partenaire": partenaire}
        return _lire(_droits, self._voisin.demander("/habilitation/v1/droits-en-vigueur", corps=corps, trace=trace))

    def caf_referente(self, partenaire: str, trace: str | None) -> str | None:
        """The Caf référente of a partner; None if there is no such partner. Raises VoisinIndisponible."""
        recu = self._voisin.demander(
            "/habilitation/v1/partenaires/verification", corps={"siret": partenaire}, trace=trace
        )
        return None if recu is None else _lire(_caf, recu)


def _lire(lecture: Callable[[Any], T], recu: Any) -> T:
    """Read an answer strictly; anything unforeseen is a neighbour that cannot be relied on."""
    try:
        return lecture(recu)
    except (KeyError, TypeError):
        raise VoisinIndisponible("habilitation_reponse_illisible") from None


def _droits(lu: Any) -> Droits:
    return Droits(
        droits=_de_type(int, lu["droits"]),
        administrateur=_de_type(bool, lu["administrateur"]),
        caf_referente=None if lu["caf_referente"] is None else _de_type(str, lu["caf_referente"]),
        responsable_de=tuple(_de_type(str, groupe) for groupe in lu["responsable_de"]),
        groupes=tuple(_groupe(groupe) for groupe in lu["groups"]),
    )


def _groupe(lu: Any) -> Groupe:
    mots = {nom: _de_type(str, lu[nom]) for nom in _MOTS}
    profil = None if lu["profil"] is None else _de_type(str, lu["profil"])
    return Groupe(profil=profil, organismes=[_de_type(str, mot) for mot in lu["organismes"]], **mots)


def _caf(lu: Any) -> str:
    return _de_type(str, lu["caf_referente"])


def _de_type(attendu: type[T], valeur: Any) -> T:
    if type(valeur) is not attendu:
        raise TypeError
    return valeur
