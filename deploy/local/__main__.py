"""`make run`: prepares, starts everything, waits until it is ready, fills it, says so, and stays."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time

import requests

from local import coffre, etat, reglages
from local.demonstration import Demonstration, Memoire, Refusee
from local.preparation import DOSSIERS
from local.processus import SERVICES, Gestionnaire, Plan, planifier, preparer
from local.reglages import Reglages
from socle.commandes import port_libre
from socle.travail import jour_de, maintenant

PRET_S = 60.0
REGARD_S = 0.5


def main() -> int:
    """The exit code: 0 after a stop that was asked for, else 1."""
    choix = reglages.lire()
    os.umask(0o077)
    arret = threading.Event()
    for numero in (signal.SIGINT, signal.SIGTERM):
        signal.signal(numero, lambda *_: arret.set())
    try:
        return _tenir(choix, arret)
    except OSError as faute:
        if faute.errno == errno.ENOSPC:
            return _dire_non(f"Le disque qui porte {choix.var} est plein.")
        return _dire_non(f"Impossible d’écrire dans {choix.var} : {os.strerror(faute.errno or 0)}.")


def _tenir(choix: Reglages, arret: threading.Event) -> int:
    if not port_libre("127.0.0.1", choix.port):
        return _dire_non(f"Le port {choix.port} est déjà pris. Choisissez-en un autre : MCP_PORT=8001 make run")
    choix.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    choix.demo_json.unlink(missing_ok=True)
    debut, plan = time.monotonic(), planifier(choix)
    coffre.garnir(choix.var / "secrets", SERVICES)
    _dire("Préparation des bases de données…")
    _reussir(preparer(plan, "migrer"), "La préparation des bases")
    _dire("Démarrage des services…")
    gestionnaire = Gestionnaire(plan, choix.var)
    try:
        garniture = preparer(plan, "garnir", str(choix.dossiers))
        _attendre(plan, gestionnaire, arret)
        _reussir(garniture, "L’import des dossiers de démonstration")
        if not arret.is_set():
            _remplir(choix, gestionnaire, debut, arret)
    except (Refusee, requests.RequestException) as faute:
        return _dire_non(f"La mise en route a échoué : {faute}. Voir {choix.var / 'logs'}.")
    finally:
        choix.demo_json.unlink(missing_ok=True)
        gestionnaire.arreter()
    if not arret.is_set():
        return _dire_non(f"Le gestionnaire de processus s’est arrêté. Voir {choix.var / 'logs'}.")
    _dire("Tout est arrêté ; les données restent dans " + str(choix.var))
    return 0


def _reussir(etape: subprocess.Popen[bytes], nom: str) -> None:
    """Raises SystemExit, with the step's name, if it failed; what it said of it is above."""
    if etape.wait() != 0:
        raise SystemExit(f"{nom} a échoué.")


def _attendre(plan: Plan, gestionnaire: Gestionnaire, arret: threading.Event) -> None:
    """Until every service says that it is ready. Raises Refusee."""
    restent, fin = dict(plan.ports), time.monotonic() + PRET_S
    while restent and not arret.is_set():
        if time.monotonic() > fin or not gestionnaire.vit:
            raise Refusee(f"pas prêt : {', '.join(restent)}")
        for service, port in list(restent.items()):
            if _est_pret(f"http://127.0.0.1:{port}/_pret"):
                _dire(f"  {service} est prêt")
                del restent[service]
        arret.wait(0.1)


def _remplir(choix: Reglages, gestionnaire: Gestionnaire, debut: float, arret: threading.Event) -> None:
    """Seed, tell, then keep `demo.json` true until the end."""
    _dire("Comptes et droits de démonstration…")
    demonstration = Demonstration(choix.passerelle, choix.courriels, Memoire(choix.var / "demonstration.json"))
    demonstration.jouer()
    dossiers = etat.dossiers_choisis(choix.var / DOSSIERS, jour_de(maintenant()))
    comptes = etat.comptes_de(demonstration, dossiers)
    connus = gestionnaire.pids()
    etat.ecrire(choix, connus, comptes, dossiers)
    _accueillir(choix, comptes, time.monotonic() - debut)
    while not arret.wait(REGARD_S) and gestionnaire.vit:
        if (vus := gestionnaire.pids()) != connus:
            etat.ecrire(choix, vus, comptes, dossiers)
            connus = vus


def _accueillir(choix: Reglages, comptes: list[etat.Fiche], duree_s: float) -> None:
    _dire(f"\nPrêt en {duree_s:.0f} s. Passerelle : {choix.passerelle} (documentation : {choix.passerelle}/docs)")
    _dire(f"Comptes de démonstration, fictifs (aussi dans {choix.demo_json}) :")
    for compte in comptes:
        _dire(f"  {compte['identifiant']:<12} {compte['mot_de_passe']:<16} {compte['qui']}")
    _dire("Ctrl-C arrête tout.")


def _est_pret(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _dire(texte: str) -> None:
    sys.stdout.write(texte + "\n")
    sys.stdout.flush()


def _dire_non(texte: str) -> int:
    sys.stderr.write(texte + "\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
