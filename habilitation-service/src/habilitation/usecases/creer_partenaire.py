"""The référent registers a partner, which its own Caf will follow."""

from habilitation.domain import siret as numeros
from habilitation.domain.envois import Envoi
from habilitation.domain.partenaires import Partenaire
from habilitation.usecases.perimetres import signer
from habilitation.usecases.ports import Depots
from habilitation.usecases.une_fois import deja_fait, redire, retenir
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail


def creer_partenaire(
    travail: Travail[Depots], acces: Acces, siret: str, raison_sociale: str, envoi: Envoi
) -> Partenaire:
    """Give the partner; its Caf référente is the référent's. Raises SiretInvalide, DejaExistant, CleReutilisee."""
    with travail.acte("habilitation.partenaire.cree", acces, objet=siret) as acte:
        if acces.caf is None:
            raise AccesRefuse("agent_sans_caf")
        partenaire = Partenaire(numeros.exiger(siret), raison_sociale, acces.caf)
        if fait := deja_fait(acte, acces, envoi):
            redire(acte, fait)
            return partenaire
        trait = signer(acte.depots, acces, acte.instant)
        acte.depots.partenaires.ouvrir(partenaire, trait)
        retenir(acte, acces, envoi, siret, trait)
        return partenaire
