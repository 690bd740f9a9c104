"""The broker is away for a whole run: consultations go on, nothing is lost, and what waited is soon caught up."""

import json
import sys
import threading
import time

import pytest

from atelier.foule import Foule
from atelier.pile import Pile

CLIENTS, DUREE_S, PATIENCE_S = 6, 60.0, 240.0
AU_MOINS = 100
FOIS = 3
COURT_S = 30.0
"""Below this nobody measures how fast it was: a relay that waits before it tries again takes as long."""


def test_sans_courtier_on_consulte_et_rien_ne_se_perd(pile: Pile, capsys: pytest.CaptureFixture[str]) -> None:
    pile.docker("stop", pile.conteneur("courtier"))
    assez = threading.Event()
    foule = Foule(pile, assez, CLIENTS)
    foule.entrer()
    debut = time.monotonic()
    try:
        while time.monotonic() - debut < DUREE_S or (foule.lues < AU_MOINS and time.monotonic() - debut < PATIENCE_S):
            foule.avancer(foule.lues + 10, DUREE_S / 10)
    finally:
        assez.set()
        foule.sortir()
        charge_s = time.monotonic() - debut
        deja = len(set(foule.vus) & _recus(pile))
        pile.docker("start", pile.conteneur("courtier"))
    pile.attendre(lambda: pile.sain("courtier"), PATIENCE_S / pile.lenteur)
    retour = time.monotonic()
    pile.attendre(lambda: set(foule.vus) <= _recus(pile), PATIENCE_S / pile.lenteur)
    rattrapage_s = time.monotonic() - retour
    with capsys.disabled():
        sys.stdout.write(
            f"\n{foule.lues} consultations sans courtier en {charge_s:.0f} s ({dict(foule.statuts)}) ; "
            f"{len(foule.vus)} reçus, dont {deja} déjà au journal sans lui ; le reste en {rattrapage_s:.1f} s\n"
        )
    assert foule.lues >= AU_MOINS and foule.manquees == {} and foule.statuts[503] == 0
    assert rattrapage_s <= max(COURT_S, charge_s / FOIS)


def _recus(pile: Pile) -> set[str]:
    """The receipts that the journal answers for."""
    rendu = pile.commande("audit", "exporter")
    entrees = [json.loads(ligne) for ligne in rendu.stdout.splitlines()]
    return {json.loads(entree["corps"])["id"] for entree in entrees if "corps" in entree}
