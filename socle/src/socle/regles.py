"""`x-acces`, the rule beside each operation: a closed vocabulary, and what it lets through.

Invariant: an operation without a rule, or with an unknown word, is a refusal to start; nothing is allowed
that the rule does not name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from socle.acces import Groupe

PORTES = frozenset({"passerelle", "interne"})
PERIMETRES = frozenset({"soi", "groupe", "partenaire", "caf", "aucun"})
TRACES = frozenset({"acces", "acte", "aucune"})
_SIMPLES = frozenset({"public", "authentifie", "administrateur", "responsable"})
_QUI = re.compile(r"service:[a-z]+|role:caf:[a-z]+|groupe:[a-z]+(/[A-Za-z0-9]+)*")


class RegleInvalide(ValueError):
    """The contract's rule cannot be read: the service does not start."""


class Demandeur(Protocol):
    """What a rule looks at, whether before the gateway or at the service."""

    @property
    def client(self) -> str | None: ...
    @property
    def sujet(self) -> str | None: ...
    @property
    def est_un_service(self) -> bool: ...
    @property
    def administrateur(self) -> bool: ...
    @property
    def responsable_de(self) -> frozenset[str]: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def groupes(self) -> tuple[Groupe, ...]: ...


@dataclass(frozen=True, slots=True)
class Regle:
    """The access rule of one operation."""

    porte: str
    qui: tuple[str, ...]
    perimetre: str
    trace: str
    evenement: str | None

    @property
    def publique(self) -> bool:
        """Whether no token is needed."""
        return "public" in self.qui

    @property
    def tracee(self) -> bool:
        """Whether every call leaves an event."""
        return self.trace != "aucune"

    def autorise(self, demandeur: Demandeur) -> bool:
        """Whether one of the words of `qui` fits."""
        return any(_convient(mot, demandeur) for mot in self.qui)


def lire(operation: dict[str, Any], evenements: Iterable[str]) -> Regle:
    """Read the rule of an operation of a contract. Raises RegleInvalide, naming the operation."""
    nom = operation.get("operationId", "?")
    lu = operation.get("x-acces")
    if not isinstance(lu, dict) or set(lu) != {"porte", "qui", "perimetre", "trace"}:
        raise RegleInvalide(f"{nom}: x-acces must give porte, qui, perimetre and trace")
    qui = lu["qui"]
    if not isinstance(qui, list) or not qui or not all(_connu(mot) for mot in qui):
        raise RegleInvalide(f"{nom}: unknown word in x-acces.qui")
    for cle, mots in (("porte", PORTES), ("perimetre", PERIMETRES), ("trace", TRACES)):
        if lu[cle] not in mots:
            raise RegleInvalide(f"{nom}: unknown word in x-acces.{cle}")
    evenement = operation.get("x-evenement")
    if (lu["trace"] != "aucune") != (evenement is not None) or (evenement and evenement not in evenements):
        raise RegleInvalide(f"{nom}: x-evenement must name a known event if, and only if, it is traced")
    return Regle(lu["porte"], tuple(qui), lu["perimetre"], lu["trace"], evenement)


def _connu(mot: Any) -> bool:
    return isinstance(mot, str) and (mot in _SIMPLES or _QUI.fullmatch(mot) is not None)


def _convient(mot: str, demandeur: Demandeur) -> bool:
    genre, _, reste = mot.partition(":")
    if genre == "public":
        return True
    if genre == "service":
        return demandeur.est_un_service and demandeur.client == reste
    if demandeur.est_un_service or demandeur.sujet is None:
        return False
    if genre == "role":
        return reste in demandeur.roles
    if genre == "administrateur":
        return demandeur.administrateur
    if genre == "responsable":
        return bool(demandeur.responsable_de)
    if genre == "groupe":
        service, *profils = reste.split("/")
        return any(
            groupe.service == service and (not profils or groupe.profil in profils) for groupe in demandeur.groupes
        )
    return genre == "authentifie"
