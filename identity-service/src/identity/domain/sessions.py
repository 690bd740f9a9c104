"""A session and its refresh tokens: when one is honoured, and when it betrays a theft (architecture, section 4)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import uuid4

from socle.refus import Refus

REPONSE_PERDUE = timedelta(seconds=30)


class SessionInconnue(Refus):
    """No open session of hers has that name."""

    code = "ressource-inconnue"


class JetonRefuse(Refus):
    """This refresh token gives nothing."""

    code = "jeton-invalide"


class MotifFin(StrEnum):
    """Why a session ended."""

    DECONNEXION = "deconnexion"
    MOT_DE_PASSE_CHANGE = "mot_de_passe_change"
    JETON_REJOUE = "jeton_rejoue"
    FERMEE_PAR_ELLE = "fermee_par_la_personne"
    FERMEE_PAR_AUTORITE = "fermee_par_autorite"
    COMPTE_FERME = "compte_ferme"
    CODE_REJOUE = "code_rejoue"
    REMPLACEE = "remplacee"


class Verdict(StrEnum):
    """What a presented refresh token is worth; the refused ones are the causes of the journal."""

    VALABLE = "valable"
    REPONSE_PERDUE = "reponse_perdue"
    REJOUE = "jeton_rejoue"
    EXPIRE = "jeton_expire"
    SESSION_FERMEE = "session_fermee"
    SESSION_EXPIREE = "session_expiree"


@dataclass(frozen=True, slots=True)
class JetonPresente:
    """A refresh token that somebody presents, as it stands in the store; `client` is None where it is the portal's."""

    empreinte: str
    sid: str
    identifiant: str
    expire_a: datetime
    consomme_a: datetime | None
    successeur: str | None
    successeur_utilise: bool
    session_fermee: bool
    session_expire_a: datetime
    client: str | None = None


@dataclass(frozen=True, slots=True)
class SessionOuverte:
    """A session under way, as its owner is shown it."""

    sid: str
    ouverte_a: datetime
    vue_a: datetime
    fin_a: datetime
    adresse: str | None


@dataclass(frozen=True, slots=True)
class SessionDuNavigateur:
    """A session under way that a browser carries from one front end to another."""

    sid: str
    identifiant: str
    ouverte_a: datetime
    expire_a: datetime


def juger(jeton: JetonPresente, instant: datetime) -> Verdict:
    """Weigh a refresh token.

    One that was consumed is honoured again for 30 s while its successor is unused: the answer was lost, and
    that is no theft. Any other reuse is one. A theft never becomes innocent later: nothing here goes back.
    """
    if jeton.session_fermee:
        return Verdict.SESSION_FERMEE
    if jeton.consomme_a is not None:
        intact = jeton.successeur is not None and not jeton.successeur_utilise
        perdue = intact and instant - jeton.consomme_a <= REPONSE_PERDUE
        return Verdict.REPONSE_PERDUE if perdue else Verdict.REJOUE
    if instant >= jeton.session_expire_a:
        return Verdict.SESSION_EXPIREE
    return Verdict.EXPIRE if instant >= jeton.expire_a else Verdict.VALABLE


def exiger(verdict: Verdict) -> None:
    """Raises JetonRefuse, with the verdict as its cause, unless the token is honoured."""
    if verdict not in (Verdict.VALABLE, Verdict.REPONSE_PERDUE):
        raise JetonRefuse(verdict.value)


def nouveau_sid() -> str:
    """The name of a new session."""
    return str(uuid4())


def tirer_jeton() -> str:
    """Draw a refresh token: 256 bits."""
    return secrets.token_urlsafe(32)


def empreinte(jeton: str) -> str:
    """What is stored of a refresh token: its SHA-256, in hexadecimal."""
    return sha256(jeton.encode("utf-8", "surrogatepass")).hexdigest()
