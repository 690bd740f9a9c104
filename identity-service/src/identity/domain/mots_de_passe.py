"""Passwords: their rule, provisional ones, and the refusals that the proof by password can meet."""

import hmac
import secrets
import string
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from socle.refus import Refus

LONGUEUR_MIN, LONGUEUR_MAX = 8, 32
LONGUEUR_PROVISOIRE = 12
VALIDITE_PROVISOIRE = timedelta(hours=24)  # webinar: « un mot de passe provisoire (valable 24 h) »
_LETTRES = "".join(sorted(set(string.ascii_letters) - set("lIO")))
_SPECIAUX = "!#%*+?@-"
_PROVISOIRES = _LETTRES + "23456789" + _SPECIAUX


class IdentifiantsErrones(Refus):
    """One answer for every wrong proof; only the journal knows which it was."""

    code = "identifiants-errones"


class MotDePasseAChanger(Refus):
    """The proof is right, but the password is provisional."""

    code = "mot-de-passe-a-changer"


class MotDePasseDefinitif(Refus):
    """The person has chosen her password already: there is no provisional one to send again."""

    code = "mot-de-passe-definitif"


class MotDePasseFaible(Refus):
    """The new password does not follow the rule, or is the old one."""

    code = "mot-de-passe-faible"


@dataclass(frozen=True, slots=True)
class MotDePasse:
    """The password in force of an account, as its hash; `expire_a` is null for a final one."""

    hash: str
    provisoire: bool
    expire_a: datetime | None

    def perime(self, instant: datetime) -> bool:
        """Whether its time is over."""
        return self.expire_a is not None and instant >= self.expire_a


@dataclass(frozen=True, slots=True)
class Secours:
    """A provisional password beside the one in force, for who has forgotten hers. It is drawn, of 72 bits: its keyed
    print needs no slow hash, and what slows guesses down does not apply to it."""

    empreinte: str
    expire_a: datetime

    def est(self, empreinte: str, instant: datetime) -> bool:
        """Whether this is the print of that password, and in time."""
        return hmac.compare_digest(self.empreinte, empreinte) and instant < self.expire_a


AUCUN_SECOURS = Secours("0" * 64, datetime.min.replace(tzinfo=UTC))


def normaliser(mot_de_passe: str) -> str:
    """One form for what looks the same: keyboards differ in how they compose an accented letter (Unicode NFC)."""
    return unicodedata.normalize("NFC", mot_de_passe)


def suit_la_regle(mot_de_passe: str) -> bool:
    """8 to 32 characters, upper, lower, digit, special, no currency sign (webinar, « Mot de passe »).

    Special is any punctuation or symbol; `€ - £ - $...` is read as every currency sign of Unicode (category Sc).
    What cannot be typed (controls, lone surrogates) is refused as well.
    """
    mot = normaliser(mot_de_passe)
    categories = {unicodedata.category(caractere) for caractere in mot}
    return (
        LONGUEUR_MIN <= len(mot) <= LONGUEUR_MAX
        and {"Lu", "Ll", "Nd"} <= categories
        and any(categorie[0] in "PS" for categorie in categories)
        and "Sc" not in categories
        and not any(categorie[0] == "C" for categorie in categories)
    )


def exiger_la_regle(nouveau: str, ancien: str) -> None:
    """Raises MotDePasseFaible, with its cause, where the new password may not replace the old one."""
    if not suit_la_regle(nouveau):
        raise MotDePasseFaible()
    if normaliser(nouveau) == normaliser(ancien):
        raise MotDePasseFaible("mot_de_passe_identique")


def tirer_provisoire() -> str:
    """Draw a password that follows the rule and is easy to copy: none of l, I, O, 0, 1."""
    while True:
        mot = "".join(secrets.choice(_PROVISOIRES) for _ in range(LONGUEUR_PROVISOIRE))
        if suit_la_regle(mot):
            return mot
