"""Any dossier that `contracts/cdap/dossier.schema.json` allows, drawn from the schema itself.

The words of JSON Schema that the contract uses are read here, and an unknown one is a fault: hypothesis-jsonschema
does not work with the Hypothesis that we have.
"""

import json
from datetime import date
from importlib import resources
from typing import Any

from hypothesis import strategies as st

from cdap.adapters.ndjson import decoder
from cdap.domain.dossiers import Dossier

SCHEMA = json.loads(resources.files("contracts").joinpath("cdap/dossier.schema.json").read_bytes())
MOTS = {
    "$ref", "additionalProperties", "enum", "format", "items", "maxItems", "maxLength", "maximum", "minLength",
    "minimum", "pattern", "properties", "required", "type",
}  # fmt: skip
TITRES = {"$schema", "$id", "$defs", "title", "description"}
LISTE_MAX, TEXTE_MAX = 3, 12
JOURS = st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(date.isoformat)


def dossiers() -> st.SearchStrategy[Dossier]:
    """As an import reads them."""
    return valeurs(SCHEMA).map(lambda lu: decoder(json.dumps(lu).encode()))


def valeurs(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """JSON values that a schema allows."""
    inconnus = schema.keys() - MOTS - TITRES
    assert not inconnus, f"words of JSON Schema that this test does not read: {inconnus}"
    if "$ref" in schema:
        cible = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
        return valeurs(cible | {mot: schema[mot] for mot in ("type",) if mot in schema})
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_du_type(un, schema) for un in types])


def _du_type(un: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if un == "null":
        return st.none()
    if un == "boolean":
        return st.booleans()
    if un == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if un == "array":
        return st.lists(valeurs(schema["items"]), max_size=LISTE_MAX)
    if un == "object":
        champs = {nom: valeurs(lu) for nom, lu in schema["properties"].items()}
        requis = {nom: champs.pop(nom) for nom in schema.get("required", ())}
        return st.fixed_dictionaries(requis, optional=champs)
    assert un == "string", un
    if schema.get("format") == "date":
        return JOURS
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removeprefix("^").removesuffix("$"), fullmatch=True, alphabet=ASCII)
    return st.text(min_size=schema["minLength"], max_size=min(TEXTE_MAX, schema["maxLength"]))


ASCII = st.characters(max_codepoint=0x7E)
