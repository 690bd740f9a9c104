"""All stores of this service, bound to one connection and so to one transaction."""

from sqlalchemy import Connection

from habilitation.adapters.appartenances import Appartenances
from habilitation.adapters.documents import Documents
from habilitation.adapters.envois import Envois
from habilitation.adapters.groupes import Groupes
from habilitation.adapters.partenaires import Partenaires
from habilitation.adapters.revocations import Revocations
from habilitation.adapters.suspensions import Suspensions
from habilitation.adapters.version import Version


class Depots:
    """What `usecases.ports.Depots` asks for."""

    def __init__(self, connexion: Connection) -> None:
        self.version = Version(connexion)
        self.partenaires = Partenaires(connexion)
        self.documents = Documents(connexion)
        self.groupes = Groupes(connexion)
        self.appartenances = Appartenances(connexion)
        self.suspensions = Suspensions(connexion)
        self.revocations = Revocations(connexion)
        self.envois = Envois(connexion)
