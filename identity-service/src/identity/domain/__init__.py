"""Nouns and rules of accounts, passwords and sessions: standard library and `socle.refus` only."""
