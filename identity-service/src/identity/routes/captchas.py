"""Captchas."""

import base64
from datetime import UTC, datetime
from typing import Any

from identity.usecases.demander_captcha import demander_captcha
from identity.usecases.ports import Outils


def demander(outils: Outils) -> Any:
    """A new one; asking again is how it is refreshed."""
    dessine = demander_captcha(outils, datetime.now(UTC))
    return (
        {
            "id": dessine.nom,
            "image": base64.b64encode(dessine.image).decode(),
            "son": None if dessine.son is None else base64.b64encode(dessine.son).decode(),
        },
        201,
        {},
    )
