"""What audit understands of an event's bytes (contracts/evenement.schema.json), as a tolerant reader.

Invariant: fields that are not known here are left alone (wire formats only grow); what cannot be stored or
searched safely (no id, no time, an over-long or unprintable reference) makes the event unreadable as a whole.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

LONGUEUR_MAX = 256
"""In characters; keeps every reference within what an index of PostgreSQL can hold."""

_INSTOCKABLE = re.compile("[\x00\ud800-\udfff]")


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
    try:
        source = _objet(corps).get("source")
    except Illisible:
        return None
    return source if isinstance(source, str) else None


def interpreter(corps: bytes) -> Evenement | None:
    """Give the event, or None where it cannot be interpreted."""
    try:
        return _lire(_objet(corps))
    except Illisible:
        return None


def instant_utc(texte: str) -> str:
    """Give an ISO instant with its offset in the one form that compares as text: UTC, microseconds, `Z`.

    Raises ValueError for anything else, an instant without offset included.
    """
    lu = datetime.fromisoformat(texte)
    if lu.tzinfo is None:
        raise ValueError("no offset")
    try:
        return lu.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except OverflowError:
        raise ValueError("out of range") from None


def est_identifiant(texte: str) -> bool:
    """Whether this is an event id: a UUID in its usual form."""
    try:
        return str(UUID(texte)) == texte
    except ValueError:
        return False


def _objet(corps: bytes) -> dict[str, Any]:
    try:
        objet = json.loads(corps.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Illisible from None
    if not isinstance(objet, dict):
        raise Illisible
    return objet


def _lire(lu: dict[str, Any]) -> Evenement:
    data, time, id = lu.get("data"), _texte(lu.get("time")), _texte(lu.get("id"))
    if lu.get("specversion") != "1.0" or not isinstance(data, dict) or not est_identifiant(id):
        raise Illisible
    dossier = data.get("dossier")
    if dossier is None:
        dossier = {}
    if not isinstance(dossier, dict):
        raise Illisible
    try:
        instant, issue = instant_utc(time), Issue(_texte(data.get("issue")))
    except ValueError:
        raise Illisible from None
    return Evenement(
        id=id,
        source=_texte(lu.get("source")),
        type=_texte(lu.get("type")),
        time=time,
        instant=instant,
        acte=_texte(data.get("acte")),
        issue=issue,
        service=_texte(data.get("service")),
        organisme=_texte_ou_rien(dossier.get("organisme")),
        numero_allocataire=_texte_ou_rien(dossier.get("numero_allocataire")),
        nombre=_nombre_ou_rien(data.get("nombre")),
        **{nom: _texte_ou_rien(data.get(nom)) for nom in _FACULTATIFS},
    )


def _texte(valeur: Any) -> str:
    if not isinstance(valeur, str) or not 0 < len(valeur) <= LONGUEUR_MAX or _INSTOCKABLE.search(valeur):
        raise Illisible
    return valeur


def _texte_ou_rien(valeur: Any) -> str | None:
    return None if valeur is None or valeur == "" else _texte(valeur)


def _nombre_ou_rien(valeur: Any) -> int | None:
    if valeur is not None and (type(valeur) is not int or not 0 < valeur < 2**53):
        raise Illisible
    return valeur
