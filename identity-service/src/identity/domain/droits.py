"""The rights in force of a user, as habilitation tells them and as the token carries them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Groupe:
    """One group that the user is a member of, with the names of the token's claims."""

    id: str
    service: str
    profil: str | None
    portee: str
    organismes: list[str]
    bulletin: str
    finalite: str
    fondement: str
    destinataire: str


@dataclass(frozen=True, slots=True)
class Droits:
    """All rights of a user, and the version of what was read."""

    droits: int = 0
    administrateur: bool = False
    caf_referente: str | None = None
    responsable_de: tuple[str, ...] = ()
    groupes: tuple[Groupe, ...] = ()


AUCUN = Droits()
