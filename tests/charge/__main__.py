"""`make bench [SUJETS="import rubrique"]`: run the subjects, print the ratios, write `var/bench.json`.

A new subject is a module of this folder with a `SUJET`, and its name in `SUJETS`.
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from charge.procede import Manque

SUJETS = (
    "passerelle_haproxy",
    "passerelle_plaine",
    "passerelle_nginx",
    "passerelle_temps",
    "passerelle_memoire",
    "rubrique_pile",
    "circuit",
    "rubrique_volume",
    "import_copy",
    "rubrique",
    "importation",
    "consultations",
)


def dire(texte: str) -> None:
    """One line of the table."""
    print(texte, flush=True)  # noqa: T201


def main(choisis: list[str]) -> int:
    """0 if every ratio that could be taken is what it must be."""
    inconnus = set(choisis) - set(SUJETS)
    if inconnus:
        print(f"Sujets connus : {', '.join(SUJETS)}", file=sys.stderr)  # noqa: T201
        return 2
    mesures = []
    with tempfile.TemporaryDirectory(prefix="bench-") as dossier:
        for nom in choisis or SUJETS:
            ici = Path(dossier) / nom
            ici.mkdir()
            try:
                mesures.append(import_module(f"charge.{nom}").SUJET.mesurer(ici, dire))
            except Manque as manque:
                dire(f"{nom} : pas mesuré, {manque}")
    fichier = Path(os.environ.get("MCP_VAR", "var")) / "bench.json"
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(
        json.dumps([mesure.en_clair() for mesure in mesures], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return 0 if all(mesure.tenue for mesure in mesures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
