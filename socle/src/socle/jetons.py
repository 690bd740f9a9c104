"""Verification of access tokens, stricter than the library's (RFC 8725, RFC 9068).

Invariant: compact form only, strict base64url, one algorithm, our type, no duplicate member, no `crit`,
every required claim with its type. What a token says is believed nowhere else.
"""

import base64
import json
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import jwt
from cachetools import TLRUCache

from socle.acces import Groupe
from socle.cles import CleInconnue, Trousseau

ALGORITHME = "RS256"
TYPE = "at+jwt"
AUDIENCE_UTILISATEURS = "mcp"
TAILLE_MAX = 16_384
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_CACHE_MAX = 20_000


class JetonInvalide(Exception):
    """The token does not prove anything; the reason is a word for metrics, never shown."""


@dataclass(frozen=True, slots=True)
class Identite:
    """What a verified token proves. A service's has only `client`."""

    client: str
    expire_a: int
    est_un_service: bool
    sujet: str | None = None
    session: str | None = None
    partenaire: str | None = None
    caf: str | None = None
    caf_referente: str | None = None
    administrateur: bool = False
    responsable_de: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    groupes: tuple[Groupe, ...] = ()
    droits: int | None = None


class Verificateur:
    """Verifies tokens for users (`aud: mcp`) and for calls by services (`aud: <this service>`)."""

    def __init__(self, trousseau: Trousseau, issuer: str, service: str | None) -> None:
        self._trousseau = trousseau
        self._issuer = issuer
        self._service = service
        self._verrou = threading.Lock()
        self._cache: TLRUCache[str, Identite] = TLRUCache(
            _CACHE_MAX, ttu=lambda _, identite, __: identite.expire_a, timer=time.time
        )

    def verifier(self, jeton: str, *, en_ligne: bool = True) -> Identite:
        """Give the identity that a token proves.

        Raises JetonInvalide; and CleInconnue where the key is not known and `en_ligne` is false (the caller
        will refresh the keys itself).
        """
        with self._verrou:
            connu = self._cache.get(jeton)
        if connu is not None:
            return connu
        entete, charge = _decomposer(jeton)
        try:
            cle = self._trousseau.cle(_kid(entete))
        except CleInconnue:
            if not en_ligne:
                raise
            cle = self._rattraper(_kid(entete))
        identite = self._lire(jeton, cle, charge)
        with self._verrou:
            self._cache[jeton] = identite
        return identite

    def _rattraper(self, kid: str) -> Any:
        self._trousseau.rafraichir()
        try:
            return self._trousseau.cle(kid)
        except CleInconnue:
            raise JetonInvalide("cle_inconnue") from None

    def _lire(self, jeton: str, cle: Any, charge: dict[str, Any]) -> Identite:
        audiences = [AUDIENCE_UTILISATEURS] + ([self._service] if self._service else [])
        try:
            jwt.decode(
                jeton,
                cle,
                algorithms=[ALGORITHME],
                audience=audiences,
                issuer=self._issuer,
                options={"require": ["iss", "aud", "exp", "iat", "jti", "client_id"], "verify_iat": False},
            )
        except jwt.PyJWTError as faute:
            raise JetonInvalide(faute.__class__.__name__) from None
        if any(type(charge[instant]) is not int for instant in ("exp", "iat", "nbf") if instant in charge):
            raise JetonInvalide("type_de_claim")
        if not isinstance(charge["aud"], str) or not isinstance(charge["client_id"], str):
            raise JetonInvalide("type_de_claim")
        if charge["aud"] != AUDIENCE_UTILISATEURS:
            return Identite(client=charge["client_id"], expire_a=charge["exp"], est_un_service=True)
        return _utilisateur(charge)


def _decomposer(jeton: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(jeton) > TAILLE_MAX:
        raise JetonInvalide("trop_long")
    parties = jeton.split(".")
    if len(parties) != 3:
        raise JetonInvalide("forme")
    entete, charge, _ = (_octets(partie) for partie in parties)
    return _objet(entete), _objet(charge)


def _octets(partie: str) -> bytes:
    """Strict base64url: no padding, no stray bits, nothing else than its alphabet."""
    if not _BASE64URL.fullmatch(partie):
        raise JetonInvalide("base64url")
    try:
        octets = base64.urlsafe_b64decode(partie + "=" * (-len(partie) % 4))
    except ValueError:
        raise JetonInvalide("base64url") from None
    if base64.urlsafe_b64encode(octets).rstrip(b"=") != partie.encode("ascii"):
        raise JetonInvalide("base64url")
    return octets


def _objet(octets: bytes) -> dict[str, Any]:
    def sans_double(paires: list[tuple[str, Any]]) -> dict[str, Any]:
        objet = dict(paires)
        if len(objet) != len(paires):
            raise JetonInvalide("membre_double")
        return objet

    try:
        objet = json.loads(octets.decode("utf-8"), object_pairs_hook=sans_double)
    except (ValueError, RecursionError):
        raise JetonInvalide("json") from None
    if not isinstance(objet, dict):
        raise JetonInvalide("json")
    return objet


def _kid(entete: dict[str, Any]) -> str:
    if entete.get("alg") != ALGORITHME or entete.get("typ") != TYPE or set(entete) != {"alg", "typ", "kid"}:
        raise JetonInvalide("entete")
    if not isinstance(entete["kid"], str):
        raise JetonInvalide("entete")
    return entete["kid"]


def _utilisateur(charge: dict[str, Any]) -> Identite:
    try:
        for nom in ("sub", "sid"):
            _exiger(isinstance(charge[nom], str) and bool(charge[nom]))
        for nom in ("partenaire", "caf", "caf_referente"):
            _exiger(charge[nom] is None or isinstance(charge[nom], str))
        for nom in ("roles", "responsable_de"):
            _exiger(isinstance(charge[nom], list) and all(isinstance(mot, str) for mot in charge[nom]))
        _exiger(isinstance(charge["administrateur"], bool) and type(charge["droits"]) is int)
        return Identite(
            client=charge["client_id"],
            expire_a=charge["exp"],
            est_un_service=False,
            sujet=charge["sub"],
            session=charge["sid"],
            partenaire=charge["partenaire"],
            caf=charge["caf"],
            caf_referente=charge["caf_referente"],
            administrateur=charge["administrateur"],
            responsable_de=frozenset(charge["responsable_de"]),
            roles=frozenset(charge["roles"]),
            groupes=tuple(_groupe(groupe) for groupe in charge["groups"]),
            droits=charge["droits"],
        )
    except (KeyError, TypeError, AttributeError):
        raise JetonInvalide("claims") from None


def _groupe(lu: dict[str, Any]) -> Groupe:
    mots = {nom: lu[nom] for nom in ("id", "service", "portee", "bulletin", "finalite", "fondement", "destinataire")}
    _exiger(all(isinstance(mot, str) for mot in mots.values()))
    _exiger(lu["profil"] is None or isinstance(lu["profil"], str))
    _exiger(isinstance(lu["organismes"], list) and all(isinstance(mot, str) for mot in lu["organismes"]))
    return Groupe(profil=lu["profil"], organismes=tuple(lu["organismes"]), **mots)


def _exiger(condition: bool) -> None:
    if not condition:
        raise JetonInvalide("claims")
