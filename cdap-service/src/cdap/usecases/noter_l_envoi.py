"""What the event says where somebody looks again at what she asked of the Caf."""

from dataclasses import asdict

from cdap.domain.envois import Envoi
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Acte


def noter_l_envoi(acte: Acte[Depots], acces: Acces, envoi: Envoi) -> None:
    """The dossier and the group under which it was asked: as the token has it, or by its id where it no longer is."""
    acte.note(consultation=envoi.consultation, dossier=asdict(envoi.cle), objet=envoi.id)
    for groupe in acces.groupes_de("cdap"):
        if groupe.id == envoi.groupe:
            acte.au_titre_de(groupe)
            return
    acte.note(groupe=envoi.groupe)
