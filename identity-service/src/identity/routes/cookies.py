"""The two cookies of identity: the session of a browser, and what binds a form to the browser that got it.

Invariant: HttpOnly, for this very host only; Secure, and named so that only this host can set it (`__Host-`), wherever
the public address is https.
"""

import re
import secrets
from dataclasses import dataclass

import flask

SESSION, FORMULAIRE = "mcp-session", "mcp-formulaire"
_VALEUR = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads the cookies of the request under way and sets those of its answer; `issuer` is the public address."""

    issuer: str

    @property
    def session(self) -> str | None:
        """The session that this browser carries."""
        return self._lire(SESSION)

    @property
    def formulaire(self) -> str | None:
        """What binds a form to this browser."""
        return self._lire(FORMULAIRE)

    def formulaire_ou_nouveau(self) -> str:
        """The same, drawn where there is none; forms of other windows stay good."""
        return self.formulaire or secrets.token_urlsafe(32)

    def poser_la_session(self, reponse: flask.Response, valeur: str) -> flask.Response:
        """Have the browser carry a session: front ends of others send it here, so Lax."""
        return self._poser(reponse, SESSION, valeur, "Lax")

    def poser_le_formulaire(self, reponse: flask.Response, valeur: str) -> flask.Response:
        """Have the browser carry what binds its forms.

        Lax: front ends of others send her here, and a Strict cookie would not come with her. It would be drawn anew,
        and the form of another window would be worth nothing. A form that another site sends carries neither.
        """
        return self._poser(reponse, FORMULAIRE, valeur, "Lax")

    def oter_la_session(self, reponse: flask.Response) -> flask.Response:
        """Have the browser forget its session."""
        return self._poser(reponse, SESSION, "", "Lax", max_age=0)

    @property
    def _sur(self) -> bool:
        return self.issuer.startswith("https://")

    def _nom(self, nom: str) -> str:
        return f"__Host-{nom}" if self._sur else nom

    def _lire(self, nom: str) -> str | None:
        recus = set(flask.request.cookies.getlist(self._nom(nom)))
        recu = recus.pop() if len(recus) == 1 else ""  # of two that differ nobody knows who set which
        return recu if _VALEUR.fullmatch(recu) else None

    def _poser(
        self, reponse: flask.Response, nom: str, valeur: str, site: str, max_age: int | None = None
    ) -> flask.Response:
        reponse.set_cookie(
            self._nom(nom), valeur, max_age=max_age, path="/", secure=self._sur, httponly=True, samesite=site
        )
        return reponse
