"""The only reader of the environment, for what all services have; each adds its own in its `settings.py`.

Invariant: all faults are told at once, one line each, and a value is never among the words.
"""

import sys
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

R = TypeVar("R", bound="Reglages")


class Reglages(BaseSettings):
    """Settings of one service, from `MCP_*`; times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="MCP_", hide_input_in_errors=True, extra="ignore", frozen=True)
    service: ClassVar[str]

    var: Path = Path("var")
    bind_host: str = "127.0.0.1"
    bind_port: int = 0
    database_url: str = ""
    secrets: Path | None = None
    url_identity: str = "http://127.0.0.1:8001"
    issuer: str = "http://127.0.0.1:8000"
    threads: int = 16

    @property
    def dossier(self) -> Path:
        """The folder that this service owns."""
        return self.var / self.service

    @property
    def base(self) -> str:
        """The URL of this service's own database."""
        return self.database_url or f"sqlite:///{self.dossier / (self.service + '.sqlite')}"

    @property
    def dossier_secrets(self) -> Path:
        """Where this service's own secrets are files."""
        return (self.secrets or self.var / "secrets") / self.service

    def secret(self, nom: str) -> str:
        """The content of a secret file. Raises SystemExit, naming the file, where it cannot be read."""
        chemin = self.dossier_secrets / nom
        try:
            return chemin.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise SystemExit(f"{self.service}: le secret {chemin} est absent ou illisible") from None


def charger(classe: type[R]) -> R:
    """Read the settings, or leave with every fault named."""
    try:
        return classe()
    except ValidationError as fautes:
        for faute in fautes.errors():
            nom = "_".join(str(pas) for pas in faute["loc"]).upper()
            sys.stderr.write(f"{classe.service}: MCP_{nom}: {faute['msg']}\n")
        raise SystemExit(2) from None
