"""The front end whose form is shown again; nobody's data, so no event."""

from datetime import UTC, datetime

from identity.domain.autorisation import exiger_le_retour
from identity.domain.clients import Client
from identity.usecases.formulaire import Presente, desceller
from identity.usecases.ports import Depots, Outils
from socle.travail import Travail


def client_a_montrer(travail: Travail[Depots], outils: Outils, presente: Presente) -> tuple[Client, str]:
    """The client and where its form leads. Raises FormulaireRefuse, RetourRefuse."""
    demande = desceller(outils.cachet, presente, datetime.now(UTC))
    with travail.lecture() as depots:
        return exiger_le_retour(depots.clients.lire(demande.client), demande.retour), demande.retour
