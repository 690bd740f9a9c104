"""What a JSON body must be before its schema is looked at, and how schemas are read.

Invariant: what is let through can be written back: valid UTF-8, no NUL, no lone surrogate; and a pattern that ends
in `$` means the end, where Python alone would let a last line feed through.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import jsonschema
import orjson
from connexion.datastructures import MediaTypeDict
from connexion.exceptions import BadRequestProblem
from connexion.json_schema import Draft4RequestValidator
from connexion.utils import is_nullable
from connexion.validators.json import JSONRequestBodyValidator
from connexion.validators.parameter import ParameterValidator
from jsonschema import Draft4Validator

from socle.une_fois import Gardes

_FORMATS = Draft4Validator.FORMAT_CHECKER
ILLISIBLE = "The body is not JSON that can be read."


def _motif(validator: Any, motif: str, valeur: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(valeur, str) and not _expression(motif).search(valeur):
        yield jsonschema.ValidationError("pattern")


@lru_cache(maxsize=1024)
def _expression(motif: str) -> re.Pattern[str]:
    return re.compile(motif[:-1] + r"\Z" if motif.endswith("$") else motif)


_Schema = jsonschema.validators.extend(Draft4RequestValidator, {"pattern": _motif})


class CorpsJson(JSONRequestBodyValidator):  # type: ignore[misc]
    """Connexion's validator, stricter on what it reads and silent on what it found."""

    @property
    def _validator(self) -> Any:
        return _Schema(self._schema, format_checker=_FORMATS)

    async def _parse(self, stream: Any, scope: Any) -> Any:
        octets = b"".join([message async for message in stream])
        if not octets:
            return None
        try:
            corps = json.loads(octets.decode("utf-8"))
            orjson.dumps(corps)  # refuses lone surrogates, and what is nested too deep
        except (ValueError, RecursionError, TypeError):
            raise BadRequestProblem(detail=ILLISIBLE) from None
        if b"\\u0000" in octets:
            raise BadRequestProblem(detail=ILLISIBLE)
        return corps


class Parametres(ParameterValidator):  # type: ignore[misc]
    """Connexion's validator of parameters: it names the one at fault, and not what was given. Of a parameter given
    twice it takes neither: Connexion alone would take the last, where others that read the request take the first."""

    def validate(self, scope: Any) -> None:
        """Raises BadRequestProblem or ExtraParameterProblem."""
        requete = scope["query_string"]
        if b"&" in requete and not any(_libre(param) for param in self.parameters["query"]):
            seuls = {param["name"] for param in self.parameters["query"] if not _repetable(param)}
            noms = Counter(nom for nom, _ in parse_qsl(requete.decode("latin-1"), keep_blank_values=True))
            for nom in seuls:
                if noms[nom] > 1:
                    raise BadRequestProblem(detail=f"Doubled query parameter '{nom}'")
        super().validate(scope)

    def validate_query_parameter_list(self, request: Any, security_params: Any = None) -> set[str]:
        """The parameters that the contract does not allow: none where it has one for all others (free-form object)."""
        if any(_libre(param) for param in self.parameters["query"]):
            return set()
        return set(super().validate_query_parameter_list(request, security_params))

    @staticmethod
    def validate_parameter(parameter_type: str, value: Any, param: Any, param_name: str | None = None) -> str | None:
        """What is wrong, or None."""
        if _libre(param):
            return None
        if value is None or is_nullable(param):
            faute = bool(ParameterValidator.validate_parameter(parameter_type, value, param, param_name))
        else:
            faute = not _schema_de(param).is_valid(value)
        nom = param["name"] if isinstance(param, dict) and "name" in param else param_name
        return f"Invalid {parameter_type} parameter '{nom}'" if faute else None


def _libre(param: Any) -> bool:
    """Whether it stands for all parameters that are not named: they are let through, and are nobody's argument."""
    return isinstance(param, dict) and param.get("schema", {}).get("type") == "object"


def _repetable(param: Any) -> bool:
    """Whether each of its values may be a parameter of its own: `form` explodes unless told not to (OpenAPI 3.0)."""
    en_liste = param.get("schema", {}).get("type") == "array"
    return en_liste and bool(param.get("explode", param.get("style", "form") == "form"))


_schema_de = Gardes(lambda param: Draft4Validator(param.get("schema", param), format_checker=_FORMATS))


def validateurs() -> dict[str, Any]:
    """For one API of Connexion; those of parameters are made once for each operation."""
    return {"body": MediaTypeDict({"*/*json": CorpsJson}), "parameter": Gardes(Parametres)}
