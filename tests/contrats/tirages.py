"""What schemathesis draws from a contract, and what our services must answer to it.

Deterministic: the seed is fixed and nothing is kept between runs. `MCP_EXEMPLES` is the number of requests drawn for
each operation and each kind (those that the contract allows, those that it does not).
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import schemathesis
from contrat_lu import Operation
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi import checks

EXEMPLES = int(os.environ.get("MCP_EXEMPLES", "6"))
GRAINE = 20260125
CONTROLES = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def controles(operation: Operation) -> list[Any]:
    """What an answer of this operation is held against."""
    return CONTROLES if operation.ignore_l_inconnu else [*CONTROLES, checks.negative_data_rejection]


def schema(contrat: dict[str, Any]) -> Any:
    """The contract, as schemathesis reads it. Tokens are ours to give, so none is drawn; nor is NUL, which
    `socle.corps` refuses in every body, whatever the schema of the field says."""
    generation = GenerationConfig(with_security_parameters=False, allow_x00=False, codec="utf-8")
    projet = ProjectConfig(generation=generation)
    return schemathesis.openapi.from_dict(contrat, config=SchemathesisConfig(projects=ProjectsConfig(default=projet)))


def jouer(
    lue: Any, mode: GenerationMode, connus: Mapping[str, Any], essai: Callable[[Case], None], nombre: int = EXEMPLES
) -> None:
    """Try so many requests of this kind. In half of them the parameters of the path are those `connus`: what they
    name exists, so that what lies behind it is reached."""
    genere = lue.as_strategy(generation_mode=mode)
    chemin = {p.name: connus[p.name] for p in lue.path_parameters if p.name in connus}
    if chemin:
        genere = st.one_of(lue.as_strategy(generation_mode=mode, path_parameters=chemin), genere)

    @seed(GRAINE)
    @settings(
        max_examples=nombre,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(genere)
    def tirer(case: Case) -> None:
        essai(case)

    tirer()


def sans_jeton(case: Case, lisible: re.Pattern[str]) -> set[int]:
    """What a request may be answered without a token. `lisible` is what stands for itself in a path: the rest is no
    path at all, whoever asks."""
    admis = {401} if case.meta.generation.mode == GenerationMode.POSITIVE else {400, 401, 404, 405, 413, 415, 431}
    chemin = (case.path_parameters or {}).values()
    return admis if all(lisible.fullmatch(unquote(str(lu))) for lu in chemin) else admis | {404}
