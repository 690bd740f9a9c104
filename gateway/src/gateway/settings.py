"""The gateway's own settings: where it listens, and where each service is."""

from typing import Annotated, ClassVar

from pydantic import Field

from socle import settings

Racine = Annotated[str, Field(pattern=r"^https?://[^/\s?#@]+$")]


class Reglages(settings.Reglages):
    """Settings of the gateway. `bind_host` and `bind_port` are those of its internal operations."""

    service: ClassVar[str] = "gateway"

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    url_identity: Racine = "http://127.0.0.1:8001"
    url_habilitation: Racine = "http://127.0.0.1:8002"
    url_cdap: Racine = "http://127.0.0.1:8003"
    url_audit: Racine = "http://127.0.0.1:8004"
    delai_reponse_s: float = Field(default=15.0, gt=0, le=60)

    @property
    def urls(self) -> dict[str, str]:
        """Service → its root URL."""
        return {
            "identity": self.url_identity,
            "habilitation": self.url_habilitation,
            "cdap": self.url_cdap,
            "audit": self.url_audit,
        }
