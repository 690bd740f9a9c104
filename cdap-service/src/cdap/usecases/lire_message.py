"""Who wrote to the Caf reads the message again, with its state."""

from cdap.domain.dialogue import Message
from cdap.usecases.noter_l_envoi import noter_l_envoi
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def lire_message(travail: Travail[Depots], acces: Acces, message: str) -> Message:
    """The message. Raises RessourceInconnue for one that is unknown, or somebody else's."""
    with travail.acte("cdap.message.lu", acces) as acte:
        lu = acte.depots.messages.lire(message)
        if lu is None or lu.envoi.sujet != acces.sujet:
            raise RessourceInconnue("message_inconnu" if lu is None else "message_d_un_autre")
        noter_l_envoi(acte, acces, lu.envoi)
        return lu
