"""The settings of this service: those that all have (`MCP_*`), and none of its own."""

from typing import ClassVar

from socle import settings


class Reglages(settings.Reglages):
    """What habilitation reads of the environment."""

    service: ClassVar[str] = "habilitation"
