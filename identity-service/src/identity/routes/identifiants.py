"""A forgotten identifiant."""

from typing import Any

OUBLI = (
    "Votre identifiant figure dans le courriel de création de votre compte. Si vous ne le retrouvez pas : un "
    "administrateur doit se rapprocher de la Caf, et un utilisateur de son administrateur."
)


def expliquer_oubli() -> Any:
    """Whom to ask (webinar, « Identifiant oublié »)."""
    return {"message": OUBLI}
