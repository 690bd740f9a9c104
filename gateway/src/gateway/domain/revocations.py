"""Which tokens have been cut since they were signed (architecture, section 4, « Revocation within one second »).

Invariant: versions are compared, never clocks. An entry of habilitation cuts the tokens that it names if their
`droits` are older than its version, so also one that is signed now from rights that were read before.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from socle.acces import Groupe

GARDE_S = 600.0  # twice the life of a token
PAR_VERSION = ("identifiants", "groupes", "partenaires")


class Porteur(Protocol):
    """Whose token may be cut: what the token says."""

    @property
    def session(self) -> str | None: ...
    @property
    def sujet(self) -> str | None: ...
    @property
    def partenaire(self) -> str | None: ...
    @property
    def groupes(self) -> tuple[Groupe, ...]: ...
    @property
    def droits(self) -> int | None: ...


class Revocations:
    """The entries of both feeds, by what they name; built to be asked at each request."""

    def __init__(self) -> None:
        self._sids: dict[str, float] = {}
        self._identifiants: dict[str, tuple[int, float]] = {}
        self._groupes: dict[str, tuple[int, float]] = {}
        self._partenaires: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._sids) + sum(len(rayon) for rayon in self._rayons())

    def ajouter(self, contenu: Mapping[str, Any], recu_a: float) -> None:
        """Apply an entry that was received at this instant. Raises ValueError if it says nothing that we read."""
        sids, version = _mots(contenu, "sids"), contenu.get("version", 0)
        nommes = [_mots(contenu, genre) for genre in PAR_VERSION]
        if not any((sids, *nommes)) or type(version) is not int:
            raise ValueError("not a revocation")
        for sid in sids:
            self._sids[sid] = recu_a
        for rayon, noms in zip(self._rayons(), nommes, strict=True):
            for nom in noms:
                rayon[nom] = (max(version, rayon.get(nom, (0, 0.0))[0]), recu_a)

    def coupe(self, porteur: Porteur) -> bool:
        """Whether this token has been cut."""
        if porteur.session in self._sids:
            return True
        droits = porteur.droits or 0
        if _coupe(self._identifiants, porteur.sujet, droits) or _coupe(self._partenaires, porteur.partenaire, droits):
            return True
        return bool(self._groupes) and any(_coupe(self._groupes, groupe.id, droits) for groupe in porteur.groupes)

    def oublier(self, avant: float) -> None:
        """Drop what was received before this instant: the tokens that it cut have expired."""
        self._sids = {sid: recu_a for sid, recu_a in self._sids.items() if recu_a >= avant}
        self._identifiants, self._groupes, self._partenaires = (
            {nom: entree for nom, entree in rayon.items() if entree[1] >= avant} for rayon in self._rayons()
        )

    def _rayons(self) -> tuple[dict[str, tuple[int, float]], ...]:
        return self._identifiants, self._groupes, self._partenaires


def _coupe(rayon: Mapping[str, tuple[int, float]], nom: str | None, droits: int) -> bool:
    entree = rayon.get(nom) if nom is not None else None
    return entree is not None and droits < entree[0]


def _mots(contenu: Mapping[str, Any], cle: str) -> Iterable[str]:
    mots = contenu.get(cle, ())
    if not isinstance(mots, list | tuple) or not all(isinstance(mot, str) for mot in mots):
        raise ValueError("not a list of words")
    return mots
