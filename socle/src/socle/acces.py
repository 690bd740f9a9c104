"""Who acts, by what right, from where: what a verified request tells a use case. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Groupe:
    """A group of the token: the habilitation under which its members act. `organismes` empty: all of them."""

    id: str
    service: str
    profil: str | None
    portee: str
    organismes: tuple[str, ...]
    bulletin: str
    finalite: str
    fondement: str
    destinataire: str

    def couvre(self, organisme: str) -> bool:
        """Whether the scope of the group holds this organisme (webinar, « Cibler un organisme »)."""
        return self.portee == "nationale" or organisme in self.organismes


@dataclass(frozen=True, slots=True)
class Acces:
    """The verified identity of one request. Built by `socle` alone, from a token or for a command."""

    acte: str
    sujet: str | None = None
    client: str | None = None
    session: str | None = None
    partenaire: str | None = None
    caf: str | None = None
    caf_referente: str | None = None
    administrateur: bool = False
    responsable_de: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    groupes: tuple[Groupe, ...] = ()
    droits: int | None = None
    est_un_service: bool = False
    adresse: str | None = None
    trace: str | None = None

    def groupes_de(self, service: str) -> tuple[Groupe, ...]:
        """The groups that give a right on this service."""
        return tuple(groupe for groupe in self.groupes if groupe.service == service)
