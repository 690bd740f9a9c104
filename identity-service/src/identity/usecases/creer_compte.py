"""The administrateur of a partner, or the référent of its Caf, creates the account of one of its people."""

from identity.domain.comptes import Appartenance, Role, une_personne
from identity.domain.identifiants import Theme
from identity.usecases.ouverture import inscrire, preparer_provisoire
from identity.usecases.ports import Depots, Habilitation, Outils
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail


def creer_compte(
    travail: Travail[Depots], acces: Acces, outils: Outils, partenaire: str, personne: dict[str, str], theme: Theme
) -> str:
    """Create the account and have its mail sent; the new identifiant.

    Raises AccesRefuse, PersonneInvalide, VoisinIndisponible.
    """
    with travail.acte("identity.compte.cree", acces, objet=partenaire) as acte:
        caf = caf_referente(acces, partenaire, outils.habilitation)
        qui, ou = une_personne(**personne), Appartenance(partenaire=partenaire, caf_referente=caf)
        mot = preparer_provisoire(outils.coffre, acte.instant)
        identifiant = inscrire(acte.depots, theme.prefixe, qui, ou, str(acces.sujet), mot)
        acte.note(objet=identifiant)
        return identifiant


def caf_referente(acces: Acces, partenaire: str, habilitation: Habilitation) -> str | None:
    """The Caf référente of the partner, for who may act on it.

    Raises AccesRefuse, the same for a partner that does not exist and for one that is not theirs.
    """
    if acces.administrateur and acces.partenaire == partenaire:
        return acces.caf_referente
    if Role.REFERENT not in acces.roles or acces.caf is None:
        raise AccesRefuse("autre_partenaire")
    caf = habilitation.caf_referente(partenaire, acces.trace)
    if caf is None:
        raise AccesRefuse("partenaire_inconnu")
    if caf != acces.caf:
        raise AccesRefuse("autre_caf")
    return caf
