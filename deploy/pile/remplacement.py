"""`make remplacer SERVICE=… [TAG=…]`: another version of one service, while the house serves.

Its migration first, which only adds; then a second container beside the first, under the same name; once it is well
the first is stopped by SIGTERM and finishes what it has begun; last, those that serve nobody. What does not become
well is taken away again, and the house goes on as it was.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from local.fins import ArretDemande, Echec
from local.processus import SERVICES

from pile.composition import Choix, Composition

PRET_S = 300.0
REGARD_S = 0.3
ENSUITE = {"audit": ("audit-relay", "audit-collecte"), "gateway": ("gateway-relay", "gateway-interne")}
"""What else stands on the image of a service, where it is more than its relay."""


def remplacer(choix: Choix, arret: threading.Event, service: str, tag: str = "", *, retour: bool = False) -> None:
    """Replace it; with `retour` the tables are left as they are. Raises Echec, ArretDemande."""
    if service not in SERVICES:
        raise Echec(f"SERVICE doit être l’un de : {', '.join(SERVICES)}.")
    composition = Composition(choix)
    avant = composition.tag(service)
    voulu = tag or avant
    if _docker("image", "inspect", f"mcp/{service}:{voulu}").returncode:
        raise Echec(f"L’image mcp/{service}:{voulu} n’existe pas ici (MCP_TAG={voulu} make images).")
    anciens = composition.tous(service)
    if not anciens:
        raise Echec(f"Il n’y a pas de conteneur de {service} à remplacer (make up).")
    composition.retenir(service, voulu)
    try:
        if not retour:
            _dire(f"{service} : migration de la base…")
            _migrer(composition, service, arret)
        _dire(f"{service} : un second conteneur, en version {voulu}…")
        _doubler(composition, service, anciens, arret)
    except (Echec, ArretDemande):
        composition.retenir(service, avant)
        raise
    _dire(f"{service} : arrêt de l’ancien…")
    for ancien in anciens:
        _docker("stop", ancien)
        _docker("rm", ancien)
    suite = ENSUITE.get(service, (f"{service}-relay",))
    composition.appeler("up", "-d", "--no-deps", *suite, echec="Les autres conteneurs n’ont pas pu être remplacés.")
    _dire(f"{service} : remplacé ({avant} → {voulu}).")


def _migrer(composition: Composition, service: str, arret: threading.Event) -> None:
    nom = f"{service}-migration"
    composition.appeler("up", "-d", "--no-deps", nom, echec="La migration n’a pas pu être lancée.")

    def finie() -> bool:
        etats = [_etat(conteneur) for conteneur in composition.tous(nom, "-a")]
        return bool(etats) and all(e.get("Status") == "exited" and e.get("ExitCode") == 0 for e in etats)

    _attendre(finie, f"La migration de {service} n’aboutit pas : voir « docker-compose logs {nom} ».", arret)


def _doubler(composition: Composition, service: str, anciens: list[str], arret: threading.Event) -> None:
    nombre = ("--scale", f"{service}={2 * len(anciens)}")
    try:
        composition.appeler(
            "up", "-d", "--no-deps", "--no-recreate", *nombre, service,
            echec=f"Le second conteneur de {service} n’a pas pu démarrer (la passerelle : voir MCP_PORTS).",
        )  # fmt: skip

        def pret() -> bool:
            nouveaux = set(composition.tous(service)) - set(anciens)
            return bool(nouveaux) and all(
                _etat(conteneur).get("Health", {}).get("Status") == "healthy" for conteneur in nouveaux
            )

        _attendre(pret, f"Le nouveau conteneur de {service} n’est pas prêt en {PRET_S:.0f} s.", arret)
    except (Echec, ArretDemande):
        for nouveau in set(composition.tous(service, "-a")) - set(anciens):
            _docker("rm", "-f", nouveau)
        raise


def _attendre(condition: Callable[[], bool], sinon: str, arret: threading.Event) -> None:
    fin = time.monotonic() + PRET_S
    while not condition():
        if time.monotonic() > fin:
            raise Echec(sinon)
        if arret.wait(REGARD_S):
            raise ArretDemande


def _etat(conteneur: str) -> dict[str, Any]:
    lu = _docker("inspect", "-f", "{{json .State}}", conteneur)
    etat: dict[str, Any] = json.loads(lu.stdout or "{}")
    return etat


def _docker(*mots: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *mots], capture_output=True, text=True, check=False)


def _dire(texte: str) -> None:
    sys.stdout.write(texte + "\n")
    sys.stdout.flush()
