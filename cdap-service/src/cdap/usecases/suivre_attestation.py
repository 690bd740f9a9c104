"""Who asked for an attestation by post sees what became of it."""

from cdap.domain.envois import Envoi
from cdap.usecases.noter_l_envoi import noter_l_envoi
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def suivre_attestation(travail: Travail[Depots], acces: Acces, attestation: str) -> Envoi:
    """Its state. Raises RessourceInconnue for one that is unknown, or somebody else's."""
    with travail.acte("cdap.attestation.suivie", acces) as acte:
        envoi = acte.depots.attestations.lire(attestation)
        if envoi is None or envoi.sujet != acces.sujet:
            raise RessourceInconnue("attestation_inconnue" if envoi is None else "attestation_d_un_autre")
        noter_l_envoi(acte, acces, envoi)
        return envoi
