"""Alembic's entry: the mechanism is `socle.migrations`."""

from socle.migrations import jouer

jouer()
