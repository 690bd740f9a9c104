"""The one public door: it verifies, authorizes and forwards; what it refuses itself, it records."""
