"""The référent registers a partner, which its own Caf will follow."""

from habilitation.domain import siret as numeros
from habilitation.domain.partenaires import Partenaire
from habilitation.usecases.perimetres import signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail


def creer_partenaire(travail: Travail[Depots], acces: Acces, siret: str, raison_sociale: str) -> Partenaire:
    """Give the partner; its Caf référente is the référent's. Raises SiretInvalide, DejaExistant."""
    with travail.acte("habilitation.partenaire.cree", acces, objet=siret) as acte:
        if acces.caf is None:
            raise AccesRefuse("agent_sans_caf")
        partenaire = Partenaire(numeros.exiger(siret), raison_sociale, acces.caf)
        trait = signer(acte.depots, acces, acte.instant)
        acte.depots.partenaires.ouvrir(partenaire, trait)
        return partenaire
