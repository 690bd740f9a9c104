"""The front ends of others, and their codes.

Invariant: a code is stored as its print only, and is never un-consumed; a client that was removed is never read again.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from identity.adapters.tables import adresses_oidc, clients_oidc, codes_oidc, instant
from identity.domain.clients import Client
from identity.domain.codes import Code

RETOUR, SORTIE = "retour", "sortie"


class ClientsOidcSql:
    """Clients, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, id: str) -> Client | None:
        """The client of that id, unless it was removed."""
        en_service = select(clients_oidc).where(clients_oidc.c.id == id, clients_oidc.c.retire_a.is_(None))
        ligne = self._connexion.execute(en_service).one_or_none()
        return None if ligne is None else self._client(ligne)

    def lister(self) -> list[Client]:
        """All that are registered, by name."""
        en_service = select(clients_oidc).where(clients_oidc.c.retire_a.is_(None))
        lignes = self._connexion.execute(en_service.order_by(clients_oidc.c.nom, clients_oidc.c.id)).all()
        return [self._client(ligne) for ligne in lignes]

    def inscrire(self, client: Client, instant: datetime) -> None:
        """Register a new one."""
        self._connexion.execute(
            insert(clients_oidc).values(
                id=client.id, nom=client.nom, empreinte=client.empreinte, inscrit_a=instant.timestamp()
            )
        )
        adresses = {(RETOUR, adresse) for adresse in client.retours} | {(SORTIE, une) for une in client.sorties}
        self._connexion.execute(
            insert(adresses_oidc),
            [{"client": client.id, "genre": genre, "adresse": adresse} for genre, adresse in sorted(adresses)],
        )

    def retirer(self, id: str, instant: datetime) -> bool:
        """Remove it for good; false if there is none."""
        fait = self._connexion.execute(
            update(clients_oidc)
            .where(clients_oidc.c.id == id, clients_oidc.c.retire_a.is_(None))
            .values(retire_a=instant.timestamp())
        )
        return fait.rowcount == 1

    def _client(self, ligne: Row[Any]) -> Client:
        siennes = select(adresses_oidc.c.genre, adresses_oidc.c.adresse).where(adresses_oidc.c.client == ligne.id)
        lues = self._connexion.execute(siennes.order_by(adresses_oidc.c.adresse)).all()
        return Client(
            id=ligne.id,
            nom=ligne.nom,
            empreinte=ligne.empreinte,
            retours=tuple(une.adresse for une in lues if une.genre == RETOUR),
            sorties=tuple(une.adresse for une in lues if une.genre == SORTIE),
        )


class CodesSql:
    """Codes, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def garder(self, code: Code, instant: datetime) -> None:
        """Store a new one."""
        self._connexion.execute(
            insert(codes_oidc).values(
                empreinte=code.empreinte,
                client=code.client,
                retour=code.retour,
                defi=code.defi,
                nonce=code.nonce,
                sid=code.sid,
                identifiant=code.identifiant,
                emis_a=instant.timestamp(),
                expire_a=code.expire_a.timestamp(),
                donne=False,
            )
        )

    def lire(self, empreinte: str) -> Code | None:
        """The code of that print, consumed or not."""
        ligne = self._connexion.execute(select(codes_oidc).where(codes_oidc.c.empreinte == empreinte)).one_or_none()
        if ligne is None:
            return None
        return Code(
            empreinte=ligne.empreinte,
            client=ligne.client,
            retour=ligne.retour,
            defi=ligne.defi,
            nonce=ligne.nonce,
            sid=ligne.sid,
            identifiant=ligne.identifiant,
            expire_a=datetime.fromtimestamp(ligne.expire_a, UTC),
            consomme_a=instant(ligne.consomme_a),
            donne=ligne.donne,
        )

    def consommer(self, empreinte: str, instant: datetime, donne: bool) -> None:
        """Use it up; whether that gave tokens."""
        self._connexion.execute(
            update(codes_oidc)
            .where(codes_oidc.c.empreinte == empreinte, codes_oidc.c.consomme_a.is_(None))
            .values(consomme_a=instant.timestamp(), donne=donne)
        )
