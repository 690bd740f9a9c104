"""A session is renewed by its refresh token, with the rights of today."""

from identity.domain.comptes import Compte
from identity.domain.sessions import JetonPresente, JetonRefuse, MotifFin, Verdict, empreinte, exiger, juger
from identity.usecases.client import ClientPresente, authentifier
from identity.usecases.emission import Jetons, preparer
from identity.usecases.fin import finir
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail


def rafraichir_session(
    travail: Travail[Depots], acces: Acces, outils: Outils, jeton: str, client: ClientPresente | None = None
) -> Jetons:
    """Give new tokens of the session; the old refresh token is consumed only together with its successor.

    A token serves the front end that got it: `client` (None: the portal), which has to prove itself (JetonNonDonne).
    Raises JetonRefuse; a token that was used again is a theft, whenever it is seen, and ends the session although the
    act is refused. Raises VoisinIndisponible, and then nothing was consumed.
    """
    with travail.acte("identity.session.rafraichie", acces) as acte:
        pour = authentifier(travail, acte, client).id if client else None
        presente, compte = _retrouver(travail, acte, jeton)
        if presente.client != pour:
            raise JetonRefuse("jeton_d_un_autre_client")
        _exiger(acte, presente)
        jetons = preparer(outils, acces, compte, presente.sid, acte.instant, presente.session_expire_a, pour)
        sessions = acte.depots.sessions
        sessions.verrouiller(presente.sid)
        actuel = sessions.presente(presente.empreinte) or presente
        _exiger(acte, actuel)
        sessions.emettre(actuel.sid, jetons.empreinte, acte.instant, jetons.expire_a, pour)
        sessions.consommer(actuel, jetons.empreinte, acte.instant)
        return jetons


def _exiger(acte: Acte[Depots], jeton: JetonPresente) -> None:
    verdict = juger(jeton, acte.instant)
    if verdict is Verdict.REJOUE:
        finir(acte, jeton.identifiant, MotifFin.JETON_REJOUE, jeton.sid)
        acte.acquis()
    exiger(verdict)


def _retrouver(travail: Travail[Depots], acte: Acte[Depots], jeton: str) -> tuple[JetonPresente, Compte]:
    with travail.lecture() as depots:
        presente = depots.sessions.presente(empreinte(jeton))
        compte = depots.comptes.lire(presente.identifiant) if presente else None
    if presente is None or compte is None:
        raise JetonRefuse("jeton_inconnu")
    acte.note(session=presente.sid, **compte.references())
    return presente, compte
