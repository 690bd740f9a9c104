"""Settings of the CDAP service."""

from typing import ClassVar

from socle import settings


class Reglages(settings.Reglages):
    """What all services have; CDAP calls no neighbour."""

    service: ClassVar[str] = "cdap"
