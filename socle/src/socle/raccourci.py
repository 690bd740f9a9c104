"""A short way for busy operations: from the server to the operation and back, with no framework in between.

Invariant: a request takes it only if nothing in it can be wrong: GET, the very path in plain letters, no query, no
body, no header twice. All others go the long way and get Connexion's answers, so that there is one place where a
request is found wrong. What happens behind is the same `Operation`, whichever the way.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import flask

from socle.fils import Fils
from socle.operations import Operation, Reponse
from socle.wsgi import Application, Receive, Send

_LIBRE = "[A-Za-z0-9._~-]+"
"""What stands for itself in a path (RFC 3986, unreserved)."""
RACINE = [{"url": "/"}]
_CORPS = frozenset({b"content-length", b"transfer-encoding", b"content-type"})


class SansRaccourci(ValueError):
    """The contract of this operation cannot be told by its path alone: the service does not start."""


class Entetes:
    """The headers of a request, of which each comes once."""

    __slots__ = ("_recus",)

    def __init__(self, recus: Mapping[bytes, bytes]) -> None:
        self._recus = recus

    def get(self, nom: str, /) -> str | None:
        """Its value, or None."""
        valeur = self._recus.get(nom.lower().encode("latin-1"))
        return None if valeur is None else valeur.decode("latin-1")


class Raccourci:
    """An ASGI application before another one, which serves all that this one does not."""

    def __init__(self, suite: Application, fils: Fils, chemins: Sequence[tuple[re.Pattern[str], Operation]]) -> None:
        self._suite, self._fils, self._chemins = suite, fils, chemins

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request, or have it served."""
        recus = _seuls(scope) if scope["type"] == "http" else None
        if recus is not None:
            for chemin, operation in self._chemins:
                if trouve := chemin.fullmatch(scope["path"]):
                    pair = scope["client"][0] if scope["client"] else None
                    rendu = await self._fils.faire(operation.repondre, Entetes(recus), pair, trouve.groupdict())
                    await _envoyer(rendu, send)
                    return
        await self._suite(scope, receive, send)


def chemin(document: Mapping[str, Any], operation_id: str) -> re.Pattern[str]:
    """The paths of an operation of a contract that are surely right. Raises SansRaccourci."""
    for gabarit, verbes in document["paths"].items():
        lue = verbes.get("get", {})
        if lue.get("operationId") == operation_id:
            parametres = [*verbes.get("parameters", ()), *lue.get("parameters", ())]
            schemas = {p["name"]: _resolu(document, p["schema"]) for p in parametres}
            if document.get("servers", RACINE) != RACINE or any(_compte(p, schemas[p["name"]]) for p in parametres):
                raise SansRaccourci(operation_id)
            formes = {p["name"]: _forme(schemas[p["name"]]) for p in parametres if p["in"] == "path"}
            morceaux = re.split(r"\{(\w+)\}", gabarit)
            return re.compile(
                "".join(f"(?P<{m}>{formes[m]})" if rang % 2 else re.escape(m) for rang, m in enumerate(morceaux))
            )
    raise SansRaccourci(operation_id)


def _resolu(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    nom = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][nom] if nom else schema


def _compte(parametre: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether a request that has nothing but its path may be lacking it, or may have it all the same."""
    if parametre["in"] == "query":
        return bool(parametre.get("required")) or "default" in schema
    return bool(parametre["in"] != "path")


def _forme(schema: Mapping[str, Any]) -> str:
    """The values that a schema surely allows. Raises SansRaccourci."""
    if schema["type"] != "string" or schema.keys() - {"type", "enum", "description"}:
        raise SansRaccourci("a path parameter")
    return "|".join(map(re.escape, schema["enum"])) if "enum" in schema else _LIBRE


def _seuls(scope: Any) -> dict[bytes, bytes] | None:
    """The headers of a request that has no query, no body, and no header that WSGI would join to another."""
    if scope["method"] != "GET" or scope["query_string"] or scope["root_path"]:
        return None
    recus = dict(scope["headers"])
    if len(recus) != len(scope["headers"]) or not _CORPS.isdisjoint(recus) or any(b"_" in nom for nom in recus):
        return None
    return recus


async def _envoyer(reponse: Reponse | flask.Response, send: Send) -> None:
    if not isinstance(reponse, Reponse):
        raise TypeError("an operation on the short way answers with Flask")
    entetes = [(nom.lower().encode("latin-1"), valeur.encode("latin-1")) for nom, valeur in reponse.headers.items()]
    entetes.append((b"content-length", b"%d" % len(reponse.corps)))
    await send({"type": "http.response.start", "status": reponse.status_code, "headers": entetes})
    await send({"type": "http.response.body", "body": reponse.corps, "more_body": False})
