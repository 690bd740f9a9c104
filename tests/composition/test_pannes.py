"""Nothing lost, nothing invented, nothing twice, while containers are killed, frozen and cut off in turn.

In CI a kill of each target, and the broker and the database of cdap frozen and cut off; `make chaos N=50000`
(MCP_CHAOS=1) plays the whole table. MCP_CONSULTATIONS says how many, MCP_RAPPORT where the report is
written, MCP_PANNES an expression that the names of the faults match.
"""

import json
import os
import re
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pannes import PANNES, Panne

from atelier.foule import Foule
from atelier.pile import Pile

PARMI = os.environ.get("MCP_PANNES", "")
CHAOS = os.environ.get("MCP_CHAOS") == "1"
CONSULTATIONS = int(os.environ.get("MCP_CONSULTATIONS", "3000"))
CLIENTS = 8
PANNE_S = 3.0
REPRISE_S = 60.0
RESOLUTION_S = 60.0
PAR_SECONDE_AU_MOINS = 5
SOURCES_SUIVIES = ("cdap", "gateway")
CHOISIES = tuple(panne for panne in PANNES if (CHAOS or panne.en_ci) and re.search(PARMI, panne.nom))


@pytest.mark.timeout(600 + len(CHOISIES) * (REPRISE_S + RESOLUTION_S) + CONSULTATIONS / PAR_SECONDE_AU_MOINS)
def test_rien_n_est_perdu_quand_les_conteneurs_tombent(pile: Pile, capsys: pytest.CaptureFixture[str]) -> None:
    avant = {dit["id"] for dit in _journal(pile)}
    debut = time.time()
    assez = threading.Event()
    foule = Foule(pile, assez, CLIENTS)
    foule.entrer()
    essai = _Essai(pile, foule, debut)
    try:
        foule.avancer(50, 60)
        assert foule.lues, "no consultation before the first fault"
        for rang, panne in enumerate(CHOISIES, 1):
            essai.subir(panne, assez)
            foule.avancer(CONSULTATIONS * rang // len(CHOISIES), CONSULTATIONS / PAR_SECONDE_AU_MOINS)
    finally:
        assez.set()
        foule.sortir()
    pile.attendre(lambda: not essai.sans_entree(), RESOLUTION_S)
    bilan = essai.dresser([dit for dit in _journal(pile) if dit["id"] not in avant])
    with capsys.disabled():
        sys.stdout.write("\n" + bilan.texte())
    if rapport := os.environ.get("MCP_RAPPORT"):
        Path(rapport).write_text(bilan.texte(), encoding="utf-8")
    assert bilan.comptes == dict.fromkeys(bilan.comptes, 0)
    assert foule.lues >= CONSULTATIONS


class _Essai:
    """The faults that were suffered so far, and what is still to be found in the journal."""

    def __init__(self, pile: Pile, foule: Foule, debut: float) -> None:
        self._pile, self._foule, self._debut = pile, foule, debut
        self._resolus: set[str] = set()
        self._lignes: list[tuple[str, float, float]] = []
        self._tardifs = 0

    def subir(self, panne: Panne, assez: threading.Event) -> None:
        """One fault, until consultations go on and what clients had seen by then is in the journal."""
        debut = time.monotonic()
        with panne.durer(self._pile):
            assez.wait(PANNE_S)
        fin, lues = time.monotonic(), self._foule.lues
        self._foule.avancer(lues + 10, REPRISE_S)
        assert self._foule.lues > lues, f"no consultation within {REPRISE_S:.0f} s of the end of: {panne.nom}"
        silence, vus = self._foule.silence_s(debut), set(self._foule.vus)
        while (restent := vus & self.sans_entree()) and time.monotonic() < fin + RESOLUTION_S:
            time.sleep(0.5)
        self._tardifs += len(restent)
        self._lignes.append((panne.nom, silence, time.monotonic() - fin))

    def sans_entree(self) -> set[str]:
        """The receipts that clients have seen and the journal has not."""
        ordre = f"SELECT id FROM journal WHERE recu_a > {self._debut - 60:.0f}"
        if not set(self._foule.vus) <= self._resolus:
            self._resolus |= set(self._pile.psql("audit", "app", ordre).stdout.split())
        return set(self._foule.vus) - self._resolus

    def dresser(self, laisses: list[dict[str, Any]]) -> "_Bilan":
        """What the journal's entries of this test make of it."""
        fois = Counter(dit["id"] for dit in laisses)
        inventes = [d for d in laisses if d["source"] in SOURCES_SUIVIES and d["trace"] not in self._foule.demandes]
        comptes = {
            "répondu, et absent du journal": sum(not fois[recu] for recu in self._foule.vus),
            "au journal, sans avoir été demandé": len(inventes),
            "au journal plus d’une fois": sum(combien > 1 for combien in fois.values()),
            f"reçu introuvable {RESOLUTION_S:.0f} s après la reprise": self._tardifs,
        }
        return _Bilan(self._foule, comptes, self._lignes)


class _Bilan:
    """What is reported."""

    def __init__(self, foule: Foule, comptes: dict[str, int], lignes: list[tuple[str, float, float]]) -> None:
        self._foule, self.comptes, self._lignes = foule, comptes, lignes

    def texte(self) -> str:
        """As Markdown."""
        reponses = ", ".join(
            f"{nombre} × {statut or 'aucune'}" for statut, nombre in sorted(self._foule.statuts.items())
        )
        return "".join(
            (
                f"{self._foule.lues} consultations lues par {CLIENTS} clients, {len(self._foule.vus)} reçus, "
                f"{len(self._lignes)} pannes de {PANNE_S:.0f} s ; réponses : {reponses}\n\n",
                "| compté | doit | trouvé |\n|---|---|---|\n",
                *(f"| {nom} | 0 | {nombre} |\n" for nom, nombre in self.comptes.items()),
                "\n| panne | sans service (s) | tout au journal après la reprise (s) |\n|---|---|---|\n",
                *(f"| {nom} | {silence:.1f} | {resolu:.1f} |\n" for nom, silence, resolu in self._lignes),
            )
        )


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
