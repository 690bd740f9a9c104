"""A source of events, asked over HTTP: `/journal` (contracts/commun)."""

from typing import Any, Protocol

from audit.domain.accueil import Lot
from audit.domain.chaine import RANG_MAX, VERSION_MAX, Recu, Tete, est_empreinte
from socle.refus import VoisinIndisponible
from socle.voisins import Voisin

MARGE_S = 3.0
"""How much longer than the long poll an answer may take."""

PURGE_S = 60.0


class Source(Protocol):
    """Whatever gives the ranked events of one service."""

    @property
    def nom(self) -> str: ...

    def demander(self, apres: int, limite: int, attente_s: int) -> Lot:
        """The events after a rank. Raises VoisinIndisponible."""
        ...


class SourceHttp:
    """One service, asked with audit's service token."""

    def __init__(self, nom: str, voisin: Voisin) -> None:
        self.nom = nom
        self._voisin = voisin

    def demander(self, apres: int, limite: int, attente_s: int) -> Lot:
        """The events after a rank, as received. Raises VoisinIndisponible, also where the answer has not its form."""
        recu = self._voisin.demander(
            "/journal",
            parametres={"apres": apres, "limite": limite, "attente": attente_s},
            delai_s=attente_s + MARGE_S,
        )
        if not isinstance(recu, dict) or recu.get("source") != self.nom:
            raise VoisinIndisponible("autre_source")
        try:
            tete = Tete(_entier(recu["tete"]["rang"]), _empreinte(recu["tete"]["empreinte"]))
            point = (
                None if (lu := recu.get("point")) is None else Tete(_entier(lu["rang"]), _empreinte(lu["empreinte"]))
            )
            return Lot(apres, tete, tuple(_recu(evenement) for evenement in recu["evenements"]), point)
        except (KeyError, TypeError):
            raise VoisinIndisponible("reponse_illisible") from None

    def tete(self) -> Tete:
        """The head that the source has now. Raises VoisinIndisponible."""
        return self.demander(0, 1, 0).tete

    def empreinte(self, rang: int) -> str | None:
        """The print that the source has at a rank; None where it has none. Raises VoisinIndisponible."""
        recus = self.demander(rang - 1, 1, 0).recus
        return recus[0].empreinte if recus and recus[0].rang == rang else None

    def purger(self, jusqu_a: int) -> int:
        """Let the source's own events go, up to this rank, if they have their age there too; how many went.

        Raises VoisinIndisponible, also for a source that does not know this yet.
        """
        dit = self._voisin.demander("/journal/purge", corps={"jusqu_a": jusqu_a}, delai_s=PURGE_S)
        if not isinstance(dit, dict):
            raise VoisinIndisponible("purge_inconnue")
        return _entier(dit.get("purges"))


def _recu(lu: dict[str, Any]) -> Recu:
    """Bytes that no UTF-8 text gives are kept as well as can be; their print will not fit."""
    return Recu(
        rang=_entier(lu["rang"]),
        version=_entier(lu["version"], VERSION_MAX),
        precedente=_empreinte(lu["precedente"]),
        empreinte=_empreinte(lu["empreinte"]),
        corps=_texte(lu["corps"]).encode("utf-8", "surrogatepass"),
    )


def _entier(valeur: Any, au_plus: int = RANG_MAX) -> int:
    if type(valeur) is not int or not 0 <= valeur <= au_plus:
        raise TypeError("not a rank or a version")
    return valeur


def _empreinte(valeur: Any) -> str:
    if not est_empreinte(valeur):
        raise TypeError("not a print")
    return str(valeur)


def _texte(valeur: Any) -> str:
    if not isinstance(valeur, str):
        raise TypeError("not a text")
    return valeur
