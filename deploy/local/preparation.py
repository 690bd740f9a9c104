"""What is done with the services' own commands, in one process, before anybody can log in.

`python -m local.preparation migrer` brings every database to its version; `… garnir N` makes the first
référents and, once, N generated dossiers, which come in by the import like any other.
"""

import os
import sys
from pathlib import Path

from local.demonstration import adresse
from local.personnages import REFERENTS, TUTELLE
from local.processus import SERVICES

DOSSIERS = "dossiers-demonstration.ndjson"


def main(etape: str, *mots: str) -> None:
    """Do one step; a command that fails is a SystemExit."""
    if etape == "migrer":
        for service in SERVICES:
            _commande(service, "migrate")
    else:
        _garnir(int(mots[0]), Path(os.environ["MCP_VAR"]) / DOSSIERS)


def _garnir(nombre: int, dossiers: Path) -> None:
    for caf, (prenom, nom) in REFERENTS.items():
        qui = ("--prenom", prenom, "--nom", nom, "--courriel", adresse(prenom, nom))
        _commande("identity", "bootstrap", "--caf", caf, *qui)
    if nombre and not dossiers.exists():
        provisoire = dossiers.with_suffix(".nouveau")
        _commande("cdap", "generer", "--nombre", str(nombre), "--mandataire", TUTELLE, str(provisoire))
        _commande("cdap", "import", str(provisoire))
        provisoire.replace(dossiers)


def _commande(service: str, *mots: str) -> None:
    """Run `python -m <service> …` inside this process: five interpreters would take five times as long."""
    module = __import__(f"{service}.main", fromlist=["groupe"])
    module.groupe.main(list(mots), prog_name=service, standalone_mode=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
