"""The gateway's own metrics, beside those that every service has. Of several workers the worst one is said."""

from prometheus_client import Counter, Gauge

import socle.mesures  # noqa: F401 -- makes the folder where a metric, once declared, opens its file

JETONS_REFUSES = Counter("mcp_jetons_refuses", "Tokens that proved nothing or were cut, by the reason", ["cause"])
REQUETES_REFUSEES = Counter("mcp_requetes_refusees", "Requests that could not be read, or were cut", ["cause"])
REVOCATIONS = Gauge(
    "mcp_revocations_connues", "Revocations of the last minutes that are applied", multiprocess_mode="livemin"
)
FIL_SUIVI = Gauge(
    "mcp_fil_suivi_a", "When the feed last answered, in seconds of the epoch", ["source"], multiprocess_mode="livemin"
)
CIRCUIT = Gauge(
    "mcp_circuit_ouvert", "1 while requests to the service are refused at once", ["source"], multiprocess_mode="livemax"
)
REPRISES = Counter("mcp_reprises", "Requests sent again: the service had certainly not taken them", ["source"])
MANDATAIRES_REFUSES = Counter(
    "mcp_mandataires_refuses", "Proofs of a proxy that proved nothing, by the reason", ["cause"]
)
