"""The sending of mails: as files, or to an SMTP server.

Invariant: a mail that could not be sent stays in the queue and is tried again; neither the log nor the name
of a file says to whom it goes.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import Engine

from identity.adapters.courriels import EnAttente, marquer_envoye, prendre, y_en_a
from identity.adapters.fichiers import ecrire

DELAI_S = 10.0
PAR_TOUR = 50
logger = logging.getLogger(__name__)


class Moyen(Protocol):
    """A way to send. Raises OSError or ValueError where it cannot."""

    def envoyer(self, id: str, message: EmailMessage) -> None:
        """Hand over one mail; the same `id` again is the same mail."""


class Dossier:
    """Each mail is a file `<id>.eml`: for a machine without a mail server, and for tests."""

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier

    def envoyer(self, id: str, message: EmailMessage) -> None:
        """Write the file; written again, it is the same one."""
        ecrire(self._dossier / f"{id}.eml", message.as_bytes())


class Smtp:
    """A server, as `smtp://host:port`, `smtps://…` or `smtp+starttls://…`; with a user, its password is a secret."""

    def __init__(self, url: str, mot_de_passe: str | None) -> None:
        self._url = urlsplit(url)
        self._mot_de_passe = mot_de_passe

    def envoyer(self, id: str, message: EmailMessage) -> None:
        """Send over a connection of its own; `Message-ID` is the same at each try."""
        with self._connexion() as serveur:
            if self._url.scheme == "smtp+starttls":
                serveur.starttls()
            if self._url.username:
                serveur.login(self._url.username, self._mot_de_passe or "")
            serveur.send_message(message)

    def _connexion(self) -> smtplib.SMTP:
        classe = smtplib.SMTP_SSL if self._url.scheme == "smtps" else smtplib.SMTP
        return classe(self._url.hostname or "", self._url.port or 0, timeout=DELAI_S)


@dataclass(frozen=True)
class Expedition:
    """A chore of the relay: send what is due."""

    engine: Engine
    moyen: Moyen
    expediteur: str

    def __call__(self) -> None:
        """Send the mails that are due, so many at most. One that fails ends the round: a server that is silent is
        not asked again at once, and another mail has its turn next."""
        for _ in range(PAR_TOUR):
            present = datetime.now(UTC).timestamp()
            pris = prendre(self.engine, present) if y_en_a(self.engine, present) else None
            if pris is None or not self._envoyer(pris):
                return

    def _envoyer(self, pris: EnAttente) -> bool:
        try:
            self.moyen.envoyer(pris.id, self._message(pris))
        except (OSError, ValueError) as faute:
            logger.error("courriel en attente", extra={"faute": faute.__class__.__name__, "nombre": pris.essais})
            return False
        marquer_envoye(self.engine, pris, datetime.now(UTC).timestamp())
        return True

    def _message(self, pris: EnAttente) -> EmailMessage:
        message = EmailMessage()
        message["From"] = Address("Mon Compte Partenaire", addr_spec=self.expediteur)
        message["To"] = Address(addr_spec=pris.courriel.destinataire)
        message["Subject"] = pris.courriel.objet
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = f"<{pris.id}@{self.expediteur.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic reply is wanted
        message.set_content(pris.courriel.texte, cte="quoted-printable")
        return message
