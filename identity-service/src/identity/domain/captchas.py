"""A captcha: characters that are copied as they are shown (webinar: case-sensitive, refreshable).

Invariant: its name carries its end and a keyed print of the right answer, so that nothing is stored before it is
answered; the name alone says nothing of the answer.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from socle.refus import Refus

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
LONGUEUR = 6
VALIDITE = timedelta(minutes=5)


class CaptchaErrone(Refus):
    """The characters are wrong, too late, or were answered before."""

    code = "captcha-errone"


@dataclass(frozen=True, slots=True)
class Captcha:
    """One captcha, by its number and its end."""

    numero: str
    expire_a: datetime

    def nom(self, empreinte: str) -> str:
        """What is handed out: number, end in seconds since the epoch, print of the answer."""
        return f"{self.numero}.{int(self.expire_a.timestamp())}.{empreinte}"


def nouveau(instant: datetime) -> Captcha:
    """A captcha that begins now; its end is a whole second, as its name has it."""
    return Captcha(uuid4().hex, datetime.fromtimestamp(int((instant + VALIDITE).timestamp()), UTC))


def lire(nom: str) -> tuple[Captcha, str]:
    """The captcha of that name, and the print that it carries. Raises CaptchaErrone."""
    numero, _, reste = nom.partition(".")
    fin, _, empreinte = reste.partition(".")
    if not (len(numero) == 32 and fin.isascii() and fin.isdecimal() and len(fin) <= 11 and empreinte.isascii()):
        raise CaptchaErrone("captcha_illisible")
    return Captcha(numero, datetime.fromtimestamp(int(fin), UTC)), empreinte


def tirer() -> str:
    """Draw the characters, none of which can be taken for another (l, I, o, O, 0, 1)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR))


def epeler(texte: str) -> str:
    """What a French voice says of them: « B majuscule, k minuscule, 4 »."""
    return ", ".join(_nommer(caractere) for caractere in texte) + "."


def _nommer(caractere: str) -> str:
    """A lone Y before a word is read as the word « y », which sounds like I."""
    if caractere.isdecimal():
        return caractere
    lettre = "I grec" if caractere in "Yy" else caractere.upper()
    return f"{lettre} {'majuscule' if caractere.isupper() else 'minuscule'}"
