"""`make run`: prepares, starts everything, waits until it is ready, fills it, says so, and stays."""

import errno
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO

import requests

from local import coffre, etat, reglages, verrou
from local.demonstration import Demonstration, Memoire
from local.fins import ArretDemande, Echec
from local.preparation import DOSSIERS
from local.processus import SERVICES, Gestionnaire, Plan, etape, gestion, planifier
from local.reglages import Reglages
from socle.ecoute import port_libre
from socle.travail import jour_de, maintenant
from socle.voisins import sans_mandataire

PRET_S = 120.0
TOMBE_S = 10.0
REGARD_S = 0.5
PLEIN_OCTETS = 1_000_000


def main() -> int:
    """The exit code: 0 after a stop that was asked for, else 1."""
    os.umask(0o077)
    arret = threading.Event()
    for numero in (signal.SIGINT, signal.SIGTERM):
        signal.signal(numero, lambda *_: arret.set())
    try:
        choix = reglages.lire()
    except Echec as faute:
        return _dire_non(str(faute))
    try:
        _tenir(choix, arret)
    except Echec as faute:
        return _dire_non(_disque_plein(choix.var) or str(faute))
    except OSError as faute:
        plein = f"Le disque qui porte {choix.var} est plein." if faute.errno == errno.ENOSPC else None
        return _dire_non(plein or f"Impossible d’écrire dans {choix.var} : {os.strerror(faute.errno or 0)}.")
    return 0


def _tenir(choix: Reglages, arret: threading.Event) -> None:
    """From the first look at the folder to the end. Raises Echec, OSError."""
    choix.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with verrou.prendre(choix.var, arret) as tenu:
            choix.demo_json.unlink(missing_ok=True)
            if not port_libre("127.0.0.1", choix.port):
                raise Echec(f"Le port {choix.port} est déjà pris. Choisissez-en un autre : MCP_PORT=8001 make run")
            _faire_vivre(choix, tenu, arret)
    except ArretDemande:
        _dire(f"Tout est arrêté ; les données restent dans {choix.var}")


def _faire_vivre(choix: Reglages, tenu: IO[str], arret: threading.Event) -> None:
    """Prepare, start, fill, and stay. Raises ArretDemande, Echec."""
    debut, plan = time.monotonic(), planifier(choix)
    choix.logs.mkdir(exist_ok=True)
    coffre.garnir(choix.var / "secrets", (*SERVICES, coffre.PORTAIL))
    log = choix.logs / "preparation.log"
    _dire("Préparation des bases de données…")
    with etape("La préparation des bases de données", plan, tenu, log, "migrer") as migration:
        migration.attendre(arret)
    _dire("Démarrage des services…")
    garnir = ("L’import des dossiers de démonstration", plan, tenu, log, "garnir", str(choix.dossiers))
    try:
        with gestion(plan, tenu, choix.logs) as gestionnaire, etape(*garnir) as garniture:
            _attendre(plan, gestionnaire, choix.logs, arret)
            garniture.attendre(arret)
            _remplir(choix, gestionnaire, debut, arret)
    finally:
        choix.demo_json.unlink(missing_ok=True)


def _attendre(plan: Plan, gestionnaire: Gestionnaire, logs: Path, arret: threading.Event) -> None:
    """Until every service says that it is ready. Raises Echec, ArretDemande."""
    restent, debut = dict(plan.ports), time.monotonic()
    while restent:
        if arret.wait(0.1):
            raise ArretDemande
        _exiger_en_route(gestionnaire, logs, list(restent), time.monotonic() - debut)
        for service, port in list(restent.items()):
            if _est_pret(f"http://127.0.0.1:{port}/_pret"):
                _dire(f"  {service} est prêt")
                del restent[service]


def _exiger_en_route(gestionnaire: Gestionnaire, logs: Path, restent: list[str], duree_s: float) -> None:
    """Raises Echec where waiting longer makes no sense: one sentence, with the files that say why."""
    tombes = gestionnaire.tombes()
    _exiger_vivant(gestionnaire, logs)
    if tombes and duree_s > TOMBE_S:
        raise Echec(f"Ne démarre pas : {', '.join(tombes)}. Voir {_journaux(logs, tombes)}")
    if duree_s > PRET_S:
        raise Echec(f"Pas prêt en {PRET_S:.0f} s : {', '.join(restent)}. Voir {_journaux(logs, restent)}")


def _journaux(logs: Path, noms: list[str]) -> str:
    return ", ".join(str(logs / f"{nom}.log") for nom in noms)


def _remplir(choix: Reglages, gestionnaire: Gestionnaire, debut: float, arret: threading.Event) -> None:
    """Seed, tell, then keep `demo.json` true until the end. Raises ArretDemande, Echec."""
    _dire("Comptes et droits de démonstration…")
    le = jour_de(maintenant())
    memoire = Memoire(choix.var / "demonstration.json")
    demonstration = Demonstration(choix.passerelle, choix.courriels, memoire, le, arret)
    _jouer(demonstration, gestionnaire, choix.logs, arret)
    dossiers = etat.dossiers_choisis(choix.var / DOSSIERS, le)
    comptes = etat.comptes_de(demonstration, dossiers)
    connus = gestionnaire.pids()
    etat.ecrire(choix, _processus(connus), comptes, dossiers)
    _accueillir(choix, comptes, time.monotonic() - debut)
    while not arret.wait(REGARD_S):
        _exiger_vivant(gestionnaire, choix.logs)
        if (vus := gestionnaire.pids()) != connus:
            etat.ecrire(choix, _processus(vus), comptes, dossiers)
            connus = vus
    raise ArretDemande


def _processus(pids: Mapping[str, int]) -> list[etat.Fiche]:
    return [{"nom": nom, "pid": pid} for nom, pid in sorted(pids.items())]


def _jouer(demonstration: Demonstration, gestionnaire: Gestionnaire, logs: Path, arret: threading.Event) -> None:
    """In a thread of its own: a call that hangs must not make a stop wait. Raises what the play raises."""
    equipe = ThreadPoolExecutor(1)
    partie: Future[None] = equipe.submit(demonstration.jouer)
    equipe.shutdown(wait=False)
    while not wait([partie], 0.1).done:
        if arret.is_set():
            raise ArretDemande
        if not gestionnaire.vit:
            arret.set()  # The play waits for mails that will not come.
        _exiger_vivant(gestionnaire, logs)
    try:
        partie.result()
    except Echec as faute:
        raise Echec(f"La mise en place de la démonstration a échoué : {faute}. Voir {logs}") from None


def _exiger_vivant(gestionnaire: Gestionnaire, logs: Path) -> None:
    if not gestionnaire.vit:
        raise Echec(f"Le gestionnaire de processus s’est arrêté. Voir {logs / 'supervisord.log'}")


def _accueillir(choix: Reglages, comptes: list[etat.Fiche], duree_s: float) -> None:
    _dire(f"\nPrêt en {duree_s:.0f} s. Passerelle : {choix.passerelle} (documentation : {choix.passerelle}/docs)")
    _dire(f"Comptes de démonstration, fictifs (aussi dans {choix.demo_json}) :")
    for compte in comptes:
        _dire(f"  {compte['identifiant']:<12} {compte['mot_de_passe']:<16} {compte['qui']}")
    _dire("Ctrl-C arrête tout.")


def _est_pret(url: str) -> bool:
    try:
        with sans_mandataire() as web:
            return web.get(url, timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _disque_plein(var: Path) -> str | None:
    """The sentence for a disk that is full: then that is what is wrong, whatever failed of it first."""
    if shutil.disk_usage(var).free >= PLEIN_OCTETS:
        return None
    return f"Le disque qui porte {var} est plein. Voir {var / 'logs'}"


def _dire(texte: str) -> None:
    sys.stdout.write(texte + "\n")
    sys.stdout.flush()


def _dire_non(texte: str) -> int:
    sys.stderr.write(texte + "\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
