"""Sessions and their refresh tokens.

Invariant: a refresh token is stored as its print only; it is consumed once, and never un-consumed.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, insert, select, update

from identity.adapters.tables import instant, jetons, sessions
from identity.domain.sessions import JetonPresente, MotifFin, SessionDuNavigateur, SessionOuverte

_suivant = jetons.alias("suivant")


class SessionsSql:
    """Sessions, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def ouvrir(self, sid: str, identifiant: str, adresse: str | None, instant: datetime, expire_a: datetime) -> None:
        """Open a session that ends at `expire_a` however often it is refreshed."""
        self._connexion.execute(
            insert(sessions).values(
                sid=sid,
                identifiant=identifiant,
                adresse=adresse,
                ouverte_a=instant.timestamp(),
                vue_a=instant.timestamp(),
                fin_a=expire_a.timestamp(),
                expire_a=expire_a.timestamp(),
            )
        )

    def emettre(
        self, sid: str, empreinte: str, instant: datetime, expire_a: datetime, client: str | None = None
    ) -> None:
        """Store a refresh token of the session, which is seen now, and ends with it unless it is used.

        `client` is the front end that got it, None the portal.
        """
        self._connexion.execute(
            insert(jetons).values(
                empreinte=empreinte,
                sid=sid,
                emis_a=instant.timestamp(),
                expire_a=expire_a.timestamp(),
                client=client,
            )
        )
        self._connexion.execute(
            update(sessions).where(sessions.c.sid == sid).values(vue_a=instant.timestamp(), fin_a=expire_a.timestamp())
        )

    def confier_au_navigateur(self, sid: str, empreinte: str, fin_a: datetime) -> None:
        """A browser carries the session under a cookie of that print; unless it is used it ends then."""
        self._connexion.execute(
            update(sessions).where(sessions.c.sid == sid).values(navigateur=empreinte, fin_a=fin_a.timestamp())
        )

    def du_navigateur(self, empreinte: str, instant: datetime) -> SessionDuNavigateur | None:
        """The session under way that a browser carries under that print."""
        return self._en_cours(sessions.c.navigateur == empreinte, instant)

    def en_cours(self, sid: str, instant: datetime) -> SessionDuNavigateur | None:
        """The session of that name, if it is under way."""
        return self._en_cours(sessions.c.sid == sid, instant)

    def _en_cours(self, laquelle: ColumnElement[bool], instant: datetime) -> SessionDuNavigateur | None:
        vive = sessions.c.fermee_a.is_(None) & (sessions.c.fin_a > instant.timestamp())
        ligne = self._connexion.execute(select(sessions).where(laquelle, vive)).one_or_none()
        if ligne is None:
            return None
        return SessionDuNavigateur(
            sid=ligne.sid,
            identifiant=ligne.identifiant,
            ouverte_a=datetime.fromtimestamp(ligne.ouverte_a, UTC),
            expire_a=datetime.fromtimestamp(ligne.expire_a, UTC),
        )

    def presente(self, empreinte: str) -> JetonPresente | None:
        """The refresh token of that print, its session, and whether its successor has been used."""
        ligne = self._connexion.execute(
            select(
                jetons,
                sessions.c.identifiant,
                sessions.c.fermee_a,
                sessions.c.expire_a.label("session_expire_a"),
                _suivant.c.consomme_a.label("suivant_a"),
            )
            .join(sessions, sessions.c.sid == jetons.c.sid)
            .join(_suivant, _suivant.c.empreinte == jetons.c.successeur, isouter=True)
            .where(jetons.c.empreinte == empreinte)
        ).one_or_none()
        if ligne is None:
            return None
        return JetonPresente(
            empreinte=ligne.empreinte,
            sid=ligne.sid,
            identifiant=ligne.identifiant,
            expire_a=datetime.fromtimestamp(ligne.expire_a, UTC),
            consomme_a=instant(ligne.consomme_a),
            successeur=ligne.successeur,
            successeur_utilise=ligne.suivant_a is not None,
            session_fermee=ligne.fermee_a is not None,
            session_expire_a=datetime.fromtimestamp(ligne.session_expire_a, UTC),
            client=ligne.client,
        )

    def verrouiller(self, sid: str) -> None:
        """Let no other transaction touch this session before the end of this one."""
        self._connexion.execute(select(sessions.c.sid).where(sessions.c.sid == sid).with_for_update())

    def consommer(self, jeton: JetonPresente, successeur: str, instant: datetime) -> None:
        """Mark the token as consumed by its successor.

        Where an earlier answer was lost, its successor is spent without one of its own: whoever presents it
        later betrays a theft. The first consumption keeps its time: the 30 s are not prolonged.
        """
        a = instant.timestamp()
        if jeton.successeur is not None:
            self._connexion.execute(
                update(jetons)
                .where(jetons.c.empreinte == jeton.successeur, jetons.c.consomme_a.is_(None))
                .values(consomme_a=a)
            )
        consomme_a = jeton.consomme_a.timestamp() if jeton.consomme_a else a
        self._connexion.execute(
            update(jetons)
            .where(jetons.c.empreinte == jeton.empreinte)
            .values(consomme_a=consomme_a, successeur=successeur)
        )

    def fermer(self, identifiant: str, sid: str | None, motif: MotifFin, instant: datetime) -> list[str]:
        """End that session of an account, or with None all of them; the names of those that were open."""
        ouverte = [sessions.c.identifiant == identifiant, sessions.c.fermee_a.is_(None)]
        ouverte += [] if sid is None else [sessions.c.sid == sid]
        sids = list(self._connexion.execute(select(sessions.c.sid).where(*ouverte).with_for_update()).scalars())
        self._connexion.execute(
            update(sessions).where(sessions.c.sid.in_(sids)).values(fermee_a=instant.timestamp(), motif_fin=motif.value)
        )
        return sids

    def ouvertes(self, identifiant: str, instant: datetime) -> list[SessionOuverte]:
        """The sessions under way of an account, the newest first."""
        return self._lister(
            select(sessions).where(
                sessions.c.identifiant == identifiant,
                sessions.c.fermee_a.is_(None),
                sessions.c.fin_a > instant.timestamp(),
            )
        )

    def dernieres(self, identifiant: str, nombre: int) -> list[SessionOuverte]:
        """The last sessions of an account, the newest first, open or not."""
        return self._lister(select(sessions).where(sessions.c.identifiant == identifiant).limit(nombre))

    def _lister(self, requete: Select[Any]) -> list[SessionOuverte]:
        return [
            SessionOuverte(
                sid=ligne.sid,
                ouverte_a=datetime.fromtimestamp(ligne.ouverte_a, UTC),
                vue_a=datetime.fromtimestamp(ligne.vue_a, UTC),
                fin_a=datetime.fromtimestamp(ligne.fin_a, UTC),
                adresse=ligne.adresse,
            )
            for ligne in self._connexion.execute(requete.order_by(sessions.c.ouverte_a.desc(), sessions.c.sid))
        ]
