"""`make images`, `make up` and `make down`: `python -m pile images | monter | descendre`."""

import os
import signal
import sys
import threading

from local.fins import ArretDemande, Echec

from pile import images
from pile.composition import Composition, choisir, descendre
from pile.montage import monter


def main(ordre: str) -> int:
    """The exit code: 0, or 1 with one sentence."""
    os.umask(0o077)
    arret = threading.Event()
    for numero in (signal.SIGINT, signal.SIGTERM):
        signal.signal(numero, lambda *_: arret.set())
    try:
        choix = choisir()
        if ordre == "images":
            images.fabriquer()
            Composition(choix).preparer()
        elif ordre == "monter":
            monter(choix, arret)
        else:
            descendre(choix)
    except ArretDemande:
        return 1
    except Echec as faute:
        sys.stderr.write(f"{faute}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
