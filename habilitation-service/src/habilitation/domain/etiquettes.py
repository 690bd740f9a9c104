"""The tag of a thing as it was read, and the condition that it has not changed (RFC 9110, `ETag` and `If-Match`).

Invariant: two readings have the same tag only if they show the same thing.
"""

import hashlib

from habilitation.domain.refus import VersionPerimee


def etiquette(*choses: object) -> str:
    """The tag of these frozen values: their `repr` names each field."""
    return '"' + hashlib.sha256(repr(choses).encode()).hexdigest()[:32] + '"'


def exiger_inchange(si: str | None, *choses: object) -> None:
    """`si` is the header as it came; without it nothing is asked. Raises VersionPerimee."""
    if si is None or si.strip() == "*":
        return
    if etiquette(*choses) not in (tag.strip() for tag in si.split(",")):
        raise VersionPerimee()
