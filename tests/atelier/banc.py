"""A bench for one service: its real app over a real database, called as a persona."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from atelier.bases import nouvelle_base
from atelier.personas import Persona
from atelier.signature import ISSUER, Signataire
from socle.database import lecture, ouvrir
from socle.migrations import migrer
from socle.outbox import outbox
from socle.settings import Reglages


class Banc:
    """Builds the service as its `main` does, on a database of its own under `dossier`."""

    def __init__(
        self,
        application: Callable[..., Any],
        reglages: type[Reglages],
        migrations: Path,
        dossier: Path,
        *,
        doublures: dict[str, Any] | None = None,
        **valeurs: Any,
    ) -> None:
        self.signataire = Signataire()
        base = nouvelle_base(dossier / reglages.service / f"{reglages.service}.sqlite")
        self.reglages = reglages(var=dossier, issuer=ISSUER, threads=8, database_url=base, **valeurs)
        self.reglages.dossier_secrets.mkdir(parents=True, exist_ok=True)
        (self.reglages.dossier_secrets / "client").write_text("secret-des-tests")
        self.signataire.deposer(self.reglages.dossier / "jwks.json")
        self.engine = ouvrir(self.reglages.base, creer=True)
        migrer(self.engine, migrations)
        self.servir(application(self.reglages, **(doublures or {})))

    def servir(self, app: Any) -> None:
        """Call this app from now on."""
        self.app = app
        self._client = TestClient(app, raise_server_exceptions=False)

    def en_tant_que(self, persona: Persona | None) -> "Appelant":
        """Call as this person; None is nobody."""
        jeton = self.signataire.signer(persona.claims) if persona else None
        return Appelant(self._client, jeton)

    @property
    def traces(self) -> list[dict[str, Any]]:
        """The events in the outbox, oldest first."""
        with lecture(self.engine) as connexion:
            corps = connexion.execute(select(outbox.c.corps).order_by(outbox.c.seq)).scalars().all()
        return [json.loads(octets) for octets in corps]

    @property
    def derniere_trace(self) -> dict[str, Any]:
        """What the last event says, with its type."""
        evenement = self.traces[-1]
        return {**evenement["data"], "type": evenement["type"], "id": evenement["id"]}


class Appelant:
    """An HTTP client that carries one token."""

    def __init__(self, client: TestClient, jeton: str | None) -> None:
        self._client = client
        self._entetes = {"Authorization": f"Bearer {jeton}"} if jeton else {}

    def demander(self, methode: str, chemin: str, **options: Any) -> Any:
        """One request; an httpx response."""
        entetes = self._entetes | options.pop("headers", {})
        return self._client.request(methode, chemin, headers=entetes, follow_redirects=False, **options)

    def get(self, chemin: str, **options: Any) -> Any:
        """GET."""
        return self.demander("GET", chemin, **options)

    def post(self, chemin: str, **options: Any) -> Any:
        """POST."""
        return self.demander("POST", chemin, **options)

    def put(self, chemin: str, **options: Any) -> Any:
        """PUT."""
        return self.demander("PUT", chemin, **options)

    def delete(self, chemin: str, **options: Any) -> Any:
        """DELETE."""
        return self.demander("DELETE", chemin, **options)
