"""What make calls: `python -m pile images | monter | descendre | secrets | remplacer …`."""

import os
import signal
import sys
import threading

from local.fins import ArretDemande, Echec

from pile import images
from pile.composition import Choix, Composition, choisir, descendre
from pile.montage import monter
from pile.remplacement import remplacer
from pile.rotation import tourner

RETOUR, DEMONSTRATION = "--retour", "--demonstration"


def main(ordre: str, *mots: str) -> int:
    """The exit code: 0, or 1 with one sentence."""
    os.umask(0o077)
    arret = threading.Event()
    for numero in (signal.SIGINT, signal.SIGTERM):
        signal.signal(numero, lambda *_: arret.set())
    try:
        choix = choisir()
        if ordre == "images":
            images.fabriquer()
            Composition(choix).preparer(demonstration=DEMONSTRATION in mots)
        elif ordre == "monter":
            monter(choix, arret)
        elif ordre == "secrets":
            _secrets(choix, *mots)
        elif ordre == "remplacer":
            remplacer(choix, arret, *[mot for mot in mots if mot != RETOUR], retour=RETOUR in mots)
        else:
            descendre(choix)
    except ArretDemande:
        return 1
    except Echec as faute:
        sys.stderr.write(f"{faute}\n")
        return 1
    return 0


def _secrets(choix: Choix, vise: str = "") -> None:
    """Make those that are missing; or turn those of a service."""
    composition = Composition(choix)
    if not vise:
        composition.preparer()
    else:
        for phrase in tourner(choix.var / "secrets", vise, composition.appeler):
            sys.stdout.write(f"{phrase}\n")


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
