"""Authorization codes: one use, a minute, and bound to everything that was said when they were given (RFC 7636)."""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from socle.refus import Refus

VIE = timedelta(seconds=60)
_VERIFICATEUR = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class JetonNonDonne(Refus):
    """What the token endpoint says no with: `erreur` is the word of the standard (RFC 6749, 5.2)."""

    code = "jeton-invalide"

    def __init__(self, erreur: str, cause: str) -> None:
        super().__init__(cause)
        self.erreur = erreur


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is stored, under its print. `donne`: its one use gave tokens."""

    empreinte: str
    client: str
    retour: str
    defi: str
    nonce: str | None
    sid: str
    identifiant: str
    expire_a: datetime
    consomme_a: datetime | None = None
    donne: bool = False

    def defaut(self, client: str, retour: str | None, verificateur: str | None, instant: datetime) -> str | None:
        """Why it gives nothing, as the journal has it; None where it does."""
        if self.consomme_a is not None:
            return "code_rejoue"
        if self.client != client:
            return "code_d_un_autre_client"
        if self.retour != retour:
            return "retour_different"
        if not _releve(self.defi, verificateur):
            return "verificateur_errone"
        return "code_expire" if instant >= self.expire_a else None


def _releve(defi: str, verificateur: str | None) -> bool:
    """Whether the verifier is what the challenge was made of (S256)."""
    if verificateur is None or not _VERIFICATEUR.fullmatch(verificateur):
        return False
    return hmac.compare_digest(defi, en_base64url(sha256(verificateur.encode("ascii")).digest()))


def en_base64url(octets: bytes) -> str:
    """Without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
