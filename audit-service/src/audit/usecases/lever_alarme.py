"""An operator has understood an alarm: its source may go on."""

from audit.domain.accueil import AlarmeInconnue
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lever_alarme(travail: Travail[Depots], acces: Acces, numero: int) -> None:
    """Lift the alarm of that number. Raises AlarmeInconnue where no such alarm is open."""
    with travail.acte("audit.alarme.levee", acces, objet=str(numero)) as acte:
        if not acte.depots.alarmes.lever(numero):
            raise AlarmeInconnue("alarme_inconnue")
