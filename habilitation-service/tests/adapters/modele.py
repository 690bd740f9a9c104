"""A plain model of the chain of rights, in memory: what happened is replayed into dictionaries, and asked there.

It shares no line with the product but the words of its closed lists.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
CAF = "781"
ETATS = ["envoye", "recu", "complet", "signe"]


def jour_de(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()


@dataclass
class Etat:
    """The partner after some act."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    administrateurs: dict[str, str] = field(default_factory=dict)
    groupes: dict[str, dict[str, Any]] = field(default_factory=dict)
    suspensions: dict[str, tuple[str, str]] = field(default_factory=dict)

    def signe(self, genre: str, jour: date, service: str | None = None) -> bool:
        return any(
            (lu["genre"], lu["etat"]) == (genre, "signe") and lu["le"] <= jour and lu["service"] == service
            for lu in self.documents.values()
        )

    def pris(self, genre: str, service: str | None, signe: bool) -> bool:
        """Whether a document of this kind is signed, or on its way."""
        return any(
            (lu["genre"], lu["service"], lu["etat"] == "signe") == (genre, service, signe)
            for lu in self.documents.values()
        )

    def suspendu(self, cible: str, reference: str) -> bool:
        return (cible, reference) in self.suspensions.values()

    def bulletin(self, service: str) -> str | None:
        return next(
            (
                id
                for id, lu in self.documents.items()
                if (lu["genre"], lu["service"], lu["etat"]) == ("bulletin", service, "signe")
            ),
            None,
        )

    def administre(self, qui: str, jour: date) -> bool:
        tient = qui in self.administrateurs.values() and self.signe("convention", jour)
        return tient and not self.suspendu("utilisateur", qui)

    def defauts(self, groupe: dict[str, Any], jour: date) -> set[str]:
        """What keeps a group from giving anything, by its documents and its service."""
        bulletin = self.documents.get(groupe["bulletin"] or "")
        tenu = bulletin is not None and bulletin["etat"] == "signe" and bulletin["le"] <= jour
        defauts = {
            "convention_absente": not self.signe("convention", jour),
            "contrat_absent": not self.signe("contrat", jour),
            "bulletin_absent": not tenu,
            "profil_hors_bulletin": not tenu or groupe["profil"] not in bulletin["profils"],
            "service_suspendu": self.suspendu("service", groupe["service"]),
        }
        if groupe["portee"] == "mono":
            defauts["organisme_hors_caf_referente"] = groupe["organismes"] != (CAF,)
        else:
            defauts["eligibilite_absente"] = not self.signe("eligibilite", jour)
        return {nom for nom, vrai in defauts.items() if vrai}

    def obstacles(self, id: str, qui: str, jour: date) -> set[str]:
        """What keeps this person from what the group gives."""
        groupe = self.groupes[id]
        obstacles = self.defauts(groupe, jour)
        if self.suspendu("groupe", id):
            obstacles.add("groupe_suspendu")
        if self.suspendu("utilisateur", qui):
            obstacles.add("utilisateur_suspendu")
        if qui not in groupe["membres"]:
            obstacles.add("appartenance_absente")
        elif groupe["membres"][qui] is not None and groupe["membres"][qui] < jour:
            obstacles.add("echeance_passee")
        return obstacles

    def droits(self, qui: str, jour: date) -> set[tuple[Any, ...]]:
        """Everything this person may."""
        lus: set[tuple[Any, ...]] = {("administrateur",)} if self.administre(qui, jour) else set()
        for id, groupe in self.groupes.items():
            if not self.obstacles(id, qui, jour):
                lus.add(("groupe", id, groupe["profil"], groupe["organismes"]))
            if groupe["responsable"] == qui and self.delegue(id, qui, jour):
                lus.add(("responsable", id))
        return lus

    def delegue(self, id: str, qui: str, jour: date) -> bool:
        suspendu = self.suspendu("groupe", id) or self.suspendu("utilisateur", qui)
        return not suspendu and not self.defauts(self.groupes[id], jour)

    def explique(self, qui: str, service: str, profil: str, organisme: str, jour: date) -> tuple[bool, set[str]]:
        """Whether she may, and every cause that could be named if she may not."""
        causes: set[str] = set()
        candidats = [id for id, lu in self.groupes.items() if (lu["service"], lu["profil"]) == (service, profil)]
        for id in candidats:
            groupe, obstacles = self.groupes[id], self.obstacles(id, qui, jour)
            if groupe["organismes"] and organisme not in groupe["organismes"]:
                obstacles.add("organisme_hors_portee")
            if not obstacles:
                return True, set()
            causes |= obstacles
        if not candidats:
            voulu = {"service": service, "profil": profil, "portee": "mono", "organismes": (CAF,)}
            causes = self.defauts(voulu | {"bulletin": self.bulletin(service)}, jour) | {"groupe_absent"}
        return False, causes

    def profil_tenu(self, qui: str, jour: date, sauf: str | None = None) -> set[str]:
        """The CDAP profiles on which an open membership rests, planned ends apart."""
        return {
            groupe["profil"]
            for id, groupe in self.groupes.items()
            if groupe["service"] == "cdap"
            and id != sauf
            and qui in groupe["membres"]
            and not (groupe["membres"][qui] is not None and groupe["membres"][qui] < jour)
        }


class Histoire:
    """The states by the instant of the act that made them."""

    def __init__(self, depart: datetime) -> None:
        self._etats: list[tuple[datetime, Etat]] = [(depart, Etat())]
        self.version = 1

    @property
    def etat(self) -> Etat:
        """The state now; to be changed through `suite`."""
        return self._etats[-1][1]

    @property
    def instants(self) -> list[datetime]:
        """When something changed."""
        return [quand for quand, _ in self._etats]

    def suite(self, instant: datetime) -> Etat:
        """A copy of the state, which becomes that of this instant."""
        self.version += 1
        self._etats.append((instant, deepcopy(self.etat)))
        return self.etat

    def a(self, instant: datetime) -> Etat | None:
        return next((etat for quand, etat in reversed(self._etats) if quand <= instant), None)

    def du_jour(self, jour: date) -> list[Etat]:
        """Every state that was there at some instant of the day."""
        debut = datetime.combine(jour, datetime.min.time(), PARIS)
        fin = datetime.combine(jour + timedelta(days=1), datetime.min.time(), PARIS)
        dans_le_jour = [etat for quand, etat in self._etats if debut <= quand < fin]
        return [*filter(None, [self.a(debut)]), *dans_le_jour]
