"""Which heads of a request are read at all: one framing, one host, one identity (RFC 9112, 3, 6 and 11).

Invariant: what passes is read in the same way by everything behind the door. The parser refuses by itself two
lengths, a length with chunks, folded lines, spaces and control characters; here stands what it lets through.
"""

from gateway.domain.messages import Entetes
from gateway.domain.refus import RequeteInvalide

VERSIONS = frozenset({"1.0", "1.1"})
UNIQUES = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"expect",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"transfer-encoding",
        b"upgrade",
    }
)
_CONTROLES = bytes(octet for octet in range(128) if (octet < 0x20 and octet != 0x09) or octet == 0x7F)


def exiger_une_lecture(version: str, cible: bytes, entetes: Entetes) -> dict[bytes, bytes]:
    """Each name with its last value. Raises RequeteInvalide for a head that two readers could read in two ways."""
    if version not in VERSIONS:
        raise RequeteInvalide("version")
    if not cible.startswith(b"/") or b"#" in cible:
        raise RequeteInvalide("cible")
    vus: dict[bytes, bytes] = {}
    for nom, valeur in entetes:
        if nom in UNIQUES and nom in vus:
            raise RequeteInvalide("entete_double")
        vus[nom] = valeur
    valeurs = b"".join([valeur for _, valeur in entetes])
    if len(valeurs.translate(None, _CONTROLES)) != len(valeurs):
        raise RequeteInvalide("caractere_de_controle")
    if not vus.get(b"host"):
        raise RequeteInvalide("hote_absent")
    codage = vus.get(b"transfer-encoding")
    if codage is not None and (codage.lower() != b"chunked" or version == "1.0" or b"content-length" in vus):
        raise RequeteInvalide("codage")
    if b"upgrade" in vus and (codage is not None or vus.get(b"content-length", b"0") != b"0"):
        raise RequeteInvalide("changement_de_protocole")
    return vus
