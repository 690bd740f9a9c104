"""The front ends of others: who they are, and where people may be sent back to.

Invariant: an address is compared character by character with those that were registered, and with nothing else.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from socle.refus import Refus

PREFIXE = "oidc-"  # never the name of the portal, of a service, of a command
NOM_MAX, ADRESSE_MAX = 100, 500
# https, or this very machine for who develops; no fragment, no user, nothing that would have to be encoded.
_ADRESSE = re.compile(
    r"(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(127\.0\.0\.1|localhost))(:[1-9][0-9]{0,4})?"
    r"/[A-Za-z0-9._~!$&()*+=:@/?%-]*"
)
_NOM = re.compile(r"[^\W_]([\w '’.()-]*[\w.)])?")


class ClientInvalide(Refus):
    """A name or an address that cannot be registered."""

    code = "requete-invalide"


class ClientInconnu(Refus):
    """There is no such client."""

    code = "ressource-inconnue"


@dataclass(frozen=True, slots=True)
class Client:
    """A front end. `empreinte` is the SHA-256 of its secret in hexadecimal, None for a public one.

    `retours` are the addresses to which a login sends back, `sorties` those to which a logout does.
    """

    id: str
    nom: str
    empreinte: str | None
    retours: tuple[str, ...]
    sorties: tuple[str, ...] = ()

    def prouve(self, secret: str | None) -> bool:
        """Whether this is what proves it: its secret, or none where it is public; in a time that says nothing."""
        if self.empreinte is None or secret is None:
            return self.empreinte is None and secret is None
        return hmac.compare_digest(self.empreinte, empreinte_secret(secret))


def un_client(nom: str, retours: tuple[str, ...], sorties: tuple[str, ...], secret: str | None) -> Client:
    """A new client, its id drawn. Raises ClientInvalide, whose cause says what cannot be registered."""
    if not _NOM.fullmatch(nom) or len(nom) > NOM_MAX:
        raise ClientInvalide("nom_invalide")
    if not retours:
        raise ClientInvalide("sans_adresse_de_retour")
    if not all(len(adresse) <= ADRESSE_MAX and _ADRESSE.fullmatch(adresse) for adresse in (*retours, *sorties)):
        raise ClientInvalide("adresse_invalide")
    empreinte = None if secret is None else empreinte_secret(secret)
    return Client(PREFIXE + secrets.token_hex(6), nom, empreinte, retours, sorties)


def tirer_secret() -> str:
    """Draw a secret: 256 bits, so that its print needs no slow hash."""
    return secrets.token_urlsafe(32)


def empreinte_secret(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def origine(adresse: str) -> str:
    """Scheme, host and port of a registered address."""
    lue = urlsplit(adresse)
    return f"{lue.scheme}://{lue.netloc}"
