"""The workshop: what every test of the house shares. Real tokens, real databases, no mocks of our own code."""

from atelier.banc import Banc
from atelier.personas import (
    Persona,
    un_administrateur,
    un_agent,
    un_groupe,
    un_referent,
    un_service,
    un_utilisateur,
)
from atelier.signature import Signataire

__all__ = [
    "Banc",
    "Persona",
    "Signataire",
    "un_administrateur",
    "un_agent",
    "un_groupe",
    "un_referent",
    "un_service",
    "un_utilisateur",
]
