"""Who may act on somebody else's account: the référent of its Caf, and for users the administrateur of the partner."""

from identity.domain.comptes import Compte, CompteInconnu, Role, SoiMeme
from identity.domain.identifiants import bien_forme
from identity.usecases.ports import Depots, Habilitation
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Acte, Travail


def compte_vise(
    travail: Travail[Depots], acte: Acte[Depots], acces: Acces, habilitation: Habilitation, identifiant: str
) -> Compte:
    """The account, for who has authority over it; asks habilitation, so before the transaction begins.

    Raises CompteInconnu, the same for an account that does not exist and for one that is not theirs; SoiMeme;
    AccesRefuse for an administrateur who aims at another one: these are the référent's (convention: the Caf
    creates them); VoisinIndisponible.
    """
    with travail.lecture() as depots:
        compte = depots.comptes.lire(identifiant) if bien_forme(identifiant) else None
    if compte is None or compte.ferme:
        raise CompteInconnu("compte_inconnu")
    acte.note(objet=compte.identifiant)
    if compte.identifiant == acces.sujet:
        raise SoiMeme()
    if Role.REFERENT in acces.roles and acces.caf is not None:
        _exiger_la_caf(acces, compte, habilitation)
    else:
        _exiger_le_partenaire(acces, compte, habilitation)
    return compte


def _exiger_la_caf(acces: Acces, compte: Compte, habilitation: Habilitation) -> None:
    ou = compte.appartenance
    caf = ou.caf if ou.partenaire is None else habilitation.caf_referente(ou.partenaire, acces.trace)
    if caf != acces.caf:
        raise CompteInconnu("autre_caf")


def _exiger_le_partenaire(acces: Acces, compte: Compte, habilitation: Habilitation) -> None:
    partenaire = compte.appartenance.partenaire
    if not acces.administrateur or partenaire is None or partenaire != acces.partenaire:
        raise CompteInconnu("autre_partenaire")
    if habilitation.droits_en_vigueur(compte.identifiant, partenaire, acces.trace).administrateur:
        raise AccesRefuse("administrateur_vise")
