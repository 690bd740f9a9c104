"""Settings of the audit service: its sources, and where the heads are kept elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from socle import settings


class Reglages(settings.Reglages):
    """What all services have, the address of each source, and the folder of the witnesses (`temoins`)."""

    service: ClassVar[str] = "audit"

    url_habilitation: str = "http://127.0.0.1:8002"
    url_cdap: str = "http://127.0.0.1:8003"
    url_audit: str = "http://127.0.0.1:8004"
    url_gateway: str = "http://127.0.0.1:8009"
    temoins: Path | None = None

    @property
    def sources(self) -> Mapping[str, str]:
        """Every source of the journal, audit itself included, and where it answers."""
        return {
            "cdap": self.url_cdap,
            "identity": self.url_identity,
            "habilitation": self.url_habilitation,
            "gateway": self.url_gateway,
            "audit": self.url_audit,
        }

    @property
    def dossier_temoins(self) -> Path:
        """The folder of the witnesses; another volume in production."""
        return self.temoins or self.var / "temoins"
