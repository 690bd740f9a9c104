"""The services of the portal, and the roles that a bulletin d'adhésion can grant on each: data, nothing else.

What a role opens is the word of its own service (the matrix of CDAP is cdap's).
"""

from collections.abc import Mapping
from enum import StrEnum


class Service(StrEnum):
    """A service to which a partner can adhere."""

    CDAP = "cdap"


ROLES: Mapping[Service, frozenset[str]] = {
    # « 16 profils différents » (webinar, « Les profils »); T3, T7 and T17 do not exist.
    Service.CDAP: frozenset(
        {"T1", "T2", "T4", "T5", "T6", "T8", "T9", "T10", "T11", "T12", "T13", "T14", "T15", "T16", "T18", "T19"}
    ),
}
