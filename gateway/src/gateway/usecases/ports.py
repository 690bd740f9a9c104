"""What the passage needs from outside."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from gateway.domain.messages import Entetes, Envoi, Reponse
from gateway.usecases.operation import Operation
from socle.acces import Acces
from socle.jetons import Identite


class Gardien(Protocol):
    """Believes a token, or refuses it."""

    async def identifier(self, entetes: Entetes, operation: Operation, trace: str) -> Identite:
        """The user whom the token proves. Raises JetonAbsent, JetonRefuse; ServiceIndisponible without any key."""
        ...


class Portail(Protocol):
    """Knows the portal among the peers."""

    async def prouve(self, entetes: Entetes) -> bool:
        """Whether the peer has proved to be the portal. Raises nothing."""
        ...


class Registre(Protocol):
    """The gateway's own outbox."""

    def tracer(self, operation: Operation, acces: Callable[[], Acces]) -> AbstractAsyncContextManager[None]:
        """A refusal that leaves this block has been recorded and has its receipt; if it cannot be,
        TraceImpossible leaves it instead. `acces` says whose, and is asked only then."""
        ...


class Preuves(Protocol):
    """What proves to a service that a request comes from the gateway."""

    async def pour(self, service: str) -> bytes | None:
        """A service token for it, or None if none can be had soon."""
        ...


class Amont(Protocol):
    """The services."""

    async def envoyer(self, service: str, envoi: Envoi) -> Reponse:
        """The whole answer of the service. Raises ServiceIndisponible."""
        ...
