"""The procedures of `docs/exploitation/`, typed as they stand: each block of shell there has a name behind its `sh`."""

import os
import re
import subprocess
import sys
from pathlib import Path

from atelier.maison import RACINE
from atelier.pile import Pile

_BLOC = re.compile(r"^```sh (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE_S = 600
MANIERES = """
set -euo pipefail
docker-compose() {
  (unset MCP_VAR MCP_PORT MCP_RESEAU MCP_PORTS
   exec $COMPOSE -f "$RACINE/docker-compose.yml" --env-file "$REGLAGES" "$@")
}
"""
"""An operator's checkout has its house in `.env`; that of the tests says itself where it is."""


class Procedures:
    """One document, and the house on which its blocks are typed."""

    def __init__(self, document: str, pile: Pile) -> None:
        self.blocs = dict(_BLOC.findall((RACINE / "docs" / "exploitation" / document).read_text(encoding="utf-8")))
        self._env = pile.env | {
            "COMPOSE": pile.compose,
            "REGLAGES": str(pile.reglages),
            "RACINE": str(RACINE),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def taper(self, nom: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Type a block in the folder of the checkout, after these variables were set."""
        return subprocess.run(
            ["bash", "-c", MANIERES + self.blocs[nom]], env=self._env | variables, cwd=RACINE, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE_S,
        )  # fmt: skip

    def reussir(self, nom: str, **variables: str) -> str:
        """What a block says that must succeed."""
        fait = self.taper(nom, **variables)
        assert fait.returncode == 0, f"{nom}: {fait.stdout[-1000:]}{fait.stderr[-1000:]}"
        return fait.stdout
