"""The trace id of a request: taken from `traceparent` (W3C Trace Context) if it is well formed, else made."""

import re
import secrets

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def courante(traceparent: str | None) -> str:
    """Give the trace id, 32 hexadecimal digits."""
    lu = _TRACEPARENT.fullmatch(traceparent or "")
    if lu and lu.group(1) != "0" * 32:
        return lu.group(1)
    return secrets.token_hex(16)


def vers_l_aval(trace: str) -> str:
    """The `traceparent` to hand on."""
    return f"00-{trace}-{secrets.token_hex(8)}-01"
