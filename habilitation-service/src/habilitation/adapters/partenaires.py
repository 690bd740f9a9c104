"""Partners with their open documents and administrateurs."""

from typing import Any

from sqlalchemy import Connection, Row, select

from habilitation.adapters import bornes
from habilitation.adapters.ecriture import identifier, ouvrir
from habilitation.adapters.tables import administrateurs, documents, partenaires
from habilitation.domain.documents import Adhesion, Document, Fondement, Genre
from habilitation.domain.liens import Trait
from habilitation.domain.partenaires import Administrateur, Partenaire, Place
from habilitation.domain.refus import DejaExistant, PlaceOccupee
from habilitation.domain.services import Service


class Partenaires:
    """The store of partners."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, siret: str) -> Partenaire | None:
        """See the port."""
        ligne = self._connexion.execute(
            select(partenaires).where(partenaires.c.siret == siret, partenaires.c.jusqu_a.is_(None))
        ).one_or_none()
        if ligne is None:
            return None
        return Partenaire(
            ligne.siret, ligne.raison_sociale, ligne.caf_referente, self._documents(siret), self._administrateurs(siret)
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

    def ajouter_document(self, siret: str, document: Document, trait: Trait) -> None:
        """See the port."""
        with bornes.sous({bornes.DOCUMENT: DejaExistant, bornes.BULLETIN: DejaExistant}):
            ouvrir(
                self._connexion,
                documents,
                trait,
                id=document.id,
                partenaire=siret,
                genre=document.genre,
                signe_le=document.signe_le,
                **_colonnes(document.adhesion),
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

    def _documents(self, siret: str) -> tuple[Document, ...]:
        ouverts = (
            select(documents)
            .where(documents.c.partenaire == siret, documents.c.jusqu_a.is_(None))
            .order_by(documents.c.id)
        )
        return tuple(
            Document(ligne.id, Genre(ligne.genre), ligne.signe_le, _adhesion(ligne))
            for ligne in self._connexion.execute(ouverts)
        )

    def _administrateurs(self, siret: str) -> tuple[Administrateur, ...]:
        ouverts = (
            select(administrateurs)
            .where(administrateurs.c.partenaire == siret, administrateurs.c.jusqu_a.is_(None))
            .order_by(administrateurs.c.place)
        )
        return tuple(
            Administrateur(ligne.identifiant, Place(ligne.place)) for ligne in self._connexion.execute(ouverts)
        )


def _colonnes(adhesion: Adhesion | None) -> dict[str, Any]:
    if adhesion is None:
        return {}
    return {
        "service": adhesion.service,
        "profils": adhesion.profils,
        "finalite": adhesion.finalite,
        "fondement": adhesion.fondement,
        "destinataire": adhesion.destinataire,
    }


def _adhesion(ligne: Row[Any]) -> Adhesion | None:
    if ligne.genre != Genre.BULLETIN:
        return None
    return Adhesion(
        Service(ligne.service), ligne.profils, ligne.finalite, Fondement(ligne.fondement), ligne.destinataire
    )
