"""The embedded default: every service of the house on one machine, without Docker, broker or root."""
