"""What other services ask of identity."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from identity.usecases.emettre_jeton_de_service import Clients, emettre_jeton_de_service
from identity.usecases.lire_compte import partenaire_du_compte
from identity.usecases.ports import Depots, Outils
from socle import fil
from socle.travail import Travail


def verifier_compte(body: dict[str, str], travail: Travail[Depots]) -> Any:
    """Whose account this is."""
    return {"partenaire": partenaire_du_compte(travail, body["identifiant"])}


def suivre_revocations(apres: int, engine: Engine, limite: int = 500, attente: float = 0) -> Any:
    """The ended sessions after a number; where there are none, wait for them."""
    return fil.suivre(engine, apres, limite, attente)


def emettre_jeton(body: dict[str, str], outils: Outils, clients: Clients) -> Any:
    """A token for calling another service."""
    jeton, vie_s = emettre_jeton_de_service(
        clients, outils.signataire, outils.issuer, body["client"], body["secret"], body["cible"], datetime.now(UTC)
    )
    return {"access_token": jeton, "expires_in": vie_s}
