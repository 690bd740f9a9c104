"""A front end of others exchanges its code for the tokens of a session."""

from dataclasses import dataclass

from identity.domain.codes import Code, JetonNonDonne
from identity.domain.comptes import Compte
from identity.domain.jetons import jeton_d_identite
from identity.domain.parametres import Parametres, doubles, un
from identity.domain.sessions import MotifFin, SessionDuNavigateur, empreinte
from identity.usecases.client import ClientPresente, authentifier
from identity.usecases.emission import Jetons, preparer
from identity.usecases.fin import finir
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail

LUS = ("grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret")
OCTROI = "authorization_code"


@dataclass(frozen=True, slots=True)
class JetonsEtIdentite:
    """What a code gives: the tokens of the session, and who opened it."""

    jetons: Jetons
    identite: str


def echanger_code(
    travail: Travail[Depots], acces: Acces, outils: Outils, presente: ClientPresente, parametres: Parametres
) -> JetonsEtIdentite:
    """Give the tokens of the session, once; they are the same as those of the portal, but for the client's name.

    Whoever presents a code a second time has what was meant for another: the session that it gave ends, although the
    act is refused. A code that was presented wrongly gives nothing any more. Raises JetonNonDonne; VoisinIndisponible,
    and then nothing was consumed.
    """
    with travail.acte("identity.code.echange", acces) as acte:
        client = authentifier(travail, acte, presente)
        code, compte, session = _retrouver(travail, acte, parametres)
        _juger(acte, code, client.id, parametres)
        if session is None or compte.ferme:
            raise JetonNonDonne("invalid_grant", "session_fermee")
        jetons = preparer(outils, acces, compte, session.sid, acte.instant, session.expire_a, client.id)
        sessions = acte.depots.sessions
        sessions.verrouiller(session.sid)
        _juger(acte, acte.depots.codes.lire(code.empreinte) or code, client.id, parametres)
        if sessions.en_cours(session.sid, acte.instant) is None:
            raise JetonNonDonne("invalid_grant", "session_fermee")
        acte.depots.codes.consommer(code.empreinte, acte.instant, donne=True)
        sessions.emettre(session.sid, jetons.empreinte, acte.instant, jetons.expire_a, client.id)
        return JetonsEtIdentite(jetons, _identite(outils, acte, code, session, jetons))


def _retrouver(
    travail: Travail[Depots], acte: Acte[Depots], parametres: Parametres
) -> tuple[Code, Compte, SessionDuNavigateur | None]:
    presente = un(parametres, "code")
    if doubles(parametres, LUS):
        raise JetonNonDonne("invalid_request", "parametre_double")
    if un(parametres, "grant_type") != OCTROI:
        raise JetonNonDonne("unsupported_grant_type", "octroi_inconnu")
    if presente is None:
        raise JetonNonDonne("invalid_request", "code_absent")
    with travail.lecture() as depots:
        code = depots.codes.lire(empreinte(presente))
        compte = depots.comptes.lire(code.identifiant) if code else None
        session = depots.sessions.en_cours(code.sid, acte.instant) if code else None
    if code is None or compte is None:
        raise JetonNonDonne("invalid_grant", "code_inconnu")
    acte.note(session=code.sid, **compte.references())
    return code, compte, session


def _juger(acte: Acte[Depots], code: Code, client: str, parametres: Parametres) -> None:
    defaut = code.defaut(client, un(parametres, "redirect_uri"), un(parametres, "code_verifier"), acte.instant)
    if defaut is None:
        return
    if code.donne:
        finir(acte, code.identifiant, MotifFin.CODE_REJOUE, code.sid)
    elif code.consomme_a is None:
        acte.depots.codes.consommer(code.empreinte, acte.instant, donne=False)
    acte.acquis()
    raise JetonNonDonne("invalid_grant", defaut)


def _identite(outils: Outils, acte: Acte[Depots], code: Code, session: SessionDuNavigateur, jetons: Jetons) -> str:
    claims = jeton_d_identite(
        outils.issuer,
        code.client,
        code.identifiant,
        session.sid,
        session.ouverte_a,
        code.nonce,
        jetons.acces,
        acte.instant,
    )
    return outils.signataire.signer_identite(claims)
