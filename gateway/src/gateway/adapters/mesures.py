"""The gateway's own metrics, beside those that every service has."""

from prometheus_client import Counter

JETONS_REFUSES = Counter("mcp_jetons_refuses", "Tokens that proved nothing, by the reason", ["cause"])
