"""`make bench [SUJETS="import rubrique"]`: run the subjects, print the ratios, write `var/bench.json`.

A new subject is a module of this folder with a `SUJET`, and its name in `SUJETS`.
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

SUJETS = ("rubrique", "importation", "consultations")


def main(choisis: list[str]) -> int:
    """0 if every ratio is what it must be."""
    inconnus = set(choisis) - set(SUJETS)
    if inconnus:
        print(f"Sujets connus : {', '.join(SUJETS)}", file=sys.stderr)  # noqa: T201
        return 2
    mesures = []
    with tempfile.TemporaryDirectory(prefix="bench-") as dossier:
        for nom in choisis or SUJETS:
            ici = Path(dossier) / nom
            ici.mkdir()
            mesures.append(import_module(f"charge.{nom}").SUJET.mesurer(ici, lambda dit: print(dit, flush=True)))  # noqa: T201
    fichier = Path(os.environ.get("MCP_VAR", "var")) / "bench.json"
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(
        json.dumps([mesure.en_clair() for mesure in mesures], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return 0 if all(mesure.tenue for mesure in mesures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
