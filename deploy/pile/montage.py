"""`make up`: the containers, ready, with the demonstration of `make run` and the same `demo.json`."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from local import etat
from local.demonstration import Demonstration, Memoire, adresse
from local.fins import ArretDemande, Echec
from local.personnages import REFERENTS, TUTELLE
from local.preparation import DOSSIERS
from local.verrou import prendre

from pile import images
from pile.composition import Choix, Composition
from socle.travail import jour_de, maintenant

PRET_S = 420.0
REGARD_S = 0.5
COURRIELS = "/var/lib/mcp/courriels"
RECU = "/tmp/dossiers.ndjson"  # noqa: S108 -- inside a container that nobody shares


def monter(choix: Choix, arret: threading.Event) -> None:
    """Build what is missing, start, fill, tell. Raises Echec, ArretDemande."""
    choix.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with prendre(choix.var, arret):
        debut, composition = time.monotonic(), Composition(choix)
        choix.demo_json.unlink(missing_ok=True)
        if images.absentes():
            _dire("Fabrication des images…")
            images.fabriquer()
        composition.preparer(demonstration=True)
        _dire("Démarrage des conteneurs…")
        composition.appeler("up", "-d", "--remove-orphans", echec="Les conteneurs n’ont pas pu démarrer.")
        _attendre(composition, arret)
        _remplir(choix, composition, arret)
        _dire(f"\nPrêt en {time.monotonic() - debut:.0f} s. Passerelle : {choix.passerelle}")
        _dire(f"Les comptes de démonstration, fictifs, sont dans {choix.demo_json}. « make down » retire tout.")


def _attendre(composition: Composition, arret: threading.Event) -> None:
    """Until every container with a probe is well; says which ones are awaited."""
    fin, dits = time.monotonic() + PRET_S, None
    while restent := composition.pas_prets():
        if restent != dits:
            _dire(f"  attend : {', '.join(restent)}")
            dits = restent
        if time.monotonic() > fin:
            raise Echec(f"Pas prêt en {PRET_S:.0f} s : {', '.join(restent)}. Voir « docker-compose logs ».")
        if arret.wait(REGARD_S):
            raise ArretDemande


def _remplir(choix: Choix, composition: Composition, arret: threading.Event) -> None:
    """The same play as on one machine; the commands run in the containers, the rest through the gateway."""
    _dire("Comptes, droits et dossiers de démonstration…")
    for caf, (prenom, nom) in REFERENTS.items():
        composition.appeler(
            "exec", "-T", "identity", "service", "bootstrap", "--caf", caf,
            "--prenom", prenom, "--nom", nom, "--courriel", adresse(prenom, nom),
            echec="Le premier référent n’a pas pu être créé.",
        )  # fmt: skip
    dossiers = choix.var / DOSSIERS
    if choix.dossiers and not dossiers.exists():
        _importer(choix.dossiers, dossiers, composition)
    le = jour_de(maintenant())
    demonstration = Demonstration(
        choix.passerelle, choix.courriels, Memoire(choix.var / "demonstration.json"), le, arret
    )
    with _courriels(composition, choix.courriels):
        demonstration.jouer()
    choisis = etat.dossiers_choisis(dossiers, le)
    conteneurs = [{"nom": nom, "conteneur": conteneur} for nom, conteneur in sorted(composition.conteneurs().items())]
    etat.ecrire(choix, conteneurs, etat.comptes_de(demonstration, choisis), choisis)


def _importer(nombre: int, vers: Path, composition: Composition) -> None:
    provisoire = vers.with_suffix(".nouveau")
    generer = [sys.executable, "-m", "cdap", "generer", "--nombre", str(nombre), "--mandataire", TUTELLE]
    if subprocess.run([*generer, str(provisoire)], capture_output=True, check=False).returncode:
        raise Echec("Les dossiers de démonstration n’ont pas pu être engendrés.")
    composition.appeler(
        "exec", "-T", "cdap", "sh", "-c", f"cat > {RECU} && service import {RECU}; fin=$?; rm -f {RECU}; exit $fin",
        entree=provisoire.read_bytes(), echec="L’import des dossiers de démonstration a échoué.",
    )  # fmt: skip
    provisoire.replace(vers)


@contextlib.contextmanager
def _courriels(composition: Composition, vers: Path) -> Iterator[None]:
    """While the block runs, the mails that identity writes are copied to where they are read."""
    vers.mkdir(exist_ok=True, mode=0o700)
    relais, fini = composition.conteneurs().get("identity-relay", ""), threading.Event()

    def copier() -> None:
        while not fini.wait(0.2):
            subprocess.run(["docker", "cp", f"{relais}:{COURRIELS}/.", str(vers)], capture_output=True, check=False)

    fil = threading.Thread(target=copier, daemon=True)
    fil.start()
    try:
        yield
    finally:
        fini.set()
        fil.join()


def _dire(texte: str) -> None:
    sys.stdout.write(texte + "\n")
    sys.stdout.flush()
