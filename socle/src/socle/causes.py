"""What keeps a process from its work: kinds of fault, the sentence of each, and which of them hold now.

Invariant: a cause is one line of the log when it comes and one when it is gone, however often it is met meanwhile;
its sentence names files, roles and commands, never a value. Who meets a fault waits longer each time, up to a bound.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from enum import StrEnum

logger = logging.getLogger("etat")


class Cause(StrEnum):
    """The kinds of fault that an operator can mend."""

    SECRET = "secret"  # noqa: S105
    BASE = "base"
    BASE_REFUSEE = "base-refusee"
    MIGRATIONS = "migrations"
    BASE_CERTIFICAT = "base-certificat"
    BASE_RECENTE = "base-recente"
    CLES = "cles"
    OUTBOX = "outbox"
    COURTIER = "courtier"
    COURTIER_REFUSE = "courtier-refuse"
    COURTIER_CERTIFICAT = "courtier-certificat"
    FILE = "file"
    CERTIFICAT = "certificat"
    PORT = "port"
    DEMARRAGE = "demarrage"


PHRASES = {
    Cause.SECRET: "un secret manque ou est illisible",
    Cause.BASE: "la base ne répond pas, ou ne s’écrit pas",
    Cause.BASE_REFUSEE: "la base refuse la connexion : mot de passe, rôle ou nom de base",
    Cause.MIGRATIONS: "la base manque ou attend ses migrations : lancez la commande « migrate »",
    Cause.BASE_CERTIFICAT: "le certificat de la base est expiré, ou n’est pas celui qui est attendu",
    Cause.BASE_RECENTE: "la base est plus récente que ce programme : mettez-le à jour",
    Cause.CLES: "les clés d’identity (JWKS) sont injoignables",
    Cause.OUTBOX: "des événements attendent leur rang : le relais ne tourne pas, ou ne peut pas écrire",
    Cause.COURTIER: "le courtier ne répond pas",
    Cause.COURTIER_REFUSE: "le courtier refuse la connexion ou l’opération : mot de passe, droits ou hôte virtuel",
    Cause.COURTIER_CERTIFICAT: "le certificat du courtier est expiré, ou n’est pas celui qui est attendu",
    Cause.FILE: "le courtier ne range pas les événements : sa file ou son échange manque, ou sa file est pleine",
    Cause.CERTIFICAT: "un certificat est expiré, illisible ou ne convient pas",
    Cause.PORT: "le port est déjà pris",
    Cause.DEMARRAGE: "le service ne sert pas encore",
}
REMARQUES = frozenset({Cause.BASE_RECENTE})
"""What is said, and keeps nobody from working: the tables of a newer database only grew (law 4)."""

Constat = tuple[Cause, str]
"""A cause, and which thing it is about where there may be several (`""` if there is one)."""


class Constats:
    """What is known of the present state. Any thread may say what it meets; `dire` is told of each change."""

    def __init__(self, dire: Callable[[frozenset[Constat]], None] = lambda _: None) -> None:
        self._verrou = threading.Lock()
        self._presents: set[Constat] = set()
        self._dire = dire

    def constater(self, cause: Cause, objet: str = "") -> None:
        """It holds now."""
        with self._verrou:
            if (cause, objet) in self._presents:
                return
            self._presents.add((cause, objet))
            niveau = logging.WARNING if cause in REMARQUES else logging.ERROR
            logger.log(niveau, _phrase(cause, objet), extra={"cause": str(cause)})
            self._dire(frozenset(self._presents))

    def lever(self, cause: Cause, objet: str = "") -> None:
        """It does not hold, or no longer."""
        if (cause, objet) not in self._presents:
            return
        with self._verrou:
            if (cause, objet) in self._presents:
                self._presents.remove((cause, objet))
                logger.info("c’est fini : %s", _phrase(cause, objet), extra={"cause": str(cause)})
                self._dire(frozenset(self._presents))

    def seulement(self, presentes: Iterable[Cause], parmi: Iterable[Cause], objet: str = "") -> None:
        """Of these kinds those hold, and no other."""
        tiennent = set(presentes)
        for cause in parmi:
            (self.constater if cause in tiennent else self.lever)(cause, objet)

    def suivre(self, dire: Callable[[frozenset[Constat]], None]) -> None:
        """Have each change told there, from now on."""
        with self._verrou:
            self._dire = dire
            dire(frozenset(self._presents))

    @property
    def presents(self) -> frozenset[Constat]:
        """All that holds now."""
        with self._verrou:
            return frozenset(self._presents)


CONSTATS = Constats()
"""Those of this process: as its metrics and its log, there is one."""


class Pauses:
    """How long to wait after a fault: longer each time, never more than `au_plus_s`; `reprendre` begins again."""

    def __init__(self, d_abord_s: float = 0.5, au_plus_s: float = 8.0) -> None:
        self._d_abord_s = self._prochaine_s = d_abord_s
        self._au_plus_s = au_plus_s

    def suivante(self) -> float:
        """The next one, in seconds."""
        pause_s, self._prochaine_s = self._prochaine_s, min(self._prochaine_s * 2, self._au_plus_s)
        return pause_s

    def reprendre(self) -> None:
        """It went well."""
        self._prochaine_s = self._d_abord_s


def dire(causes: Iterable[str]) -> str:
    """The sentences of these causes, as one text."""
    return " ; ".join(PHRASES[Cause(cause)] for cause in causes if cause in list(Cause))


def _phrase(cause: Cause, objet: str) -> str:
    return f"{PHRASES[cause]} ({objet})" if objet else PHRASES[cause]
