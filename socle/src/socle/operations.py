"""What happens around every operation: who asks, may they, do it, and never answer without its trace.

Invariant: an operation whose rule says it is traced cannot answer to somebody known unless an act of that request
has been committed (law 2); the answer carries the receipt. A body or a parameter that the contract does not allow
is answered 400 before all this: nobody's data was looked for, and it is no access (ADR 11).
"""

import inspect
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import flask
import orjson

from socle import problemes, traces
from socle.acces import Acces
from socle.jetons import Identite, JetonInvalide, Verificateur
from socle.mesures import mesure, reponse_tracee
from socle.refus import AccesRefuse, Refus
from socle.regles import Regle
from socle.telemetrie import Telemetrie
from socle.travail import TraceImpossible, Travail

JETON = "Authorization"
PASSERELLE = "Mcp-Passerelle"
ADRESSE = "Mcp-Adresse"
logger = logging.getLogger(__name__)


class JetonAbsent(Refus):
    """No token, where the rule wants one."""

    code = "jeton-absent"


class JetonRefuse(Refus):
    """A token that proves nothing."""

    code = "jeton-invalide"


class Entetes(Protocol):
    """The headers of a request, by name in whatever case."""

    def get(self, nom: str, /) -> str | None:
        """Its value, or None."""
        ...


@dataclass(slots=True)
class Reponse:
    """What is answered, whoever sends it: Flask, or the short way (`socle.raccourci`)."""

    corps: bytes
    status_code: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """An operation behind its rule: `repondre` never raises, and its answer is whole. `signature`: what it takes of
    the request."""

    repondre: Callable[[Entetes, str | None, dict[str, Any]], Reponse | flask.Response]
    signature: inspect.Signature
    fonction: Callable[..., Any]

    def pour_flask(self) -> Callable[..., flask.Response]:
        """A function that Connexion can call."""

        def operation(**arguments: Any) -> flask.Response:
            reponse = self.repondre(flask.request.headers, flask.request.remote_addr, arguments)
            if isinstance(reponse, flask.Response):
                return reponse
            rendue = flask.Response(reponse.corps, reponse.status_code, reponse.headers)
            if not reponse.corps:
                rendue.headers.pop("Content-Type", None)
            return rendue

        operation.__name__ = self.fonction.__name__
        operation.__module__ = self.fonction.__module__
        operation.__doc__ = self.fonction.__doc__
        operation.__signature__ = self.signature  # type: ignore[attr-defined]
        return operation


@dataclass(frozen=True)
class Porte:
    """The door of a service: it verifies the token again and knows the rule of each operation."""

    verificateur: Verificateur
    travail: Travail[Any]
    injections: Mapping[str, Any]
    telemetrie: Telemetrie | None = None

    def operation(self, nom: str, regle: Regle, fonction: Callable[..., Any]) -> Operation:
        """Wrap a route: `acces`, `travail` and the injections reach it by the names of its parameters."""
        signature = inspect.signature(fonction)
        recues = [p for p in signature.parameters.values() if p.name not in self._fournies()]
        voulues = [nom for nom in signature.parameters if nom in self.injections]
        veut_acces, veut_travail = "acces" in signature.parameters, "travail" in signature.parameters

        def repondre(entetes: Entetes, pair: str | None, arguments: dict[str, Any]) -> Reponse | flask.Response:
            debut = time.perf_counter()
            recue = entetes.get("traceparent")
            trace, pas = traces.courante(recue), traces.commencer()
            travail = self.travail.pour_une_requete()
            acces = None
            try:
                acces = self._identifier(nom, regle, entetes, pair, trace)
                if not regle.autorise(acces):
                    raise AccesRefuse("regle_de_l_operation")
                arguments.update({cle: self.injections[cle] for cle in voulues})
                if veut_acces:
                    arguments["acces"] = acces
                if veut_travail:
                    arguments["travail"] = travail
                reponse = _repondre(fonction(**arguments))
                if regle.tracee:
                    reponse.headers["Audit-Receipt"] = _recu(travail, nom)
            except Exception as faute:  # noqa: BLE001 -- every fault becomes a problem
                reponse = _probleme(problemes.depuis(_tracer(faute, regle, acces, travail), trace), travail)
            duree_s = time.perf_counter() - debut
            _mesurer(nom, regle, reponse, duree_s, trace)
            if self.telemetrie is not None:
                self.telemetrie.dire(nom, trace, pas, traces.amont(recue), reponse.status_code, duree_s)
            return reponse

        if regle.tracee:  # known before it happens: Prometheus sees no increase in a series that begins at 1
            reponse_tracee(nom, 503, recu=False)
        return Operation(repondre, signature.replace(parameters=recues), fonction)

    def _fournies(self) -> set[str]:
        return {"acces", "travail", *self.injections}

    def _identifier(self, nom: str, regle: Regle, entetes: Entetes, pair: str | None, trace: str) -> Acces:
        adresse = self._adresse(entetes, pair)
        if regle.publique:
            return Acces(acte=nom, adresse=adresse, trace=trace)
        porteur, _, jeton = (entetes.get(JETON) or "").partition(" ")
        if not jeton or porteur.lower() != "bearer":
            raise JetonAbsent()
        try:
            identite = self.verificateur.verifier(jeton)
        except JetonInvalide:
            raise JetonRefuse() from None
        return acces_de(identite, nom, adresse, trace)

    def _adresse(self, entetes: Entetes, pair: str | None) -> str | None:
        """The client's address, as the gateway saw it if it proves to be the gateway; else the peer's own."""
        preuve, transmise = entetes.get(PASSERELLE), entetes.get(ADRESSE)
        if preuve and transmise:
            try:
                identite = self.verificateur.verifier(preuve)
                if identite.est_un_service and identite.client == "gateway":
                    return transmise
            except JetonInvalide:
                logger.warning("preuve de la passerelle non valable")
        return pair


def acces_de(identite: Identite, acte: str, adresse: str | None, trace: str) -> Acces:
    """What a use case knows of a verified request."""
    return Acces(
        acte=acte,
        sujet=identite.sujet,
        client=identite.client,
        session=identite.session,
        partenaire=identite.partenaire,
        caf=identite.caf,
        caf_referente=identite.caf_referente,
        administrateur=identite.administrateur,
        responsable_de=identite.responsable_de,
        roles=identite.roles,
        groupes=identite.groupes,
        droits=identite.droits,
        est_un_service=identite.est_un_service,
        adresse=adresse,
        trace=trace,
    )


def _tracer(faute: Exception, regle: Regle, acces: Acces | None, travail: Travail[Any]) -> Exception:
    """What went wrong; where it left no event yet, of a traced operation by somebody known, it leaves one now."""
    if regle.evenement is None or acces is None or travail.recus or isinstance(faute, TraceImpossible):
        return faute
    try:
        with travail.acte(regle.evenement, acces):
            raise faute
    except Exception as dite:  # noqa: BLE001 -- the same fault, with its receipt; or TraceImpossible
        return dite


def _recu(travail: Travail[Any], nom: str) -> str:
    if not travail.recus:
        raise RuntimeError(f"traced operation without an act: {nom}")
    return travail.recus[-1]


def _repondre(rendu: Any) -> Reponse | flask.Response:
    """A route gives a body, or (body, status, headers); None is an empty body, bytes are JSON already."""
    if isinstance(rendu, flask.Response):
        return rendu
    corps, statut, entetes = rendu if isinstance(rendu, tuple) else (rendu, 200, {})
    octets = corps if isinstance(corps, bytes) else b"" if corps is None else orjson.dumps(corps)
    genre = {"Content-Type": "application/json"} if octets else {}
    return Reponse(octets, statut, genre | entetes | {"Cache-Control": "no-store"})


def _probleme(probleme: problemes.Probleme, travail: Travail[Any]) -> Reponse:
    recu = {"Audit-Receipt": travail.recus[-1]} if travail.recus else {}
    return Reponse(probleme.corps(), probleme.statut, {"Content-Type": problemes.MIME} | probleme.entetes | recu)


def _mesurer(nom: str, regle: Regle, reponse: Reponse | flask.Response, duree_s: float, trace: str) -> None:
    statut = reponse.status_code
    mesure(nom, statut).observe(duree_s)
    if regle.tracee:
        reponse_tracee(nom, statut, recu="Audit-Receipt" in reponse.headers).inc()
    niveau = logging.INFO if regle.tracee or statut >= 400 else logging.DEBUG
    logger.log(
        niveau, "operation", extra={"operation": nom, "statut": statut, "ms": round(duree_s * 1e3, 1), "trace": trace}
    )
