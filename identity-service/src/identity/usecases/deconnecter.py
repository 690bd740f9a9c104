"""Somebody logs out where a front end of others sends her (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from enum import StrEnum

from identity.domain.autorisation import TEXTE_MAX, RetourRefuse, adresse_de_retour
from identity.domain.parametres import Parametres, doubles, un
from identity.domain.sessions import MotifFin, SessionDuNavigateur, empreinte
from identity.usecases.fin import finir
from identity.usecases.formulaire import Presente, exiger_la_sortie, sceller_la_sortie
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail

LUS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "formulaire")
FORMULAIRE = "formulaire"


class Fin(StrEnum):
    """What has come to an end; only of the first the browser may be told to forget its cookie."""

    NAVIGATEUR = "navigateur"
    APPLICATION = "application"
    RIEN = "rien"


@dataclass(frozen=True, slots=True)
class Sortie:
    """What ended and what comes next: to go back there, or to stay; `refusee` where the address to go back to is not
    a known one; `formulaire` where somebody has to confirm, because no front end proved that she wants it."""

    fin: Fin
    retour: str | None = None
    refusee: bool = False
    formulaire: str | None = None


def deconnecter(
    travail: Travail[Depots], acces: Acces, outils: Outils, parametres: Parametres, session: str | None, cookie: str
) -> Sortie:
    """End the session that `id_token_hint` names, or the browser's once that is confirmed; again changes nothing.

    A browser that carries another session than the hint names was sent by a front end that does not speak for her, or
    by anybody who has an ID token of her own: then she confirms. A POST from another site comes without the cookie
    (Lax): it ends what its hint names, and nothing of the browser's.

    Raises RetourRefuse where parameters contradict one another, FormulaireRefuse.
    """
    with travail.acte("identity.session.fermee", acces) as acte:
        if doubles(parametres, LUS):
            raise RetourRefuse("parametre_double")
        indice = outils.signataire.relire_identite(un(parametres, "id_token_hint") or "", outils.issuer)
        ouverte = acte.depots.sessions.du_navigateur(empreinte(session), acte.instant) if session else None
        if indice is not None:
            if un(parametres, "client_id") not in (None, indice["aud"]):
                raise RetourRefuse("client_different")
            acte.note(client=indice["aud"])
            if ouverte is None or ouverte.sid == indice["sid"]:
                _finir(acte, indice["sub"], indice["sid"])
                return _sortie(acte, parametres, indice["aud"], Fin.NAVIGATEUR if session else Fin.APPLICATION)
        if ouverte is None or session is None:
            return Sortie(Fin.NAVIGATEUR if session else Fin.RIEN, refusee=_veut_partir(parametres))
        return _sortir_du_navigateur(acte, outils, parametres, session, ouverte, cookie)


def _sortir_du_navigateur(
    acte: Acte[Depots],
    outils: Outils,
    parametres: Parametres,
    session: str,
    ouverte: SessionDuNavigateur,
    cookie: str,
) -> Sortie:
    presente = Presente(un(parametres, FORMULAIRE), cookie)
    if presente.texte is None:
        acte.note(objet=FORMULAIRE)
        return Sortie(Fin.RIEN, formulaire=sceller_la_sortie(outils.cachet, session, cookie))
    exiger_la_sortie(outils.cachet, session, presente)
    _finir(acte, ouverte.identifiant, ouverte.sid)
    return Sortie(Fin.NAVIGATEUR)


def _finir(acte: Acte[Depots], identifiant: str, sid: str) -> None:
    compte = acte.depots.comptes.lire(identifiant)
    acte.note(session=sid, **(compte.references() if compte else {}))
    finir(acte, identifiant, MotifFin.DECONNEXION, sid)


def _sortie(acte: Acte[Depots], parametres: Parametres, vise: str, fin: Fin) -> Sortie:
    """Back to the front end, if it has registered that very address; `state` goes with it."""
    adresse, etat = un(parametres, "post_logout_redirect_uri"), un(parametres, "state")
    if adresse is None:
        return Sortie(fin)
    client = acte.depots.clients.lire(vise)
    if client is None or adresse not in client.sorties or len(etat or "") > TEXTE_MAX:
        return Sortie(fin, refusee=True)
    return Sortie(fin, retour=adresse_de_retour(adresse, state=etat))


def _veut_partir(parametres: Parametres) -> bool:
    return un(parametres, "post_logout_redirect_uri") is not None
