"""Which headers pass the door, one list for each way: what is not named here does not pass.

Invariant: no header of a client can be taken for an identity, an address or a proof (architecture, law 7).
A list of what passes holds for every spelling of those, underscores and invented ones included; and what
`Connection` names stays on its own hop (RFC 9110, 7.6.1).
"""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

from gateway.domain.messages import Entetes
from gateway.domain.refus import TypeNonAccepte

JSON = b"application/json"


class Passage(StrEnum):
    """What passes besides, for an operation whose contract says so (`x-passage`).

    `navigateur`: a page of ours in a browser, with cookies, its own policy, and a way back to the front end of another.
    `client`: the credentials of an OAuth client, on an operation that wants no token.
    """

    ORDINAIRE = "ordinaire"
    NAVIGATEUR = "navigateur"
    CLIENT = "client"


DU_CLIENT = frozenset(
    {
        b"accept",
        b"accept-language",
        b"authorization",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"user-agent",
    }
)
DU_SERVICE = frozenset(
    {
        b"audit-receipt",
        b"cache-control",
        b"content-disposition",
        b"content-encoding",
        b"content-language",
        b"content-type",
        b"etag",
        b"last-modified",
        b"location",
        b"retry-after",
        b"vary",
        b"www-authenticate",
    }
)
_SANS_JETON = DU_CLIENT - {b"authorization"}
EN_PLUS_DU_CLIENT = {Passage.NAVIGATEUR: frozenset({b"cookie"}), Passage.CLIENT: frozenset({b"authorization"})}
_DU_CLIENT = {
    (avec_jeton, passage): permis | EN_PLUS_DU_CLIENT.get(passage, frozenset())
    for avec_jeton, permis in ((True, DU_CLIENT), (False, _SANS_JETON))
    for passage in Passage
}
EN_PLUS_DU_SERVICE = {Passage.NAVIGATEUR: frozenset({b"content-security-policy", b"set-cookie"})}
_DU_SERVICE = {passage: DU_SERVICE | EN_PLUS_DU_SERVICE.get(passage, frozenset()) for passage in Passage}
_INVISIBLES = bytes(octet for octet in range(256) if not (0x20 <= octet <= 0x7E or octet == 0x09))
_ORDINAIRES = frozenset({b"keep-alive", b"close"})
_AILLEURS = re.compile(rb"https?://[^/\\?#@]+/[\x21-\x5b\x5d-\x7e]*")
_LOCATION = re.compile(rb"(?:https?://[^/\\?#]+)?(/(?!/)[\x21-\x5b\x5d-\x7e]*)")


def valeurs(entetes: Entetes, nom: bytes) -> list[bytes]:
    """Every value of a header."""
    return [valeur for cle, valeur in entetes if cle == nom]


def vers_le_service(entetes: Entetes, *, avec_jeton: bool, passage: Passage = Passage.ORDINAIRE) -> Entetes:
    """What of a client's headers the service gets; the token only where its operation wants one."""
    permis = _sans_le_saut(_DU_CLIENT[avec_jeton, passage], entetes)
    return [entete for entete in entetes if entete[0] in permis and _visible(entete[1])]


def vers_le_client(entetes: Entetes, passage: Passage = Passage.ORDINAIRE) -> Entetes:
    """What of a service's headers the client gets; a Location stays a path, or goes, but for a browser sent back."""
    permis = _sans_le_saut(_DU_SERVICE[passage], entetes)
    passent = []
    for nom, valeur in entetes:
        if nom not in permis or not _visible(valeur):
            continue
        if nom == b"location" and not (passage is Passage.NAVIGATEUR and _AILLEURS.fullmatch(valeur)):
            lue = _LOCATION.fullmatch(valeur)
            if lue is None:
                continue
            valeur = lue.group(1)
        passent.append((nom, valeur))
    return passent


def annonce_un_corps(lus: Mapping[bytes, bytes]) -> bool:
    """Whether the request says that it has a body (RFC 9112, 6); both headers stand once at most (`domain/tete.py`)."""
    return lus.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in lus


def exiger_le_type(entetes: Entetes, permis: Collection[bytes] = (JSON,)) -> None:
    """Raise TypeNonAccepte unless the body is said once, and only, to be of one of these types, plain and in UTF-8."""
    types = valeurs(entetes, b"content-type")
    if len(types) != 1 or valeurs(entetes, b"content-encoding"):
        raise TypeNonAccepte()
    mime, _, parametre = types[0].replace(b" ", b"").lower().partition(b";")
    if mime not in permis or parametre not in (b"", b"charset=utf-8", b'charset="utf-8"'):
        raise TypeNonAccepte()


def _visible(valeur: bytes) -> bool:
    """Whether all of it is visible ASCII, spaces and tabs (a token has 1 KB: no expression does it as fast)."""
    return len(valeur.translate(None, _INVISIBLES)) == len(valeur)


def _sans_le_saut(permis: frozenset[bytes], entetes: Entetes) -> frozenset[bytes]:
    """Less the names that `Connection` binds to this hop; almost always none that passes anyway."""
    nommes = [valeur for nom, valeur in entetes if nom == b"connection" and valeur not in _ORDINAIRES]
    if not nommes:
        return permis
    return permis - {nom.strip().lower() for valeur in nommes for nom in valeur.split(b",")}
