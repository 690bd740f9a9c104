"""The rights in force of one user on one day: what identity writes in the token."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from habilitation.domain.chaine import maillon_manquant
from habilitation.domain.documents import Adhesion
from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Partenaire


@dataclass(frozen=True, slots=True)
class GroupeEnVigueur:
    """A group whose whole chain holds, and what its bulletin says of the purpose."""

    groupe: Groupe
    adhesion: Adhesion


@dataclass(frozen=True, slots=True)
class Droits:
    """Rights, and the version of all rights at which they were read."""

    version: int
    administrateur: bool = False
    caf_referente: str | None = None
    responsable_de: tuple[str, ...] = ()
    groupes: tuple[GroupeEnVigueur, ...] = ()


def groupes_en_vigueur(partenaire: Partenaire, groupes: Iterable[Groupe], jour: date) -> tuple[GroupeEnVigueur, ...]:
    """Those of the groups that give a right on that day."""
    return tuple(
        GroupeEnVigueur(groupe, bulletin.adhesion)
        for groupe in groupes
        if maillon_manquant(partenaire, groupe.habilitation, jour) is None
        and (bulletin := partenaire.document(groupe.habilitation.bulletin)) is not None
        and bulletin.adhesion is not None
    )
