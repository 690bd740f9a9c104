"""A second factor is required of a partner's people or of a Caf's agents; somebody's lost one is taken away."""

from identity.domain.second_facteur import cible_caf, cible_partenaire
from identity.domain.sessions import MotifFin
from identity.usecases.autorite import compte_vise
from identity.usecases.creer_compte import caf_referente
from identity.usecases.fin import finir
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail


def exiger_second_facteur(
    travail: Travail[Depots], acces: Acces, outils: Outils, partenaire: str | None, requis: bool
) -> None:
    """From the next login on; with None, of the agents of one's own Caf. What the Caf requires of a partner's people
    only the Caf lifts.

    Raises AccesRefuse, VoisinIndisponible.
    """
    with travail.acte("identity.second-facteur.exige", acces, objet=partenaire) as acte:
        cible = _cible(acces, outils, partenaire)
        acte.depots.seconds_facteurs.exiger(cible, requis, str(acces.sujet), acte.instant)


def retirer_second_facteur(travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str) -> None:
    """Somebody has lost hers: it is taken away, her sessions end, and where it is required she enrols again.

    Raises CompteInconnu, AccesRefuse, SoiMeme, VoisinIndisponible.
    """
    with travail.acte("identity.second-facteur.retire", acces) as acte:
        compte = compte_vise(travail, acte, acces, outils.habilitation, identifiant)
        acte.depots.seconds_facteurs.retirer(compte.identifiant)
        finir(acte, compte.identifiant, MotifFin.FERMEE_PAR_AUTORITE)


def _cible(acces: Acces, outils: Outils, partenaire: str | None) -> str:
    if partenaire is not None:
        caf_referente(acces, partenaire, outils.habilitation)
        return cible_partenaire(partenaire, par_la_caf=acces.caf is not None)
    if acces.caf is None:
        raise AccesRefuse("sans_caf")
    return cible_caf(acces.caf)
