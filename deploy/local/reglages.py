"""What `make run` takes from the environment (docs/architecture, « Names that do not change »)."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from local.fins import Echec

SANS_LIMITE = 10**9
_INTERDITS = re.compile(r'[\x00-\x1f\x7f";#?]')
"""What a path cannot hold in the configuration of supervisor, or in the URL of a database."""


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

    @property
    def logs(self) -> Path:
        """What the processes say, one file each."""
        return self.var / "logs"


def lire() -> Reglages:
    """Read them; an empty value is none. Raises Echec, naming the variable, for one that cannot be."""
    return Reglages(
        port=_entier("MCP_PORT", 8000, 1, 65535),
        var=_dossier("MCP_VAR", "var"),
        dossiers=_entier("MCP_DEMO", 1000, 0, SANS_LIMITE),
    )


def _entier(nom: str, defaut: int, moins: int, plus: int) -> int:
    texte = os.environ.get(nom) or str(defaut)
    if not re.fullmatch("[0-9]{1,10}", texte) or not moins <= int(texte) <= plus:
        jusque = "ou plus" if plus == SANS_LIMITE else f"à {plus}"
        raise Echec(f"{nom} doit être un nombre entier, {moins} {jusque}.")
    return int(texte)


def _dossier(nom: str, defaut: str) -> Path:
    chemin = Path(os.environ.get(nom) or defaut).resolve()
    if _INTERDITS.search(str(chemin)):
        raise Echec(f'{nom} : le chemin du dossier ne peut contenir ni guillemet ("), ni « ; », ni « # », ni « ? ».')
    return chemin
