"""Accounts, credentials, sessions and keys: who somebody is, and the tokens that prove it."""
