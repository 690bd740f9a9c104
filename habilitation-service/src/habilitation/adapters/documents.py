"""The documents of a partner: those that are signed, and those on their way, one link for each step."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from habilitation.adapters import bornes
from habilitation.adapters.ecriture import clore, identifier, ouvert, ouvrir, trait_de
from habilitation.adapters.tables import demarches, documents
from habilitation.domain.documents import Adhesion, Demarche, Document, Etape, Etat, Fondement, Genre
from habilitation.domain.liens import Trait
from habilitation.domain.refus import DejaExistant
from habilitation.domain.services import Service


class Documents:
    """The store of documents."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def signer(self, siret: str, document: Document, trait: Trait) -> None:
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

    def noter(self, siret: str, demarche: Demarche, trait: Trait) -> None:
        """See the port."""
        with bornes.sous({bornes.DEMARCHE: DejaExistant, bornes.DEMARCHE_BULLETIN: DejaExistant}):
            ouvrir(
                self._connexion,
                demarches,
                trait,
                id=identifier(),
                document=demarche.document,
                partenaire=siret,
                etat=demarche.etat,
                le=demarche.le,
                genre=demarche.genre,
                **_colonnes(demarche.adhesion),
            )

    def quitter(self, document: str, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, demarches, trait, demarches.c.document == document)

    def clore(self, document: str, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, documents, trait, documents.c.id == document)

    def signes(self, siret: str, a: datetime | None = None) -> tuple[Document, ...]:
        """See the port."""
        return tuple(
            Document(ligne.id, Genre(ligne.genre), ligne.signe_le, _adhesion(ligne), trait_de(ligne))
            for ligne in self._lignes(documents, siret, a)
        )

    def en_route(self, siret: str, a: datetime | None = None) -> tuple[Demarche, ...]:
        """See the port."""
        return tuple(
            Demarche(ligne.document, Genre(ligne.genre), Etat(ligne.etat), ligne.le, _adhesion(ligne), trait_de(ligne))
            for ligne in self._lignes(demarches, siret, a)
        )

    def etapes(self, siret: str) -> tuple[Etape, ...]:
        """See the port."""
        notees = select(demarches).where(demarches.c.partenaire == siret).order_by(demarches.c.depuis)
        signees = select(documents).where(documents.c.partenaire == siret).order_by(documents.c.depuis)
        return (
            *(_etape(ligne, ligne.document, Etat(ligne.etat), ligne.le) for ligne in self._connexion.execute(notees)),
            *(_etape(ligne, ligne.id, Etat.SIGNE, ligne.signe_le) for ligne in self._connexion.execute(signees)),
        )

    def _lignes(self, table: Table, siret: str, a: datetime | None) -> Any:
        return self._connexion.execute(
            select(table).where(table.c.partenaire == siret, ouvert(table, a)).order_by(table.c.id)
        )


def _etape(ligne: Row[Any], document: str, etat: Etat, le: date) -> Etape:
    return Etape(document, etat, le, trait_de(ligne))


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
