"""The rules of the door: which request goes where, and what of it may pass. No clock, no network."""
