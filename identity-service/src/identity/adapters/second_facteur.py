"""Time-based codes (RFC 6238, by pyotp), their sealed secrets, and who requires them.

Invariant: a secret is stored sealed (AES-GCM, bound to its account), a recovery code as its keyed print; a step of
time is accepted once and never an earlier one after it.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, exists, insert, or_, select, update

from identity.adapters.cachet import CachetHmac
from identity.adapters.tables import codes_de_recuperation, exigences, seconds_facteurs
from identity.domain.second_facteur import CodePresente

EMETTEUR = "Mon Compte Partenaire"
PAS_S, NONCE = 30, 12
ECARTS = (0, -1, 1)  # clocks of telephones differ


class TotpScelle:
    """Makes secrets and recognises codes; the key of the seal is derived from the service's own."""

    def __init__(self, cachet: CachetHmac) -> None:
        self._sceau = AESGCM(bytes.fromhex(cachet.empreinte("sceau du second facteur")))

    def nouveau(self, identifiant: str) -> tuple[str, str, str]:
        """A secret in clear, the URI that telephones read, and the secret sealed for that account."""
        secret, nonce = pyotp.random_base32(), os.urandom(NONCE)
        scelle = nonce + self._sceau.encrypt(nonce, secret.encode(), identifiant.encode())
        uri = pyotp.TOTP(secret).provisioning_uri(name=identifiant, issuer_name=EMETTEUR)
        return secret, uri, b64encode(scelle).decode()

    def pas(self, identifiant: str, scelle: str, code: str, instant: datetime) -> int | None:
        """The step of time whose code this is; None if it is none of now."""
        if not (len(code) == 6 and code.isascii() and code.isdecimal()):
            return None
        totp = pyotp.TOTP(self._ouvrir(identifiant, scelle))
        for ecart in ECARTS:
            a = instant + timedelta(seconds=ecart * PAS_S)
            if totp.verify(code, for_time=a):
                return int(a.timestamp()) // PAS_S
        return None

    def _ouvrir(self, identifiant: str, scelle: str) -> str:
        octets = b64decode(scelle)
        try:
            return self._sceau.decrypt(octets[:NONCE], octets[NONCE:], identifiant.encode()).decode()
        except InvalidTag:
            raise RuntimeError("the seal of a second factor is broken") from None


class SecondsFacteursSql:
    """Second factors and who requires them, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def proposer(self, identifiant: str, en_attente: str) -> None:
        """Keep a secret that waits for its first code; one in force stays."""
        fait = self._connexion.execute(
            update(seconds_facteurs).where(seconds_facteurs.c.identifiant == identifiant).values(en_attente=en_attente)
        )
        if fait.rowcount == 0:
            self._connexion.execute(
                insert(seconds_facteurs).values(identifiant=identifiant, en_attente=en_attente, dernier_pas=0)
            )

    def activer(self, identifiant: str, en_attente: str, pas: int, empreintes: Collection[str]) -> bool:
        """Put the waiting secret in force, with its recovery codes; false if it waits no longer."""
        fait = self._connexion.execute(
            update(seconds_facteurs)
            .where(seconds_facteurs.c.identifiant == identifiant, seconds_facteurs.c.en_attente == en_attente)
            .values(scelle=en_attente, en_attente=None, dernier_pas=pas)
        )
        if fait.rowcount == 0:
            return False
        self._connexion.execute(delete(codes_de_recuperation).where(codes_de_recuperation.c.identifiant == identifiant))
        self._connexion.execute(
            insert(codes_de_recuperation),
            [{"empreinte": empreinte, "identifiant": identifiant} for empreinte in empreintes],
        )
        return True

    def retirer(self, identifiant: str) -> None:
        """There is no second factor any more."""
        self._connexion.execute(delete(codes_de_recuperation).where(codes_de_recuperation.c.identifiant == identifiant))
        self._connexion.execute(delete(seconds_facteurs).where(seconds_facteurs.c.identifiant == identifiant))

    def est_de_recuperation(self, identifiant: str, empreinte: str) -> bool:
        """Whether that is an unused recovery code."""
        code = codes_de_recuperation.c
        garde = select(code.empreinte).where(code.empreinte == empreinte, code.identifiant == identifiant)
        return bool(self._connexion.execute(select(exists(garde))).scalar())

    def consommer(self, identifiant: str, code: CodePresente) -> bool:
        """Use a code up; false if it was used before."""
        if code.pas is not None:
            fait = self._connexion.execute(
                update(seconds_facteurs)
                .where(seconds_facteurs.c.identifiant == identifiant, seconds_facteurs.c.dernier_pas < code.pas)
                .values(dernier_pas=code.pas)
            )
        else:
            fait = self._connexion.execute(
                delete(codes_de_recuperation).where(
                    codes_de_recuperation.c.empreinte == code.empreinte,
                    codes_de_recuperation.c.identifiant == identifiant,
                )
            )
        return fait.rowcount == 1

    def est_exige(self, cibles: Collection[str]) -> bool:
        """Whether it is required under one of these names."""
        une = or_(*(exigences.c.cible == cible for cible in cibles))
        return bool(self._connexion.execute(select(exists(select(exigences.c.cible).where(une)))).scalar())

    def exiger(self, cible: str, requis: bool, par: str, instant: datetime) -> None:
        """Require it under that name, or no longer."""
        self._connexion.execute(delete(exigences).where(exigences.c.cible == cible))
        if requis:
            self._connexion.execute(insert(exigences).values(cible=cible, par=par, depuis=instant.timestamp()))
