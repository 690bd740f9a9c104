"""Supervision: consultations in numbers."""

from typing import Any

from audit.domain.supervision import Axe, Periode
from audit.usecases.ports import Depots
from audit.usecases.superviser import superviser
from socle.acces import Acces
from socle.travail import Travail


def compter(acces: Acces, travail: Travail[Depots], depuis: str, jusqu_a: str, par: str) -> Any:
    """Consultations of a period by one axis."""
    comptes = superviser(travail, acces, Periode.lire(depuis, jusqu_a), Axe(par))
    lignes = [
        {
            "cle": compte.cle,
            "ouvertes": compte.ouvertes,
            "refusees": compte.refusees,
            "echouees": compte.echouees,
            "total": compte.total,
        }
        for compte in comptes
    ]
    return {"depuis": depuis, "jusqu_a": jusqu_a, "par": par, "lignes": lignes}
