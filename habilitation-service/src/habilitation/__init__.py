"""The chain of rights, from the partner's convention to the user's membership of a group."""
