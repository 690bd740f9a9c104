"""The sending of mails: as files, or to an SMTP server.

Invariant: neither the log nor the name of a file says to whom a mail goes.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from socle.fichiers import ecrire
from socle.secret import exiger
from socle.settings import ReglagesCourriels

DELAI_S = 10.0


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
    """A server, as `smtp://host:port`, `smtps://…` or `smtp+starttls://…`; with a user, its password is a secret.

    Over TLS its certificate must be of an authority that this machine trusts (or `SSL_CERT_FILE` names), for that
    host: smtplib by itself would take any, and hand the password to whoever answers.
    """

    def __init__(self, url: str, mot_de_passe: Callable[[], str] | None) -> None:
        self._url = urlsplit(url)
        self._mot_de_passe = mot_de_passe

    def envoyer(self, id: str, message: EmailMessage) -> None:
        """Send over a connection of its own; `Message-ID` is the same at each try."""
        with self._connexion() as serveur:
            if self._url.scheme == "smtp+starttls":
                serveur.starttls(context=ssl.create_default_context())
            if self._url.username:
                serveur.login(self._url.username, self._mot_de_passe() if self._mot_de_passe else "")
            serveur.send_message(message)

    def _connexion(self) -> smtplib.SMTP:
        hote, port = self._url.hostname or "", self._url.port or 0
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(hote, port, timeout=DELAI_S, context=ssl.create_default_context())
        return smtplib.SMTP(hote, port, timeout=DELAI_S)


@dataclass(frozen=True)
class Poste:
    """Writes mails in the name of the house, and sends them by its way."""

    moyen: Moyen
    expediteur: str

    def envoyer(self, id: str, destinataire: str, objet: str, texte: str, repondre_a: str | None = None) -> None:
        """Send one mail; an answer goes to `repondre_a`, where it is given. Raises OSError or ValueError."""
        message = EmailMessage()
        message["From"] = Address("Mon Compte Partenaire", addr_spec=self.expediteur)
        message["To"] = Address(addr_spec=destinataire)
        message["Subject"] = objet
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = f"<{id}@{self.expediteur.partition('@')[2]}>"
        if repondre_a is None:
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic reply is wanted
        else:
            message["Reply-To"] = Address(addr_spec=repondre_a)
        message.set_content(texte, cte="quoted-printable")
        self.moyen.envoyer(id, message)


def poste(reglages: ReglagesCourriels) -> Poste:
    """As the settings want it: the folder, while no SMTP server is configured."""
    if not reglages.smtp_url:
        return Poste(Dossier(reglages.dossier_courriels), reglages.expediteur)
    mot_de_passe = partial(exiger, reglages.chemin_du_secret("smtp")) if "@" in reglages.smtp_url else None
    return Poste(Smtp(reglages.smtp_url, mot_de_passe), reglages.expediteur)
