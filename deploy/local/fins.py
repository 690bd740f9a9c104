"""The two ways in which a start ends before its time."""


class Echec(Exception):
    """It cannot go on; the words are the one sentence that a person gets."""


class ArretDemande(Exception):
    """Somebody asked for a stop: no fault, and an exit 0."""
