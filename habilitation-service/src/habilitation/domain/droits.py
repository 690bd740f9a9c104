"""The rights in force of one user on one day: what identity writes in the token."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from habilitation.domain.chaine import chaine, maillon_manquant
from habilitation.domain.documents import Adhesion, Genre
from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.suspensions import Cible


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


def droits_de(version: int, partenaire: Partenaire, groupes: Iterable[Groupe], identifiant: str, jour: date) -> Droits:
    """What this user may on that day. Who is suspended may nothing, whatever her places."""
    if partenaire.suspension(Cible.UTILISATEUR, identifiant):
        return Droits(version, caf_referente=partenaire.caf_referente)
    groupes = tuple(groupes)
    return Droits(
        version,
        est_administrateur(partenaire, identifiant, jour),
        partenaire.caf_referente,
        tuple(groupe.id for groupe in groupes if est_delegue(partenaire, groupe, identifiant, jour)),
        groupes_en_vigueur(partenaire, groupes, identifiant, jour),
    )


def groupes_en_vigueur(
    partenaire: Partenaire, groupes: Iterable[Groupe], identifiant: str, jour: date
) -> tuple[GroupeEnVigueur, ...]:
    """Those of the groups that give this user a right on that day."""
    return tuple(
        GroupeEnVigueur(groupe, bulletin.adhesion)
        for groupe in groupes
        if all(anneau.tient for anneau in chaine(partenaire, groupe, identifiant, jour))
        and (bulletin := partenaire.document(groupe.habilitation.bulletin)) is not None
        and bulletin.adhesion is not None
    )


def est_administrateur(partenaire: Partenaire, identifiant: str | None, jour: date) -> bool:
    """Whether this user holds one of the two places, which the convention gives, and is not suspended."""
    tenue = partenaire.est_administre_par(identifiant) and partenaire.signe(Genre.CONVENTION, jour) is not None
    return tenue and partenaire.suspension(Cible.UTILISATEUR, identifiant) is None


def est_delegue(partenaire: Partenaire, groupe: Groupe, identifiant: str | None, jour: date) -> bool:
    """Whether this user is the responsable of the group, which gives a right, and neither of them is suspended."""
    if groupe.responsable is None or groupe.responsable != identifiant:
        return False
    suspendus = (Cible.GROUPE, groupe.id), (Cible.UTILISATEUR, identifiant)
    actif = not any(partenaire.suspension(*cible) for cible in suspendus)
    return actif and maillon_manquant(partenaire, groupe.habilitation, jour) is None
