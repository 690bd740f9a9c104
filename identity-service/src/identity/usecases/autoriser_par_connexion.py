"""Somebody logs in through our own form, for a front end of others."""

from identity.domain.autorisation import Demande, exiger_le_retour
from identity.domain.sessions import MotifFin, empreinte, tirer_jeton
from identity.usecases.connexion import faire_entrer, reconnaitre_l_entrant
from identity.usecases.fin import finir
from identity.usecases.formulaire import Presente, desceller
from identity.usecases.octroi import donner_un_code
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail


def autoriser_par_connexion(
    travail: Travail[Depots],
    acces: Acces,
    outils: Outils,
    presente: Presente,
    identifiant: str,
    mot_de_passe: str,
    code: str | None,
    remplacee: str | None,
) -> tuple[str, str]:
    """Open a session that the browser carries: the address of the front end with its code, and the new cookie.

    The browser carries one session: the one that it carried under the cookie `remplacee` ends, since nobody could end
    it from there any more; the event names it in `objet`. Raises FormulaireRefuse, RetourRefuse (the client was
    removed meanwhile), and what logging in raises.
    """
    with travail.acte("identity.session.ouverte", acces) as acte:
        demande = _demande(travail, acte, outils, presente)
        entrant = reconnaitre_l_entrant(travail, acte, acces, outils, identifiant, mot_de_passe, code)
        faire_entrer(acte, acces, entrant)
        _finir_la_remplacee(acte, remplacee)
        session = tirer_jeton()
        fin_a = min(acte.instant + outils.duree_session, entrant.limite)
        acte.depots.sessions.confier_au_navigateur(entrant.sid, empreinte(session), fin_a)
        return donner_un_code(acte, outils, demande, entrant.sid, entrant.compte.identifiant), session


def _finir_la_remplacee(acte: Acte[Depots], cookie: str | None) -> None:
    ancienne = acte.depots.sessions.du_navigateur(empreinte(cookie), acte.instant) if cookie else None
    if ancienne is not None:
        acte.note(objet=ancienne.sid)
        finir(acte, ancienne.identifiant, MotifFin.REMPLACEE, ancienne.sid)


def _demande(travail: Travail[Depots], acte: Acte[Depots], outils: Outils, presente: Presente) -> Demande:
    demande = desceller(outils.cachet, presente, acte.instant)
    with travail.lecture() as depots:
        client = exiger_le_retour(depots.clients.lire(demande.client), demande.retour)
    acte.note(client=client.id)
    return demande
