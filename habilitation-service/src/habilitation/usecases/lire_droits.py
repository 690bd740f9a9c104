"""identity asks for the rights of one user, to write them in a token. No act: login and refresh are traced there."""

from habilitation.domain.droits import Droits, droits_de
from habilitation.usecases.ports import Depots
from socle.travail import Travail, jour_de


def lire_droits(travail: Travail[Depots], identifiant: str, siret: str | None) -> Droits:
    """Give the rights in force today within this partner, and the version at which they were read.

    The version is read first: rights may be newer than it says, never older, so that no revocation is missed. The
    day is taken after it: a version that the relay gave at midnight is never told with the rights of the day before.
    """
    with travail.lecture() as depots:
        version = depots.version.lire()
        jour = jour_de(travail.horloge())
        partenaire = depots.partenaires.lire(siret) if siret else None
        if partenaire is None:
            return Droits(version)
        groupes = depots.groupes.de_la_personne(partenaire.siret, identifiant)
        return droits_de(version, partenaire, groupes, identifiant, jour)
