"""Mechanism shared by the services; no word of the domain stands here."""
