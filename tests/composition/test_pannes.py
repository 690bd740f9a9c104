"""Nothing lost, nothing invented, nothing twice, while containers are killed, frozen and cut off in turn.

`MCP_CONSULTATIONS` says how many; `MCP_PANNES` names the faults, all of them by default.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from atelier.foule import Foule
from atelier.pile import Pile

CONSULTATIONS = int(os.environ.get("MCP_CONSULTATIONS", "600"))
CLIENTS = 8
PANNE_S = 3.0
REPRISE_S = 60.0
TUES = (
    "courtier", "audit", "audit-base", "audit-collecte", "cdap", "cdap-base", "cdap-relay", "identity", "habilitation",
    "gateway",
)  # fmt: skip
FIGES = ("courtier", "cdap-base")


@contextmanager
def mort(pile: Pile, nom: str) -> Iterator[None]:
    """SIGKILL, and a start after a while."""
    pile.docker("kill", "-s", "KILL", pile.conteneur(nom))
    yield
    pile.docker("start", pile.conteneur(nom))


@contextmanager
def gel(pile: Pile, nom: str) -> Iterator[None]:
    """Frozen: it neither answers nor ends."""
    pile.docker("pause", pile.conteneur(nom))
    yield
    pile.docker("unpause", pile.conteneur(nom))


@contextmanager
def coupure(pile: Pile, nom: str) -> Iterator[None]:
    """Cut from each of its networks, and joined to them again under the same name."""
    conteneur = pile.conteneur(nom)
    reseaux = json.loads(pile.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", conteneur).stdout)
    for reseau in reseaux:
        pile.docker("network", "disconnect", reseau, conteneur)
    yield
    for reseau in reseaux:
        pile.docker("network", "connect", "--alias", nom, reseau, conteneur)


PANNES: tuple[tuple[str, Callable[..., Any], str], ...] = (
    *(("mort", mort, nom) for nom in TUES),
    *(("gel", gel, nom) for nom in FIGES),
    *(("coupure", coupure, nom) for nom in FIGES),
)


@pytest.mark.timeout(1200)
def test_rien_n_est_perdu_quand_les_conteneurs_tombent(pile: Pile, capsys: pytest.CaptureFixture[str]) -> None:
    avant = {dit["id"] for dit in _journal(pile)}
    assez = threading.Event()
    foule = Foule(pile, assez, CLIENTS)
    foule.entrer()
    sans_service: dict[str, float] = {}
    try:
        foule.avancer(50, 60)
        for genre, panne, nom in PANNES:
            with panne(pile, nom):
                assez.wait(PANNE_S)
            debut, lues = time.monotonic(), foule.lues
            foule.avancer(lues + max(10, CONSULTATIONS // len(PANNES)), REPRISE_S)
            assert foule.lues > lues, f"no consultation within {REPRISE_S:.0f} s of the recovery of {nom}"
            sans_service[f"{genre} {nom}"] = round(time.monotonic() - debut, 1)
        foule.avancer(CONSULTATIONS, 120)
    finally:
        assez.set()
        foule.sortir()
    pile.attendre(lambda: set(foule.vus) <= {dit["id"] for dit in _journal(pile)}, REPRISE_S / 3)
    laisses = [dit for dit in _journal(pile) if dit["id"] not in avant]
    fois = Counter(dit["id"] for dit in laisses)
    perdus = [recu for recu in foule.vus if fois[recu] != 1]
    inventes = [d for d in laisses if d["source"] == "cdap" and d["trace"] not in foule.demandes]
    with capsys.disabled():
        sys.stdout.write(
            f"\nVus par un client : {len(foule.vus)} ; au journal une seule fois : {len(foule.vus) - len(perdus)} ; "
            f"au journal sans qu’un client l’ait demandé : {len(inventes)}\n"
            f"({foule.lues} consultations ; {len(PANNES)} pannes ; réponses {dict(sorted(foule.statuts.items()))})\n"
        )
    assert (perdus, inventes) == ([], [])
    assert foule.lues >= CONSULTATIONS


def _journal(pile: Pile) -> list[dict[str, Any]]:
    """What each entry of the journal says of itself; nothing while audit cannot say it."""
    rendu = pile.commande("audit", "exporter")
    if rendu.returncode:
        return []
    dits = []
    for ligne in rendu.stdout.splitlines():
        entree = json.loads(ligne)
        if "corps" in entree:
            corps = json.loads(entree["corps"])
            dits.append({"source": entree["source"], "id": corps["id"], "trace": corps["data"]["trace"]})
    return dits
