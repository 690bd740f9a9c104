"""The spool of letters: a folder from which the Caf's printing takes them.

A letter is two files, `<id>.pdf` and `<id>.json`, the second (who it is for, its print) written last: what has no
manifest is not there yet. Invariant: written again after a crash, a letter has the same names and the same bytes.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from cdap.domain.envois import Envoi
from socle.fichiers import ecrire


@dataclass(frozen=True)
class Spool:
    """The folder, readable by its owner only."""

    dossier: Path

    def deposer(self, envoi: Envoi, pdf: bytes) -> None:
        """Put a letter in; once this returns it outlives a loss of power. Raises OSError."""
        ecrire(self.dossier / f"{envoi.id}.pdf", pdf)
        manifeste = {
            "evenement": envoi.id,
            "fichier": f"{envoi.id}.pdf",
            "sha256": envoi.empreinte,
            "organisme": envoi.cle.organisme,
            "demande_a": envoi.demande_a.isoformat(timespec="seconds"),
        }
        ecrire(self.dossier / f"{envoi.id}.json", msgspec.json.encode(manifeste))
