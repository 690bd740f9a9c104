"""What goes wrong with containers: each fault is a block that it lasts for, and that ends with its repair."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from pathlib import Path

from pile.composition import programme

from atelier.maison import RACINE
from atelier.pile import Pile

HORLOGE = RACINE / "tests" / "fautes" / "horloge"
CIBLES = ("courtier", "audit", "audit-base", "cdap", "cdap-base", "cdap-relay", "identity", "habilitation", "gateway")
EN_PLUS = ("audit-collecte",)
"""It consumes for audit in production shape: killing audit alone would not touch it."""

FIGEES_EN_CI = ("courtier", "cdap-base")
ECARTS_S = (300, -300)
ASSEZ, TROP = "200MB", "100000GB"
"""Of free disk that the broker wants: the second raises its alarm on any disk."""


@dataclass(frozen=True)
class Panne:
    """A fault: its kind and its target as the report names them, and the block that it lasts for."""

    genre: str
    cible: str
    durer: Callable[[Pile], AbstractContextManager[None]]
    en_ci: bool = False

    @property
    def nom(self) -> str:
        """As in the report."""
        return f"{self.genre} {self.cible}"


@contextmanager
def coupure(cible: str, pile: Pile) -> Iterator[None]:
    """Cut from each of its networks, and joined to them again under the same name.

    A published port needs its network at the start: a gateway that was cut off is started again.
    """
    conteneur = pile.conteneur(cible)
    reseaux = json.loads(
        _faire(pile, "inspect", "-f", "{{json .NetworkSettings.Networks}}", conteneur),
    )
    for reseau in reseaux:
        _faire(pile, "network", "disconnect", reseau, conteneur)
    try:
        yield
    finally:
        for reseau in reseaux:
            _faire(pile, "network", "connect", "--alias", cible, reseau, conteneur)
        if cible == "gateway":
            _faire(pile, "restart", conteneur)


@contextmanager
def alarme_de_disque(pile: Pile) -> Iterator[None]:
    """The broker holds its disk for full: it takes nothing from those who publish."""
    _rabbitmqctl(pile, "set_disk_free_limit", TROP)
    try:
        yield
    finally:
        _rabbitmqctl(pile, "set_disk_free_limit", ASSEZ)


@contextmanager
def alarme_de_memoire(pile: Pile) -> Iterator[None]:
    """The broker holds its memory for full."""
    _rabbitmqctl(pile, "set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        yield
    finally:
        _rabbitmqctl(pile, "set_vm_memory_high_watermark", "absolute", "400MB")


@contextmanager
def file_videe(pile: Pile) -> Iterator[None]:
    """Somebody empties the queue of audit by hand, again and again."""
    _rabbitmqctl(pile, "purge_queue", "-p", "mcp", "audit")
    try:
        yield
    finally:
        _rabbitmqctl(pile, "purge_queue", "-p", "mcp", "audit")


@contextmanager
def file_supprimee(pile: Pile) -> Iterator[None]:
    """Somebody deletes the queue of audit; the definitions bring it back."""
    _rabbitmqctl(pile, "delete_queue", "-p", "mcp", "audit")
    try:
        yield
    finally:
        _rabbitmqctl(pile, "import_definitions", "/run/secrets/definitions.json")


@contextmanager
def horloge(ecart_s: int, pile: Pile) -> Iterator[None]:
    """The clock of cdap is wrong: the container is made again with `tests/fautes/horloge`, then as it was."""
    dossier = pile.var.parent / "horloge"
    dossier.mkdir(exist_ok=True)
    (dossier / "sitecustomize.py").write_text((HORLOGE / "sitecustomize.py").read_text())
    (dossier / "ecart").write_text(str(ecart_s))
    surcharge = dossier / "compose.json"
    surcharge.write_text(json.dumps({"services": {"cdap": {
        "environment": {
            "PYTHONPATH": "/horloge", "MCP_HORLOGE": "/horloge/ecart", "MCP_HORLOGE_DE": "cdap web",
        },
        "volumes": [f"{dossier}:/horloge:ro"],
    }}}))  # fmt: skip
    for chemin in (dossier, *dossier.iterdir()):
        chemin.chmod(0o755)
    _recreer(pile, surcharge)
    try:
        yield
    finally:
        _recreer(pile)


PANNES: tuple[Panne, ...] = (
    *(Panne("mort", cible, methodcaller("mort", cible), en_ci=True) for cible in (*CIBLES, *EN_PLUS)),
    *(Panne("gel", cible, methodcaller("fige", cible), en_ci=cible in FIGEES_EN_CI) for cible in (*CIBLES, *EN_PLUS)),
    *(Panne("coupure", cible, partial(coupure, cible), en_ci=cible in FIGEES_EN_CI) for cible in (*CIBLES, *EN_PLUS)),
    Panne("disque plein", "courtier", alarme_de_disque),
    Panne("mémoire pleine", "courtier", alarme_de_memoire),
    Panne("file vidée", "courtier", file_videe),
    Panne("file supprimée", "courtier", file_supprimee),
    *(Panne(f"horloge {ecart:+d} s", "cdap", partial(horloge, ecart)) for ecart in ECARTS_S),
)


def _rabbitmqctl(pile: Pile, *mots: str) -> None:
    _faire(pile, "exec", pile.conteneur("courtier"), "rabbitmqctl", "-q", *mots)


def _faire(pile: Pile, *mots: str) -> str:
    """A fault that did not happen would be one that nothing was lost in."""
    fait = pile.docker(*mots)
    assert fait.returncode == 0, (mots[0], fait.stderr[-500:])
    return fait.stdout


def _recreer(pile: Pile, *surcharges: Path) -> None:
    """cdap alone, with what is laid over its description."""
    fichiers = [mot for fichier in (RACINE / "docker-compose.yml", *surcharges) for mot in ("-f", str(fichier))]
    fait = subprocess.run(
        [*programme(), *fichiers, "--env-file", str(pile.reglages), "up", "-d", "--no-deps", "cdap"],
        cwd=RACINE, env=pile.env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert fait.returncode == 0, fait.stderr[-500:]
