"""Nothing lost, nothing invented: what clients saw and what the journal holds, while everything goes wrong in turn.

Every process is killed again and again, disks fill up, a clock jumps. A disk that is full is a limit on the size of
files (RLIMIT_FSIZE) that is put on the living process, so that each of its writes fails: it needs no root and no
volume, and hits the database of one process alone. (The error is EFBIG, where a full disk says ENOSPC.)
"""

import itertools
import json
import os
import resource
import sys
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from atelier.foule import CLIENTS, Foule
from atelier.maison import Maison

CONSULTATIONS = int(os.environ.get("MCP_CONSULTATIONS", "3000"))
VICTIMES = (
    "cdap", "cdap-relay", "audit-collecte", "audit", "audit-relay", "gateway", "gateway-relay", "identity",
    "identity-relay", "habilitation", "habilitation-relay",
)  # fmt: skip
MORTS = 2
PLEINS = ("cdap", "cdap-relay", "audit-collecte", "gateway-relay")
PLEIN_S = 1.5
ECARTS_S = (120, -600)
"""Forward, within the life of a token; and back, to before it was given."""

ECART_S = 2.0
PATIENCE_S = 10.0
"""How long the next misfortune waits for consultations to go on after the last one."""

BORNE_S = 300
HORLOGE = Path(__file__).parent / "horloge"


@pytest.fixture
def maison_seule(tmp_path):
    """A house of its own: nobody else is to live through this."""
    maison = Maison(tmp_path / "var")
    (tmp_path / "ecart").write_text("0")
    maison.env["PYTHONPATH"] += os.pathsep + str(HORLOGE)
    maison.env |= {"MCP_HORLOGE": str(tmp_path / "ecart"), "MCP_HORLOGE_DE": "cdap web"}
    yield maison.demarrer()
    maison.arreter()


class Malheurs:
    """What goes wrong, one thing after the other, until each has happened often enough."""

    def __init__(self, maison: Maison, horloge: Path) -> None:
        self._maison, self._horloge = maison, horloge
        self.morts = dict.fromkeys(VICTIMES, 0)
        self.pleins = dict.fromkeys(PLEINS, 0)
        self.sauts: list[int] = []

    @property
    def assez(self) -> bool:
        """Whether all of it has happened."""
        return min(self.morts.values()) >= MORTS and min(self.pleins.values()) >= 1 and len(self.sauts) == len(ECARTS_S)

    def frapper(self, fini: threading.Event) -> None:
        """One of them: a clock and a disk between the deaths, while there are any left."""
        tour = sum(self.morts.values())
        if tour % 5 == 4 and len(self.sauts) < min(len(ECARTS_S), 1 + tour // 5):
            self._sauter(ECARTS_S[len(self.sauts)], fini)
        elif tour % 5 == 2 and sum(self.pleins.values()) < min(len(PLEINS), 1 + tour // 5):
            self._remplir(min(PLEINS, key=self.pleins.__getitem__), fini)
        else:
            victime = min(VICTIMES, key=self.morts.__getitem__)
            self.morts[victime] += self._maison.tuer(victime)

    def _remplir(self, nom: str, fini: threading.Event) -> None:
        pid = self._maison.pid(nom)
        if pid is None:
            return
        try:
            avant = resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            fini.wait(PLEIN_S)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, avant)
            self.pleins[nom] += 1
        except ProcessLookupError:  # it died meanwhile: another time
            return

    def _sauter(self, ecart_s: int, fini: threading.Event) -> None:
        self._horloge.write_text(str(ecart_s))
        fini.wait(ECART_S)
        self._horloge.write_text("0")
        self.sauts.append(ecart_s)


@pytest.mark.timeout(BORNE_S + 200)
def test_rien_n_est_perdu_et_rien_n_est_invente(maison_seule, tmp_path, capsys, record_property):
    maison, assez = maison_seule, threading.Event()
    foule, malheurs = Foule(maison, assez), Malheurs(maison, tmp_path / "ecart")
    avant = _tete(_journal(maison))
    debut = time.monotonic()
    foule.entrer()
    pas = CONSULTATIONS // (MORTS * len(VICTIMES) + len(PLEINS) + len(ECARTS_S) + 1)
    while not (foule.lues >= CONSULTATIONS and malheurs.assez) and time.monotonic() - debut < BORNE_S:
        if not malheurs.assez:
            malheurs.frapper(assez)
        foule.avancer(min(foule.lues + pas, max(CONSULTATIONS, foule.lues + 1)), PATIENCE_S)
    assez.set()
    foule.sortir()
    duree_s = time.monotonic() - debut
    assert malheurs.assez and foule.lues >= CONSULTATIONS, (foule.lues, malheurs.morts, malheurs.pleins, foule.statuts)
    maison.attendre(lambda: all(maison.pid(nom) for nom in VICTIMES), 20)

    maison.attendre(lambda: set(foule.vus) <= {dit["id"] for dit in _journal(maison)}, 30)
    laisses = [dit for dit in _journal(maison) if dit["source"] == "cdap" and dit["rang"] > avant]
    fois = Counter(dit["id"] for dit in laisses)
    perdus = [recu for recu in foule.vus if fois[recu] != 1]
    traces = Counter(dit["trace"] for dit in laisses)
    inventes = [trace for trace, nombre in traces.items() if trace not in foule.demandes or nombre != 1]
    dit = (
        f"\nVus par un client : {len(foule.vus)} ; au journal une seule fois : {len(foule.vus) - len(perdus)} ; "
        f"au journal sans qu’un client l’ait demandé : {len(inventes)}\n"
        f"({foule.lues} consultations de {CLIENTS} clients en {duree_s:.0f} s ; {sum(malheurs.morts.values())} morts, "
        f"{sum(malheurs.pleins.values())} disques pleins, {len(malheurs.sauts)} sauts d’horloge ; "
        f"{len(laisses)} événements ; réponses {dict(sorted(foule.statuts.items()))})\n"
    )
    with capsys.disabled():
        sys.stdout.write(dit)
    record_property("journal", dit)
    assert (perdus, inventes, len(set(foule.vus))) == ([], [], len(foule.vus))
    sauts = [(suivant["time"] - dit["time"]).total_seconds() for dit, suivant in itertools.pairwise(laisses)]
    assert min(sauts) < min(ECARTS_S) / 2 and max(sauts) > max(ECARTS_S) / 2, "no clock jumped"
    assert foule.statuts[503] > 0, "no refusal for want of a trace: the disks were not full"
    # Entries of a clock that was ahead make the others look old: each has its witness within the minute.
    maison.attendre(lambda: maison.verifier_le_journal().returncode == 0, 75)


def _journal(maison: Maison) -> list[dict[str, Any]]:
    """What each entry of the journal says of itself: source, rank, id, trace, time."""
    fichier = maison.var / "mort.ndjson"
    rendu = maison.commande("audit", "exporter", "--vers", str(fichier))
    if rendu.returncode != 0:  # audit has just been killed, and migrates nothing: its database may be recovering
        return []
    dits = []
    for ligne in fichier.read_text().splitlines():
        entree = json.loads(ligne)
        if "corps" in entree:
            corps = json.loads(entree["corps"])
            place = {"source": entree["source"], "rang": entree["rang"], "id": corps["id"]}
            dits.append(place | {"trace": corps["data"]["trace"], "time": datetime.fromisoformat(corps["time"])})
    return dits


def _tete(dits: list[dict[str, Any]]) -> int:
    return max((dit["rang"] for dit in dits if dit["source"] == "cdap"), default=0)
