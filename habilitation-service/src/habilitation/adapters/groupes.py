"""Groups with their open habilitation, responsable and members."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from habilitation.adapters import bornes
from habilitation.adapters.ecriture import identifier, ouvrir
from habilitation.adapters.tables import appartenances, groupes, habilitations, responsables
from habilitation.domain.groupes import Groupe, Habilitation, Portee
from habilitation.domain.liens import Trait
from habilitation.domain.refus import PlaceOccupee
from habilitation.domain.services import Service

_OUVERTS = (
    select(
        groupes.c.id,
        groupes.c.partenaire,
        groupes.c.nom,
        habilitations.c.service,
        habilitations.c.profil,
        habilitations.c.portee,
        habilitations.c.organismes,
        habilitations.c.bulletin,
        responsables.c.identifiant.label("responsable"),
    )
    .join(habilitations, (habilitations.c.groupe == groupes.c.id) & habilitations.c.jusqu_a.is_(None))
    .outerjoin(responsables, (responsables.c.groupe == groupes.c.id) & responsables.c.jusqu_a.is_(None))
    .where(groupes.c.jusqu_a.is_(None))
    .order_by(groupes.c.id)
)


class Groupes:
    """The store of groups."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, id: str) -> Groupe | None:
        """See the port."""
        return next(iter(self._lire(groupes.c.id == id)), None)

    def du_partenaire(self, siret: str) -> tuple[Groupe, ...]:
        """See the port."""
        return self._lire(groupes.c.partenaire == siret)

    def du_membre(self, siret: str, identifiant: str) -> tuple[Groupe, ...]:
        """See the port."""
        siens = select(appartenances.c.groupe).where(
            appartenances.c.identifiant == identifiant, appartenances.c.jusqu_a.is_(None)
        )
        return self._lire(groupes.c.partenaire == siret, groupes.c.id.in_(siens))

    def confies_a(self, siret: str, identifiant: str) -> tuple[str, ...]:
        """See the port."""
        confies = (
            select(groupes.c.id)
            .join(responsables, responsables.c.groupe == groupes.c.id)
            .where(
                groupes.c.partenaire == siret,
                groupes.c.jusqu_a.is_(None),
                responsables.c.identifiant == identifiant,
                responsables.c.jusqu_a.is_(None),
            )
            .order_by(groupes.c.id)
        )
        return tuple(self._connexion.execute(confies).scalars())

    def ouvrir(self, groupe: Groupe, trait: Trait) -> None:
        """See the port."""
        ouvrir(self._connexion, groupes, trait, id=groupe.id, partenaire=groupe.partenaire, nom=groupe.nom)
        ouvrir(
            self._connexion,
            habilitations,
            trait,
            id=identifier(),
            groupe=groupe.id,
            bulletin=groupe.habilitation.bulletin,
            service=groupe.habilitation.service,
            profil=groupe.habilitation.profil,
            portee=groupe.habilitation.portee,
            organismes=groupe.habilitation.organismes,
        )

    def confier(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """See the port."""
        with bornes.sous({bornes.RESPONSABLE: PlaceOccupee}):
            ouvrir(self._connexion, responsables, trait, id=identifier(), groupe=groupe, identifiant=identifiant)

    def _lire(self, *conditions: ColumnElement[bool]) -> tuple[Groupe, ...]:
        lignes = self._connexion.execute(_OUVERTS.where(*conditions)).all()
        membres = self._membres([ligne.id for ligne in lignes])
        return tuple(_groupe(ligne, tuple(membres.get(ligne.id, ()))) for ligne in lignes)

    def _membres(self, ids: list[str]) -> dict[str, list[str]]:
        """The members of these groups, in the order of their identifiants."""
        ouvertes = (
            select(appartenances.c.groupe, appartenances.c.identifiant)
            .where(appartenances.c.groupe.in_(ids), appartenances.c.jusqu_a.is_(None))
            .order_by(appartenances.c.identifiant)
        )
        membres: dict[str, list[str]] = {}
        for ligne in self._connexion.execute(ouvertes):
            membres.setdefault(ligne.groupe, []).append(ligne.identifiant)
        return membres


def _groupe(ligne: Any, membres: tuple[str, ...]) -> Groupe:
    habilitation = Habilitation(
        Service(ligne.service), ligne.profil, Portee(ligne.portee), ligne.organismes, ligne.bulletin
    )
    return Groupe(ligne.id, ligne.partenaire, ligne.nom, habilitation, ligne.responsable, membres)
