"""The only reader of the environment, for what all services have; each adds its own in its `settings.py`.

Invariant: all faults are told at once, one line each, and a value is never among the words.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

from socle import postgresql, tls
from socle.secret import essais, exiger

R = TypeVar("R", bound="Reglages")


class Reglages(BaseSettings):
    """Settings of one service, from `MCP_*`; times are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="MCP_", hide_input_in_errors=True, extra="ignore", frozen=True, env_ignore_empty=True
    )
    service: ClassVar[str]
    actes_en_serie: ClassVar[bool] = True
    """Whether acts that write follow one another in the database; if not, each takes the locks that it needs."""

    var: Path = Path("var")
    bind_host: str = "127.0.0.1"
    bind_port: int = 0
    database_url: str = ""
    database_ca: Path | None = None
    """The authorities of the database's certificate: with them PostgreSQL is reached by TLS alone, host verified."""
    secrets: Path | None = None
    url_identity: str = "http://127.0.0.1:8001"
    issuer: str = "http://127.0.0.1:8000"
    threads: int = 16
    courtier: str = Field(default="", pattern=r"^$|^amqps?://[^/@\s]+/[^/@\s]+$")
    """Where RabbitMQ is, `amqp://host:port/vhost`, without who connects; empty: no broker, audit pulls."""
    certificats: Path | None = None
    """The authorities that the broker's certificate is verified against, instead of the system's."""
    ouvriers: int = Field(default=0, ge=0, le=64)
    """Worker processes under gunicorn; 0: one process without it."""
    bail_s: float = Field(default=30.0, ge=1.0, le=3_600.0)
    """How long a relay that has stopped answering keeps others from its work, if it is not dead."""
    depart_s: float = Field(default=4.0, ge=0, le=30)
    """How long a service that was told to stop (SIGTERM) goes on accepting, so that its clients can leave."""
    otel_url: str = Field(default="", pattern=r"^$|^https?://[^@\s?#]+$")
    """The OpenTelemetry collector (OTLP over HTTP), such as `http://collecteur:4318`; empty: no spans."""
    mesures: Path | None = None
    """Where workers that have no internal listener put their metrics, for the process that exposes them."""
    conservation_jours: Annotated[int, Field(ge=180, le=1095)] = 365
    """How long events are kept, here and in the journal: 12 months (CNIL 2021-122: 6 months to 1 year, 3 at most)."""

    @property
    def dossier(self) -> Path:
        """The folder that this service owns."""
        return self.var / self.service

    @property
    def base(self) -> str:
        """The URL of this service's own database, for what serves."""
        return self.base_pour("app")

    def base_pour(self, role: str) -> str:
        """The same for one of the three roles of a PostgreSQL database: `app`, `relay`, `owner` (migrations).

        An address that names no user is completed by the role's name and the path of its secret file, which is read
        at each connection.
        """
        if not self.database_url:
            return f"sqlite:///{self.dossier / (self.service + '.sqlite')}"
        adresse = make_url(self.database_url)
        if adresse.get_backend_name() == "postgresql" and not adresse.username:
            adresse = adresse.set(username=f"mcp_{role}")
            adresse = adresse.update_query_dict({postgresql.FICHIER: str(self.chemin_du_secret(f"base_{role}"))})
        if adresse.get_backend_name() == "postgresql" and self.database_ca:
            adresse = adresse.update_query_dict(tls.postgresql(self.database_ca))
        return adresse.render_as_string(hide_password=False)

    @property
    def dossier_secrets(self) -> Path:
        """Where this service's own secrets are files."""
        return (self.secrets or self.var / "secrets") / self.service

    @property
    def conservation(self) -> timedelta:
        """How long events are kept."""
        return timedelta(days=self.conservation_jours)

    def courtier_de(self) -> Callable[[], Iterator[str]]:
        """Gives the broker's address with this service's user and what may be its password at that moment, most likely
        first, or raises SecretIllisible."""
        chemin = self.chemin_du_secret("courtier")
        return lambda: (adresse_complete(self.courtier, self.service, mot) for mot in essais(chemin))

    def secret(self, nom: str) -> str:
        """The content of a secret file. Raises SecretIllisible, which names the file, where it cannot be read."""
        return exiger(self.chemin_du_secret(nom))

    def chemin_du_secret(self, nom: str) -> Path:
        """Where a secret is read from, again and again."""
        return self.dossier_secrets / nom


class ReglagesCourriels(Reglages):
    """What a service that sends mails needs besides."""

    courriels: Path | None = None
    smtp_url: str = Field("", pattern=r"^$|^(smtp|smtps|smtp\+starttls)://[^/]+/?$")
    expediteur: str = "ne-pas-repondre@mon-compte-partenaire.example"

    @property
    def dossier_courriels(self) -> Path:
        """Where mails are files, while no SMTP server is configured."""
        return self.courriels or self.var / "courriels"


def adresse_complete(adresse: str, utilisateur: str, mot_de_passe: str) -> str:
    """An address such as `amqp://courtier:5672/mcp`, with who connects."""
    parties = urlsplit(adresse)
    lieu = f"{quote(utilisateur, safe='')}:{quote(mot_de_passe, safe='')}@{parties.netloc}"
    return urlunsplit(parties._replace(netloc=lieu))


def charger(classe: type[R]) -> R:
    """Read the settings, or leave with every fault named."""
    try:
        return classe()
    except ValidationError as fautes:
        for faute in fautes.errors():
            nom = "_".join(str(pas) for pas in faute["loc"]).upper()
            sys.stderr.write(f"{classe.service}: MCP_{nom}: {faute['msg']}\n")
        raise SystemExit(2) from None
