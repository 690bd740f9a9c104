"""What a token says, claim by claim (contracts/claims.schema.json; RFC 9068). Signing is an adapter's affair."""

from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from identity.domain.codes import en_base64url
from identity.domain.comptes import Compte
from identity.domain.droits import Droits

AUDIENCE = "mcp"
CLIENT, PASSERELLE = "portail", "gateway"
VIE_ACCES = timedelta(minutes=5)
VIE_SERVICE = timedelta(minutes=15)
VIE_IDENTITE = timedelta(minutes=5)


def jeton_d_acces(
    issuer: str, compte: Compte, droits: Droits, sid: str, instant: datetime, client: str = CLIENT
) -> dict[str, Any]:
    """The claims of a user's access token; nothing in it names the person."""
    return {
        **_temps(issuer, AUDIENCE, client, instant, VIE_ACCES),
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


def jeton_d_identite(
    issuer: str,
    client: str,
    sujet: str,
    sid: str,
    connectee_a: datetime,
    nonce: str | None,
    acces: str,
    instant: datetime,
) -> dict[str, Any]:
    """The claims of an ID token (OIDC Core, 2): who logged in, and when, without a name.

    `acces` is the access token given with it, to which `at_hash` binds it.
    """
    emis_a = int(instant.timestamp())
    empreinte = sha256(acces.encode("ascii")).digest()
    return {
        "iss": issuer,
        "sub": sujet,
        "aud": client,
        "iat": emis_a,
        "exp": emis_a + int(VIE_IDENTITE.total_seconds()),
        "auth_time": int(connectee_a.timestamp()),
        "sid": sid,
        "at_hash": en_base64url(empreinte[: len(empreinte) // 2]),
        **({} if nonce is None else {"nonce": nonce}),
    }


def peut_viser(client: str, cible: str) -> bool:
    """Whether this client may have a token for that target: the portal proves itself to the gateway, to nobody else;
    what a service may do at another is that one's own rule (`service:<client>`)."""
    return client != CLIENT or cible == PASSERELLE


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
