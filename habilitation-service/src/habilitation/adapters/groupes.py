"""Groups with their habilitation, responsable and members, as they stand or as they stood."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from habilitation.adapters import bornes
from habilitation.adapters.ecriture import clore, identifier, ouvert, ouvrir, trait_de
from habilitation.adapters.tables import appartenances, groupes, habilitations, noms, responsables
from habilitation.domain.groupes import Appartenance, Groupe, Habilitation, Portee
from habilitation.domain.liens import Trait
from habilitation.domain.refus import PlaceOccupee
from habilitation.domain.services import Service


class Groupes:
    """The store of groups."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, id: str, a: datetime | None = None) -> Groupe | None:
        """See the port."""
        return next(iter(self._lire(a, groupes.c.id == id)), None)

    def du_partenaire(self, siret: str, a: datetime | None = None) -> tuple[Groupe, ...]:
        """See the port."""
        return self._lire(a, groupes.c.partenaire == siret)

    def de_la_personne(self, siret: str, identifiant: str) -> tuple[Groupe, ...]:
        """See the port."""
        siens = select(appartenances.c.groupe).where(
            appartenances.c.identifiant == identifiant, ouvert(appartenances, None)
        )
        sienne = or_(groupes.c.id.in_(siens), responsables.c.identifiant == identifiant)
        return self._lire(None, groupes.c.partenaire == siret, sienne)

    def ouvrir(self, groupe: Groupe, trait: Trait) -> None:
        """See the port."""
        ouvrir(self._connexion, groupes, trait, id=groupe.id, partenaire=groupe.partenaire, nom=groupe.nom)
        self._habiliter(groupe.id, groupe.habilitation, trait)

    def rehabiliter(self, groupe: str, habilitation: Habilitation, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, habilitations, trait, habilitations.c.groupe == groupe)
        self._habiliter(groupe, habilitation, trait)

    def renommer(self, groupe: str, nom: str, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, noms, trait, noms.c.groupe == groupe)
        ouvrir(self._connexion, noms, trait, id=identifier(), groupe=groupe, nom=nom)

    def fermer(self, groupe: str, trait: Trait) -> None:
        """See the port."""
        for table in (habilitations, responsables, noms):
            clore(self._connexion, table, trait, table.c.groupe == groupe)
        clore(self._connexion, groupes, trait, groupes.c.id == groupe)

    def confier(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """See the port."""
        with bornes.sous({bornes.RESPONSABLE: PlaceOccupee}):
            ouvrir(self._connexion, responsables, trait, id=identifier(), groupe=groupe, identifiant=identifiant)

    def reprendre(self, groupe: str, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, responsables, trait, responsables.c.groupe == groupe)

    def _habiliter(self, groupe: str, habilitation: Habilitation, trait: Trait) -> None:
        ouvrir(
            self._connexion,
            habilitations,
            trait,
            id=identifier(),
            groupe=groupe,
            bulletin=habilitation.bulletin,
            service=habilitation.service,
            profil=habilitation.profil,
            portee=habilitation.portee,
            organismes=habilitation.organismes,
        )

    def _lire(self, a: datetime | None, *conditions: ColumnElement[bool]) -> tuple[Groupe, ...]:
        lignes = self._connexion.execute(_etat(a).where(*conditions)).all()
        membres = self._appartenances([ligne.id for ligne in lignes], a)
        return tuple(_groupe(ligne, tuple(membres.get(ligne.id, ()))) for ligne in lignes)

    def _appartenances(self, ids: list[str], a: datetime | None) -> dict[str, list[Appartenance]]:
        """The memberships of these groups, in the order of the identifiants."""
        ouvertes = (
            select(appartenances)
            .where(appartenances.c.groupe.in_(ids), ouvert(appartenances, a))
            .order_by(appartenances.c.identifiant)
        )
        membres: dict[str, list[Appartenance]] = {}
        for ligne in self._connexion.execute(ouvertes):
            lue = Appartenance(ligne.identifiant, trait_de(ligne), ligne.echeance)
            membres.setdefault(ligne.groupe, []).append(lue)
        return membres


def _etat(a: datetime | None) -> Select[Any]:
    """Groups with their open habilitation, name and responsable, now or at an instant."""
    return (
        select(
            groupes.c.id,
            groupes.c.partenaire,
            func.coalesce(noms.c.nom, groupes.c.nom).label("nom"),
            groupes.c.depuis.label("cree_a"),
            groupes.c.par.label("cree_par"),
            habilitations.c.service,
            habilitations.c.profil,
            habilitations.c.portee,
            habilitations.c.organismes,
            habilitations.c.bulletin,
            habilitations.c.depuis,
            habilitations.c.par,
            habilitations.c.motif,
            responsables.c.identifiant.label("responsable"),
        )
        .join(habilitations, (habilitations.c.groupe == groupes.c.id) & ouvert(habilitations, a))
        .outerjoin(responsables, (responsables.c.groupe == groupes.c.id) & ouvert(responsables, a))
        .outerjoin(noms, (noms.c.groupe == groupes.c.id) & ouvert(noms, a))
        .where(ouvert(groupes, a))
        .order_by(groupes.c.id)
    )


def _groupe(ligne: Row[Any], membres: tuple[Appartenance, ...]) -> Groupe:
    habilitation = Habilitation(
        Service(ligne.service), ligne.profil, Portee(ligne.portee), ligne.organismes, ligne.bulletin, trait_de(ligne)
    )
    creation = Trait(ligne.cree_a, ligne.cree_par)
    return Groupe(ligne.id, ligne.partenaire, ligne.nom, habilitation, ligne.responsable, membres, creation)
