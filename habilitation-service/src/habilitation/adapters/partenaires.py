"""Partners with their documents, administrateurs and suspensions, as they stand or as they stood."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, Table, exists, or_, select, union

from habilitation.adapters import bornes
from habilitation.adapters.documents import Documents
from habilitation.adapters.ecriture import clore, identifier, ouvert, ouvrir, trait_de
from habilitation.adapters.suspensions import Suspensions
from habilitation.adapters.tables import (
    administrateurs,
    appartenances,
    documents,
    groupes,
    habilitations,
    partenaires,
    responsables,
    suspensions,
)
from habilitation.domain.liens import Trait
from habilitation.domain.partenaires import Administrateur, Partenaire, Place
from habilitation.domain.refus import DejaExistant, PlaceOccupee


class Partenaires:
    """The store of partners."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion
        self._documents = Documents(connexion)
        self._suspensions = Suspensions(connexion)

    def lire(self, siret: str, a: datetime | None = None) -> Partenaire | None:
        """See the port."""
        ligne = self._connexion.execute(
            select(partenaires).where(partenaires.c.siret == siret, ouvert(partenaires, a))
        ).one_or_none()
        if ligne is None:
            return None
        return Partenaire(
            ligne.siret,
            ligne.raison_sociale,
            ligne.caf_referente,
            self._documents.signes(siret, a),
            self._administrateurs(siret, a),
            self._documents.en_route(siret, a),
            self._suspensions.en_cours(siret, a),
            trait_de(ligne),
        )

    def ouvrir(self, partenaire: Partenaire, trait: Trait) -> None:
        """See the port."""
        with bornes.sous({bornes.PARTENAIRE: DejaExistant}):
            ouvrir(
                self._connexion,
                partenaires,
                trait,
                siret=partenaire.siret,
                raison_sociale=partenaire.raison_sociale,
                caf_referente=partenaire.caf_referente,
            )

    def designer(self, siret: str, administrateur: Administrateur, trait: Trait) -> None:
        """See the port."""
        with bornes.sous({bornes.PLACE: PlaceOccupee, bornes.PERSONNE: DejaExistant}):
            ouvrir(
                self._connexion,
                administrateurs,
                trait,
                id=identifier(),
                partenaire=siret,
                place=administrateur.place,
                identifiant=administrateur.identifiant,
            )

    def liberer(self, siret: str, place: Place, trait: Trait) -> None:
        """See the port."""
        la_place = administrateurs.c.partenaire == siret, administrateurs.c.place == place
        clore(self._connexion, administrateurs, trait, *la_place)

    def connait(self, siret: str, identifiant: str) -> bool:
        """See the port."""
        du_partenaire = select(groupes.c.id).where(groupes.c.partenaire == siret)
        administre = administrateurs.c.partenaire == siret, administrateurs.c.identifiant == identifiant
        quelque_part = [exists().where(*administre)]
        for table in (appartenances, responsables):
            quelque_part.append(exists().where(table.c.groupe.in_(du_partenaire), table.c.identifiant == identifiant))
        return bool(self._connexion.execute(select(or_(*quelque_part))).scalar())

    def ayant_habilite(
        self, service: str, profils: Iterable[str], caf: str | None, apres: str, limite: int
    ) -> tuple[str, ...]:
        """See the port."""
        habilites = (
            select(partenaires.c.siret)
            .distinct()
            .join(groupes, groupes.c.partenaire == partenaires.c.siret)
            .join(habilitations, habilitations.c.groupe == groupes.c.id)
            .where(
                habilitations.c.service == service,
                habilitations.c.profil.in_(list(profils)),
                partenaires.c.siret > apres,
            )
            .order_by(partenaires.c.siret)
            .limit(limite)
        )
        if caf is not None:
            habilites = habilites.where(partenaires.c.caf_referente == caf)
        return tuple(self._connexion.execute(habilites).scalars())

    def instants(self, siret: str, debut: datetime, fin: datetime) -> tuple[datetime, ...]:
        """See the port."""
        du_partenaire = select(groupes.c.id).where(groupes.c.partenaire == siret)
        siens = [(table, table.c.partenaire == siret) for table in (documents, groupes, suspensions)]
        siens += [(table, table.c.groupe.in_(du_partenaire)) for table in (habilitations, appartenances)]
        siens.append((partenaires, partenaires.c.siret == siret))
        morceaux = [
            select(colonne.label("instant")).where(condition, colonne >= debut, colonne < fin)
            for table, condition in siens
            for colonne in _bords(table)
        ]
        return tuple(sorted(self._connexion.execute(union(*morceaux)).scalars()))

    def _administrateurs(self, siret: str, a: datetime | None) -> tuple[Administrateur, ...]:
        tenues = (
            select(administrateurs)
            .where(administrateurs.c.partenaire == siret, ouvert(administrateurs, a))
            .order_by(administrateurs.c.place)
        )
        return tuple(Administrateur(ligne.identifiant, Place(ligne.place)) for ligne in self._connexion.execute(tenues))


def _bords(table: Table) -> tuple[Column[datetime], ...]:
    return table.c.depuis, table.c.jusqu_a
