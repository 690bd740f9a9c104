"""identity asks for the rights of one user, to write them in a token. No act: login and refresh are traced there."""

from habilitation.domain.droits import Droits, groupes_en_vigueur
from habilitation.usecases.ports import Depots
from socle.travail import Travail, jour_de


def lire_droits(travail: Travail[Depots], identifiant: str, siret: str | None) -> Droits:
    """Give the rights in force today within this partner, and the version at which they were read.

    The version is read first: rights may be newer than it says, never older, so that no revocation is missed.
    """
    jour = jour_de(travail.horloge())
    with travail.lecture() as depots:
        version = depots.version.lire()
        partenaire = depots.partenaires.lire(siret) if siret else None
        if partenaire is None:
            return Droits(version)
        return Droits(
            version,
            partenaire.est_administre_par(identifiant),
            partenaire.caf_referente,
            depots.groupes.confies_a(partenaire.siret, identifiant),
            groupes_en_vigueur(partenaire, depots.groupes.du_membre(partenaire.siret, identifiant), jour),
        )
