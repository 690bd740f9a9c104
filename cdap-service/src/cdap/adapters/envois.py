"""What is handed over to the Caf after the act: its stores, and the chores of the relay that hand it over.

Invariant: a PDF is erased here once it is in the spool; its print stays, as the proof.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, select

from cdap.adapters.spool import Spool
from cdap.adapters.tables import attestations, messages
from cdap.adapters.verrous import tenir_l_utilisateur, tenir_la_consultation
from cdap.domain.dialogue import OBJET, Message, Saisie, lettre
from cdap.domain.dossiers import Cle
from cdap.domain.envois import Envoi
from socle.courriels import Poste
from socle.envois import File, Tournee, enfiler


class AttestationsSql:
    """The attestations that go by post."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def confier(self, envoi: Envoi, pdf: bytes) -> Envoi:
        """Have this one handed over after the commit, or give the one that this consultation has already."""
        tenir_la_consultation(self._connexion, envoi.consultation)
        deja = self.de_la_consultation(envoi.consultation)
        if deja is not None:
            return deja
        enfiler(self._connexion, attestations, envoi.demande_a, **_colonnes(envoi), pdf=pdf)
        return envoi

    def lire(self, id: str) -> Envoi | None:
        """The one of that id, or None."""
        return self._trouver(attestations.c.id == id)

    def de_la_consultation(self, consultation: str) -> Envoi | None:
        """The one that was asked for in this consultation, or None."""
        return self._trouver(attestations.c.consultation == consultation)

    def _trouver(self, condition: ColumnElement[bool]) -> Envoi | None:
        ligne = _une(self._connexion, attestations, condition)
        return None if ligne is None else _envoi(ligne)


class MessagesSql:
    """The messages to the Caf."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def retrouver(self, consultation: str, empreinte: str) -> Message | None:
        """The one of that print in this consultation, or None."""
        tenir_la_consultation(self._connexion, consultation)
        meme = (messages.c.consultation == consultation) & (messages.c.empreinte == empreinte)
        ligne = _une(self._connexion, messages, meme)
        return None if ligne is None else _message(ligne)

    def de(self, sujet: str, depuis: datetime) -> Sequence[datetime]:
        """When this user wrote her last ones, oldest first."""
        tenir_l_utilisateur(self._connexion, sujet)
        ici = (messages.c.sujet == sujet, messages.c.cree_a > depuis.timestamp())
        instants = self._connexion.execute(select(messages.c.cree_a).where(*ici).order_by(messages.c.cree_a)).scalars()
        return [datetime.fromtimestamp(instant, UTC) for instant in instants]

    def garder(self, message: Message) -> None:
        """Keep it, and have it mailed after the commit."""
        envoi, saisie = message.envoi, message.saisie
        enfiler(
            self._connexion,
            messages,
            envoi.demande_a,
            **_colonnes(envoi),
            destinataire=message.destinataire,
            partenaire=message.partenaire,
            nom_organisme=saisie.organisme,
            nom=saisie.nom,
            courriel=saisie.courriel,
            avec_numero=saisie.numero_allocataire is not None,
            texte=saisie.message,
        )

    def lire(self, id: str) -> Message | None:
        """The one of that id, or None."""
        ligne = _une(self._connexion, messages, messages.c.id == id)
        return None if ligne is None else _message(ligne)


def corvees(engine: Engine, spool: Spool, poste: Poste) -> list[Callable[[], None]]:
    """Put the letters into the spool, and send the messages."""

    def poster(ligne: Row[Any]) -> None:
        spool.deposer(_envoi(ligne), ligne.pdf)

    def ecrire(ligne: Row[Any]) -> None:
        message = _message(ligne)
        poste.envoyer(ligne.id, message.destinataire, OBJET, lettre(message), message.saisie.courriel)

    return [Tournee(File(engine, attestations, {"pdf": b""}), poster), Tournee(File(engine, messages, {}), ecrire)]


def _une(connexion: Connection, table: Table, condition: ColumnElement[bool]) -> Row[Any] | None:
    return connexion.execute(select(table).where(condition)).one_or_none()


def _colonnes(envoi: Envoi) -> dict[str, Any]:
    return {
        "id": envoi.id,
        "sujet": envoi.sujet,
        "consultation": envoi.consultation,
        "groupe": envoi.groupe,
        "empreinte": envoi.empreinte,
        **asdict(envoi.cle),
    }


def _envoi(ligne: Row[Any]) -> Envoi:
    return Envoi(
        id=ligne.id,
        sujet=ligne.sujet,
        consultation=ligne.consultation,
        groupe=ligne.groupe,
        cle=Cle(ligne.organisme, ligne.numero_allocataire),
        empreinte=ligne.empreinte,
        demande_a=datetime.fromtimestamp(ligne.cree_a, UTC),
        remis_a=None if ligne.envoye_a is None else datetime.fromtimestamp(ligne.envoye_a, UTC),
    )


def _message(ligne: Row[Any]) -> Message:
    return Message(
        envoi=_envoi(ligne),
        destinataire=ligne.destinataire,
        partenaire=ligne.partenaire,
        saisie=Saisie(
            organisme=ligne.nom_organisme,
            nom=ligne.nom,
            courriel=ligne.courriel,
            message=ligne.texte,
            numero_allocataire=ligne.numero_allocataire if ligne.avec_numero else None,
        ),
    )
