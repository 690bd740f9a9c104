"""What audit understands of an event's bytes (contracts/evenement.schema.json), as a tolerant reader.

Invariant: fields that are not known here are left alone (wire formats only grow); what cannot be stored or
searched safely (no id, no time, an over-long or unprintable reference) makes the event unreadable as a whole.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

LONGUEUR_MAX = 256
"""In characters; keeps every reference within what an index of PostgreSQL can hold."""

_INSTOCKABLE = re.compile("[\x00\ud800-\udfff]")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DEJA_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


class Issue(StrEnum):
    """The verdict of an access."""

    ACCORDE = "accorde"
    REFUSE = "refuse"
    ECHEC = "echec"


@dataclass(frozen=True, slots=True)
class Evenement:
    """One access event, flat; `time` as the source wrote it, `instant` in the one form that compares as text."""

    id: str
    source: str
    type: str
    time: str
    instant: str
    acte: str
    issue: Issue
    service: str
    cause: str | None
    sujet: str | None
    client: str | None
    session: str | None
    partenaire: str | None
    caf: str | None
    groupe: str | None
    profil: str | None
    finalite: str | None
    fondement: str | None
    destinataire: str | None
    organisme: str | None
    numero_allocataire: str | None
    rubrique: str | None
    consultation: str | None
    objet: str | None
    adresse: str | None
    trace: str | None
    nombre: int | None = None
    """How many refusals one event stands for; None where it stands for itself."""


_FACULTATIFS = tuple(
    champ.name
    for champ in fields(Evenement)
    if champ.type == str | None and champ.name not in ("organisme", "numero_allocataire")
)


class Illisible(ValueError):
    """The bytes are no event that audit can interpret."""


def source_dite(corps: bytes) -> str | None:
    """The source that the bytes name, if they name one at all."""
    return _dit(corps)[0]


def interpreter(corps: bytes) -> Evenement | None:
    """Give the event, or None where it cannot be interpreted."""
    return _dit(corps)[1]


@lru_cache(maxsize=2_048)
def _dit(corps: bytes) -> tuple[str | None, Evenement | None]:
    """Both, read once: sorting a batch asks for them several times, each time for the same bytes."""
    try:
        objet = _objet(corps)
    except Illisible:
        return None, None
    source = objet.get("source")
    try:
        evenement = _lire(objet, sur=b"\\u" not in corps)
    except Illisible:
        evenement = None
    return (source if isinstance(source, str) else None), evenement


def instant_utc(texte: str) -> str:
    """Give an ISO instant with its offset in the one form that compares as text: UTC, microseconds, `Z`.

    Raises ValueError for anything else, an instant without offset included.
    """
    if _DEJA_UTC.fullmatch(texte):
        datetime.fromisoformat(texte)
        return texte
    lu = datetime.fromisoformat(texte)
    if lu.tzinfo is None:
        raise ValueError("no offset")
    try:
        return lu.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except OverflowError:
        raise ValueError("out of range") from None


def est_identifiant(texte: str) -> bool:
    """Whether this is an event id: a UUID in its usual form."""
    return _UUID.fullmatch(texte) is not None


def _objet(corps: bytes) -> dict[str, Any]:
    try:
        objet = json.loads(corps.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Illisible from None
    if not isinstance(objet, dict):
        raise Illisible
    return objet


def _lire(lu: dict[str, Any], sur: bool) -> Evenement:
    """`sur`: no text of it was written as `\\uXXXX`, the one way in which JSON holds what cannot be stored."""
    data, texte = lu.get("data"), _texte_sur if sur else _texte
    time, id = texte(lu.get("time")), texte(lu.get("id"))
    if lu.get("specversion") != "1.0" or not isinstance(data, dict) or not est_identifiant(id):
        raise Illisible
    dossier = data.get("dossier")
    if dossier is None:
        dossier = {}
    if not isinstance(dossier, dict):
        raise Illisible

    def texte_ou_rien(valeur: Any) -> str | None:
        return None if valeur is None or valeur == "" else texte(valeur)

    try:
        instant, issue = instant_utc(time), Issue(texte(data.get("issue")))
    except ValueError:
        raise Illisible from None
    return Evenement(
        id=id,
        source=texte(lu.get("source")),
        type=texte(lu.get("type")),
        time=time,
        instant=instant,
        acte=texte(data.get("acte")),
        issue=issue,
        service=texte(data.get("service")),
        organisme=texte_ou_rien(dossier.get("organisme")),
        numero_allocataire=texte_ou_rien(dossier.get("numero_allocataire")),
        nombre=_nombre_ou_rien(data.get("nombre")),
        **{nom: None if (valeur := data.get(nom)) is None else texte_ou_rien(valeur) for nom in _FACULTATIFS},
    )


def _texte(valeur: Any) -> str:
    if _INSTOCKABLE.search(_texte_sur(valeur)):
        raise Illisible
    return str(valeur)


def _texte_sur(valeur: Any) -> str:
    if not isinstance(valeur, str) or not 0 < len(valeur) <= LONGUEUR_MAX:
        raise Illisible
    return valeur


def _nombre_ou_rien(valeur: Any) -> int | None:
    if valeur is not None and (type(valeur) is not int or not 0 < valeur < 2**53):
        raise Illisible
    return valeur
