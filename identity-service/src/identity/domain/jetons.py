"""What a token says, claim by claim (contracts/claims.schema.json; RFC 9068). Signing is an adapter's affair."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from identity.domain.comptes import Compte
from identity.domain.droits import Droits

AUDIENCE = "mcp"
CLIENT = "portail"
VIE_ACCES = timedelta(minutes=5)
VIE_SERVICE = timedelta(minutes=15)


def jeton_d_acces(issuer: str, compte: Compte, droits: Droits, sid: str, instant: datetime) -> dict[str, Any]:
    """The claims of a user's access token; nothing in it names the person."""
    return {
        **_temps(issuer, AUDIENCE, CLIENT, instant, VIE_ACCES),
        "sub": compte.identifiant,
        "sid": sid,
        "partenaire": compte.appartenance.partenaire,
        "caf_referente": droits.caf_referente,
        "caf": compte.appartenance.caf,
        "administrateur": droits.administrateur,
        "responsable_de": list(droits.responsable_de),
        "roles": sorted(compte.roles),
        "groups": [asdict(groupe) for groupe in droits.groupes],
        "droits": droits.droits,
    }


def jeton_de_service(issuer: str, client: str, cible: str, instant: datetime) -> dict[str, Any]:
    """The claims of a token with which one service calls another: no rights but its name."""
    return _temps(issuer, cible, client, instant, VIE_SERVICE)


def _temps(issuer: str, aud: str, client: str, instant: datetime, vie: timedelta) -> dict[str, Any]:
    emis_a = int(instant.timestamp())
    return {
        "iss": issuer,
        "aud": aud,
        "client_id": client,
        "iat": emis_a,
        "exp": emis_a + int(vie.total_seconds()),
        "jti": str(uuid4()),
    }
