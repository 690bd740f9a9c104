"""The access log in batches says the same as the other one, in whole lines."""

import asyncio
import io
import json
import logging
from datetime import datetime

from gateway.adapters.journal import ECRIT_MAX, JournalEnLots
from gateway.routes.porte import journal
from socle.journaux import Ligne

DEMANDE = {"operation": "cdap.consultations.lire_rubrique", "statut": 200, "ms": 3.1, "trace": "a" * 32}


class Sortie(io.BytesIO):
    """Notes the size of each write."""

    def __init__(self) -> None:
        super().__init__()
        self.ecrits: list[int] = []

    def write(self, octets: bytes) -> int:  # type: ignore[override]
        self.ecrits.append(len(octets))
        return super().write(octets)


def noter(fois: int) -> Sortie:
    sortie = Sortie()

    async def derouler() -> None:
        en_lots = JournalEnLots("gateway", sortie)
        for _ in range(fois):
            en_lots.noter(**DEMANDE)
        await asyncio.sleep(0)

    asyncio.run(derouler())
    return sortie


def test_une_ligne_est_celle_que_les_autres_journaux_auraient_ecrite() -> None:
    (ligne,) = noter(1).getvalue().splitlines()
    attendue = Ligne("gateway").format(
        journal.makeRecord("acces", logging.INFO, "", 0, "operation", (), None, extra=DEMANDE)
    )
    lue, autre = json.loads(ligne), json.loads(attendue)
    ecart = datetime.fromisoformat(autre.pop("quand")) - datetime.fromisoformat(lue.pop("quand"))
    assert lue == autre and list(lue) == list(autre)
    assert abs(ecart.total_seconds()) < 60


def test_les_lignes_d_un_tour_partent_ensemble_et_jamais_plus_qu_un_tube_ne_prend_d_un_coup() -> None:
    assert len(noter(10).ecrits) == 1
    beaucoup = noter(500)
    assert max(beaucoup.ecrits) < 4_096 and len(beaucoup.ecrits) < 500 * 200 / ECRIT_MAX * 2
    assert len([json.loads(ligne) for ligne in beaucoup.getvalue().splitlines()]) == 500
