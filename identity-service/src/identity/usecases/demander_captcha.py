"""Somebody asks for a captcha; nobody's data, and nothing is stored, so no event."""

from dataclasses import dataclass
from datetime import datetime

from identity.domain.captchas import Captcha, epeler, nouveau, tirer
from identity.usecases.ports import Cachet, Outils


@dataclass(frozen=True, slots=True)
class CaptchaDessine:
    """A captcha, as it is shown and said."""

    nom: str
    image: bytes
    son: bytes | None


def demander_captcha(outils: Outils, instant: datetime) -> CaptchaDessine:
    """A new captcha."""
    captcha, texte = nouveau(instant), tirer()
    return CaptchaDessine(
        nom=captcha.nom(empreinte(outils.cachet, captcha, texte)),
        image=outils.dessinateur.image(texte),
        son=outils.dessinateur.son(epeler(texte)),
    )


def empreinte(cachet: Cachet, captcha: Captcha, reponse: str) -> str:
    """The print of an answer to that very captcha."""
    return cachet.empreinte("captcha", captcha.numero, captcha.expire_a.isoformat(), reponse)
