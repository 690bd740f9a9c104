"""Puts together what every service has, from its settings; each `main` adds its own adapters.

The web stack is imported only where an app is built: a relay or a migration starts in half the time, in half
the memory.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from socle.cles import Trousseau
from socle.database import ouvrir
from socle.directe import Directe
from socle.jetons import Verificateur
from socle.mesures import Exposition, Releve, ReleveCauses, ReleveOutbox
from socle.revision import revisions
from socle.sante import Guet, Sante
from socle.secret import essais, exiger
from socle.settings import Reglages
from socle.telemetrie import Telemetrie
from socle.telemetrie import ouvrir as ouvrir_la_telemetrie
from socle.travail import Travail
from socle.voisins import JetonsDeService, Voisin

if TYPE_CHECKING:
    from connexion import FlaskApp

D = TypeVar("D")


@dataclass(frozen=True)
class Assemblage(Generic[D]):
    """The common parts of one service."""

    reglages: Reglages
    engine: Engine
    trousseau: Trousseau
    travail: Travail[D]

    @cached_property
    def telemetrie(self) -> Telemetrie | None:
        """What tells the OpenTelemetry collector, where one is configured; first asked for where it serves."""
        return ouvrir_la_telemetrie(self.reglages.service, self.reglages.otel_url)

    def application(
        self, injections: Mapping[str, Any], releves: Sequence[Releve] = (), pressees: Sequence[str] = ()
    ) -> "FlaskApp":
        """The ASGI app; `injections` reach the routes by the names of their parameters, `releves` are metrics, and
        `pressees` the operations that have the short way (`socle.raccourci`)."""
        from socle.app import construire
        from socle.operations import Porte

        service = self.reglages.service
        verificateur = Verificateur(self.trousseau, self.reglages.issuer, service)
        outbox = ReleveOutbox(self.engine, service, publie=bool(self.reglages.courtier))
        communes = {
            "engine": self.engine,
            "source": service,
            "sante": self.sante,
            "exposition": Exposition(service, [ReleveCauses(service), outbox, *releves], self.reglages.mesures),
            "conservation_s": self.reglages.conservation.total_seconds(),
        }
        porte = Porte(verificateur, self.travail, {**communes, **injections}, self.telemetrie)
        return construire(service, porte, self.reglages.threads, pressees, self.guet)

    def voisin(self, nom: str, url: str) -> Voisin:
        """A neighbour, called with service tokens that identity gives for this service's secret."""
        return Voisin(nom, url, self.jetons)

    @cached_property
    def jetons(self) -> JetonsDeService:
        """The service tokens of this service; without its secret, which is looked at from now on, it is not ready."""
        secret = self.reglages.chemin_du_secret("client")
        self.sante.secrets.append(partial(exiger, secret))
        return JetonsDeService(self.reglages.url_identity, self.reglages.service, partial(essais, secret))

    @cached_property
    def sante(self) -> Sante:
        """Whether it can do its work."""
        service = self.reglages.service
        return Sante(service, version(f"mcp-{service}"), self.engine, self.trousseau, revisions(service))

    @cached_property
    def guet(self) -> Guet:
        """What looks at its health, whether anybody asks or not."""
        return Guet(self.sante.causes)


def assembler(
    reglages: Reglages,
    depots: Callable[[Connection], D],
    trousseau: Trousseau | None = None,
    depots_directs: Callable[[Directe], D] | None = None,
) -> Assemblage[D]:
    """Open the database and the keys of a service; touches no neighbour. `depots_directs`: see `Travail`."""
    engine = ouvrir(reglages.base, en_serie=reglages.actes_en_serie)
    cles = trousseau or Trousseau(f"{reglages.url_identity}/.well-known/jwks.json", reglages.dossier / "jwks.json")
    travail = Travail(engine, reglages.service, depots, depots_directs=depots_directs)
    return Assemblage(reglages, engine, cles, travail)
