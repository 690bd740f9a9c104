"""What a front end asks when it sends somebody to log in (OIDC Core, 3.1.2; RFC 7636; RFC 9207).

Invariant: nobody is sent to an address before it was found among those of its client; what is wrong before that is
shown here, whatever is wrong after it goes back there.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode

from identity.domain.clients import Client
from identity.domain.identifiants import bien_forme
from identity.domain.parametres import Parametres, doubles, un
from socle.refus import Refus

PORTEE = "openid"
TEXTE_MAX = 1_024
LUS = (
    "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt",
    "max_age", "login_hint", "request", "request_uri",
)  # fmt: skip
INVITES = {"none", "login", "consent", "select_account"}
_DEFI = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256, base64url without padding
_VISIBLE = re.compile(rf"[\x20-\x7e]{{1,{TEXTE_MAX}}}")  # RFC 6749, appendix A.5
_AGE = re.compile(r"[0-9]{1,9}")


class RetourRefuse(Refus):
    """The client, or the address to which it wants people sent, is not one that we know: shown, never followed."""

    code = "requete-invalide"


class AutorisationRefusee(Refus):
    """What goes back to the front end: `erreur` is the word of the standard."""

    code = "requete-invalide"

    def __init__(self, erreur: str, cause: str, retour: str, etat: str | None) -> None:
        super().__init__(cause)
        self.erreur, self.retour, self.etat = erreur, retour, etat


@dataclass(frozen=True, slots=True)
class Demande:
    """A request that can be granted. `forcee`: to log in anew; `muette`: to be shown nothing; `age_max` in seconds."""

    client: str
    retour: str
    etat: str | None
    nonce: str | None
    defi: str
    forcee: bool
    muette: bool
    age_max: int | None
    indice: str | None

    def admet(self, connectee_a: datetime, instant: datetime) -> bool:
        """Whether somebody who logged in then need not do it again."""
        age = (instant - connectee_a).total_seconds()
        return not self.forcee and (self.age_max is None or age <= self.age_max)

    def en_texte(self) -> str:
        """As it waits in a form."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def du_texte(cls, texte: str) -> "Demande":
        """What `en_texte` gave."""
        return cls(**json.loads(texte))


def viser(parametres: Parametres) -> tuple[str, str]:
    """Which client, and where to. Raises RetourRefuse."""
    client, retour = un(parametres, "client_id"), un(parametres, "redirect_uri")
    if client is None or retour is None:
        raise RetourRefuse("client_ou_retour_absent")
    return client, retour


def exiger_le_retour(client: Client | None, retour: str) -> Client:
    """The client, if that address is one of its own. Raises RetourRefuse."""
    if client is None:
        raise RetourRefuse("client_inconnu")
    if retour not in client.retours:
        raise RetourRefuse("retour_inconnu")
    return client


def lire(parametres: Parametres, client: Client, retour: str) -> Demande:
    """Read the request of a client whose address is known. Raises AutorisationRefusee."""
    etat = un(parametres, "state")
    if etat is not None and not _VISIBLE.fullmatch(etat):
        raise AutorisationRefusee("invalid_request", "etat_invalide", retour, None)
    faute = _faute(parametres)
    if faute is not None:
        raise AutorisationRefusee(*faute, retour, etat)
    invites, age, indice = _invites(parametres), un(parametres, "max_age"), un(parametres, "login_hint")
    return Demande(
        client=client.id,
        retour=retour,
        etat=etat,
        nonce=un(parametres, "nonce"),
        defi=str(un(parametres, "code_challenge")),
        forcee=bool(invites & {"login", "select_account"}),
        muette="none" in invites,
        age_max=None if age is None else int(age),
        indice=indice if indice and bien_forme(indice) else None,
    )


def _faute(parametres: Parametres) -> tuple[str, str] | None:
    """The word of the standard and the cause of the journal for the first thing that is wrong."""
    lus = {nom: un(parametres, nom) for nom in LUS}
    nonce, age, invites = lus["nonce"], lus["max_age"], _invites(parametres)
    fautes = [
        (bool(doubles(parametres, LUS)), "invalid_request", "parametre_double"),
        (lus["request"] is not None, "request_not_supported", "objet_de_requete"),
        (lus["request_uri"] is not None, "request_uri_not_supported", "objet_de_requete"),
        (lus["response_type"] is None, "invalid_request", "type_de_reponse_absent"),
        (lus["response_type"] != "code", "unsupported_response_type", "type_de_reponse"),
        (lus["response_mode"] not in (None, "query"), "invalid_request", "mode_de_reponse"),
        (PORTEE not in (lus["scope"] or "").split(" "), "invalid_scope", "portee_sans_openid"),
        (lus["code_challenge"] is None, "invalid_request", "defi_absent"),
        (lus["code_challenge_method"] != "S256", "invalid_request", "defi_sans_s256"),
        (not _DEFI.fullmatch(lus["code_challenge"] or ""), "invalid_request", "defi_invalide"),
        (nonce is not None and not _VISIBLE.fullmatch(nonce), "invalid_request", "nonce_invalide"),
        (not invites <= INVITES or ("none" in invites and len(invites) > 1), "invalid_request", "invite_invalide"),
        (age is not None and not _AGE.fullmatch(age), "invalid_request", "age_invalide"),
    ]
    return next(((erreur, cause) for vrai, erreur, cause in fautes if vrai), None)


def _invites(parametres: Parametres) -> set[str]:
    return set((un(parametres, "prompt") or "").split())


def adresse_de_retour(retour: str, **champs: str | None) -> str:
    """A registered address with these parameters, those that are None left out; what it had stays as it is."""
    suite = urlencode({nom: valeur for nom, valeur in champs.items() if valeur is not None})
    if not suite:
        return retour
    return f"{retour}{'&' if '?' in retour else '?'}{suite}"
