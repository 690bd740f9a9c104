"""What waits in a form of a browser, sealed: nobody changes it, and it serves only in the browser that got it.

Invariant: a form that another site has a browser send does not carry the seal of that browser's cookie (`cookie`),
which no other site can read or set.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.domain.autorisation import Demande
from identity.usecases.ports import Cachet
from socle.refus import Refus

VIE = timedelta(minutes=30)


class FormulaireRefuse(Refus):
    """This form is not one of ours, was given to another browser, or is too old."""

    code = "formulaire-perime"


@dataclass(frozen=True, slots=True)
class Presente:
    """A form as it comes back: its sealed text, and the cookie of the browser that sends it."""

    texte: str | None
    cookie: str | None


def sceller(cachet: Cachet, demande: Demande, cookie: str, instant: datetime) -> str:
    """The text of a form that asks for what `demande` waits for."""
    fin = int((instant + VIE).timestamp())
    texte = base64.urlsafe_b64encode(demande.en_texte().encode()).decode()
    return f"{texte}.{fin}.{_sceau(cachet, texte, str(fin), cookie)}"


def desceller(cachet: Cachet, presente: Presente, instant: datetime) -> Demande:
    """What a form that comes back waits for. Raises FormulaireRefuse."""
    texte, fin, sceau = [*(presente.texte or "").split("."), "", ""][:3]
    if not presente.cookie:
        raise FormulaireRefuse("formulaire_sans_cookie")
    if not hmac.compare_digest(sceau.encode(), _sceau(cachet, texte, fin, presente.cookie).encode()):
        raise FormulaireRefuse("formulaire_non_scelle")
    if instant.timestamp() >= int(fin):
        raise FormulaireRefuse("formulaire_perime")
    return Demande.du_texte(base64.urlsafe_b64decode(texte).decode())


def sceller_la_sortie(cachet: Cachet, session: str, cookie: str) -> str:
    """The text of a form that confirms the end of the session of that cookie."""
    return cachet.empreinte("formulaire de sortie", session, cookie)


def exiger_la_sortie(cachet: Cachet, session: str, presente: Presente) -> None:
    """Raises FormulaireRefuse unless this form confirms the end of that session."""
    attendu = sceller_la_sortie(cachet, session, presente.cookie or "")
    if not (presente.cookie and hmac.compare_digest(attendu.encode(), (presente.texte or "").encode())):
        raise FormulaireRefuse("formulaire_non_scelle")


def _sceau(cachet: Cachet, *textes: str) -> str:
    return cachet.empreinte("formulaire de connexion", *textes)
