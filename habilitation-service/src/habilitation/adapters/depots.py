"""All stores of this service, bound to one connection and so to one transaction."""

from sqlalchemy import Connection

from habilitation.adapters.appartenances import Appartenances
from habilitation.adapters.groupes import Groupes
from habilitation.adapters.partenaires import Partenaires
from habilitation.adapters.version import Version


class Depots:
    """What `usecases.ports.Depots` asks for."""

    def __init__(self, connexion: Connection) -> None:
        self.version = Version(connexion)
        self.partenaires = Partenaires(connexion)
        self.groupes = Groupes(connexion)
        self.appartenances = Appartenances(connexion)
