"""The settings of identity; durations are in seconds."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

import socle.settings


class Reglages(socle.settings.ReglagesCourriels):
    """What identity needs besides what every service has."""

    service: ClassVar[str] = "identity"

    coffre: Path | None = None
    url_habilitation: str = "http://127.0.0.1:8002"
    duree_session: int = Field(8 * 3600, ge=60, description="without being refreshed")
    duree_session_max: int = Field(12 * 3600, ge=60, description="however often it is refreshed")
    argon2_time_cost: int = Field(2, ge=1)
    argon2_memory_cost: int = Field(19_456, ge=8, description="KiB")
    argon2_parallelism: int = Field(1, ge=1)
    argon2_simultanes: int = Field(2, ge=1)
    argon2_attente: int = Field(8, ge=0, description="callers that wait for a place")
    espeak: str = "espeak-ng"
    recouvrement_cles: int = Field(3600, ge=1800, description="longer than any token lives")

    @property
    def dossier_coffre(self) -> Path:
        """Where this service keeps the keys that it makes itself; it must be able to write there."""
        return self.coffre or self.dossier_secrets
