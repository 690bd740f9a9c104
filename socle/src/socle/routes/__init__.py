"""The operations that every service has (contracts/commun)."""
