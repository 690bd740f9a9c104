"""What `make run` takes from the environment (docs/architecture, « Names that do not change »)."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reglages:
    """Ports, folder of the data, number of generated dossiers."""

    port: int
    var: Path
    dossiers: int

    @property
    def passerelle(self) -> str:
        """The public address of the gateway."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo_json(self) -> Path:
        """Where the running demonstration is described, for its owner only."""
        return self.var / "demo.json"

    @property
    def courriels(self) -> Path:
        """Where the mails of the demonstration are written."""
        return self.var / "courriels"


def lire() -> Reglages:
    """Read them. Raises SystemExit, naming the variable, for a value that is no number."""
    return Reglages(
        port=_entier("MCP_PORT", 8000),
        var=Path(os.environ.get("MCP_VAR", "var")).resolve(),
        dossiers=_entier("MCP_DEMO", 1000),
    )


def _entier(nom: str, defaut: int) -> int:
    try:
        return int(os.environ.get(nom, defaut))
    except ValueError:
        raise SystemExit(f"{nom} doit être un nombre entier.") from None
