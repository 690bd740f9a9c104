"""The trace id of a request, from `traceparent` (W3C Trace Context) if it is well formed, else made; and its step.

A step (the span id of OpenTelemetry) is one operation in one process: what it calls names it as where it came from.
"""

import os
import random
import re
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
# Ids are not secrets, and the system is not asked for each of them; processes of one parent do not share them.
_HASARD = random.Random()  # noqa: S311
os.register_at_fork(after_in_child=_HASARD.seed)
_PAS: ContextVar[str | None] = ContextVar("pas", default=None)


def courante(traceparent: str | None) -> str:
    """Give the trace id, 32 hexadecimal digits."""
    lu = _TRACEPARENT.fullmatch(traceparent or "")
    if lu and lu.group(1) != "0" * 32:
        return lu.group(1)
    return f"{_HASARD.getrandbits(128):032x}"


def amont(traceparent: str | None) -> str | None:
    """The step that called, 16 hexadecimal digits; None where there is none that can be read."""
    lu = _TRACEPARENT.fullmatch(traceparent or "")
    return lu.group(2) if lu and lu.group(1) != "0" * 32 and lu.group(2) != "0" * 16 else None


def commencer() -> str:
    """Begin the step of the operation under way in this thread or task; its id."""
    pas = neuf()
    _PAS.set(pas)
    return pas


def neuf() -> str:
    """The id of a step that its caller carries along by itself."""
    return f"{_HASARD.getrandbits(64):016x}"


def vers_l_aval(trace: str, pas: str | None = None) -> str:
    """The `traceparent` to hand on: from this step, the one under way, or a new one where there is none."""
    return f"00-{trace}-{pas or _PAS.get() or neuf()}-01"
