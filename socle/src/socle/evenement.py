"""One access event: CloudEvents attributes and our own data, as the bytes that are never written again.

Invariant: it holds references, never the data that was read; its type is in the closed list.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from contracts import evenements
from socle.acces import Acces, Groupe

ACCORDE, ECHEC = "accorde", "echec"
FACULTATIFS = frozenset({"nombre"})
"""Fields that only some events have: the format has grown since the first ones were written."""


def composer(
    *,
    id: UUID,
    source: str,
    type: str,
    instant: datetime,
    acces: Acces,
    groupe: Groupe | None,
    issue: str,
    cause: str | None,
    notes: dict[str, Any],
) -> bytes:
    """Give the event as canonical JSON (sorted, compact, UTF-8).

    Raises ValueError for a type outside the closed list: an act without a name is a fault of ours.
    """
    if type not in evenements():
        raise ValueError(f"event type not in contracts/evenements.yaml: {type}")
    data: dict[str, Any] = {
        "acte": acces.acte,
        "issue": issue,
        "cause": cause,
        "sujet": acces.sujet,
        "client": acces.client,
        "session": acces.session,
        "partenaire": acces.partenaire,
        "caf": acces.caf or acces.caf_referente,
        "service": type.partition(".")[0],
        "groupe": groupe and groupe.id,
        "profil": groupe and groupe.profil,
        "finalite": groupe and groupe.finalite,
        "fondement": groupe and groupe.fondement,
        "destinataire": groupe and groupe.destinataire,
        "dossier": None,
        "rubrique": None,
        "consultation": None,
        "objet": None,
        "adresse": acces.adresse,
        "trace": acces.trace,
    }
    inconnues = notes.keys() - data.keys() - FACULTATIFS
    if inconnues:
        raise ValueError(f"not a field of an event: {sorted(inconnues)}")
    data.update(notes)
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(id),
            "source": source,
            "type": type,
            "time": instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "datacontenttype": "application/json",
            "data": data,
        },
        option=orjson.OPT_SORT_KEYS,
    )
