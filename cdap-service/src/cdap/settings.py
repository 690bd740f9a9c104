"""Settings of the CDAP service."""

from pathlib import Path
from typing import ClassVar

from socle import settings


class Reglages(settings.ReglagesCourriels):
    """What CDAP needs besides what every service has; it calls no neighbour."""

    service: ClassVar[str] = "cdap"
    actes_en_serie: ClassVar[bool] = False
    """Reads are its busy acts, and touch nothing of one another; those that do take locks (`adapters/verrous.py`)."""

    cafs: Path | None = None
    courriers: Path | None = None

    @property
    def dossier_courriers(self) -> Path:
        """The spool from which letters are printed and posted."""
        return self.courriers or self.var / "courriers"
