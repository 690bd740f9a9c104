"""The gateway's own settings: where it listens, and where each service is."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from socle import settings

Racine = Annotated[str, Field(pattern=r"^https?://[^/\s?#@]+$")]


def _separer(lu: Any) -> Any:
    """A setting is written as a list with commas."""
    return tuple(mot.strip() for mot in lu.split(",") if mot.strip()) if isinstance(lu, str) else lu


Reseaux = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_separer)]
ParSeconde = Annotated[int, Field(ge=1, le=1_000_000)]


class Reglages(settings.Reglages):
    """Settings of the gateway. `bind_host` and `bind_port` are those of its internal operations."""

    service: ClassVar[str] = "gateway"

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    url_identity: Racine = "http://127.0.0.1:8001"
    url_habilitation: Racine = "http://127.0.0.1:8002"
    url_cdap: Racine = "http://127.0.0.1:8003"
    url_audit: Racine = "http://127.0.0.1:8004"
    delai_reponse_s: float = Field(default=8.0, gt=0, le=60)
    mandataires: Reseaux = ()
    tls: bool = False
    """Serve HTTPS with `tls.crt` and `tls.key` among the secrets, unless the two files below are named."""
    tls_certificat: Path | None = None
    tls_cle: Path | None = None
    limite_utilisateur: ParSeconde = 50
    limite_partenaire: ParSeconde = 200
    limite_adresse: ParSeconde = 300

    @model_validator(mode="after")
    def _ensemble(self) -> Self:
        if (self.tls_certificat is None) != (self.tls_cle is None):
            raise ValueError("MCP_TLS_CERTIFICAT and MCP_TLS_CLE go together")
        return self

    @property
    def paire_tls(self) -> tuple[Path, Path] | None:
        """The files of the certificate and its key, where the public door serves HTTPS."""
        if self.tls_certificat and self.tls_cle:
            return self.tls_certificat, self.tls_cle
        return (self.dossier_secrets / "tls.crt", self.dossier_secrets / "tls.key") if self.tls else None

    @property
    def urls(self) -> dict[str, str]:
        """Service → its root URL."""
        return {
            "identity": self.url_identity,
            "habilitation": self.url_habilitation,
            "cdap": self.url_cdap,
            "audit": self.url_audit,
        }
