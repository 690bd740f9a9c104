"""What crosses a process border, as data: contracts, events, claims, problem types.

Invariant: image, gateway and tests read these same files; nothing here knows a service's code.
"""

from contracts.lecture import SERVICES, evenements, examples, openapi, problemes

__all__ = ["SERVICES", "evenements", "examples", "openapi", "problemes"]
