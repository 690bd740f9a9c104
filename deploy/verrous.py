"""Lock files with hashes: `python deploy/verrous.py` writes them, `--verifier` says whether they are in step.

Invariant: one version of a library in the whole house. The root's locks decide; a service's lock is the part
of it that the service needs. No lock names an index.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
PAQUETS = ("contracts", "socle", "gateway", "identity-service", "habilitation-service", "cdap-service", "audit-service")
NOTRES = "mcp-"
# What `make run` needs beside the services, and what builds our packages.
EN_PLUS = ("supervisor", "setuptools")
_EPINGLE = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
_NOM = re.compile(r"^[A-Za-z0-9_.-]+")

Epingles = dict[str, tuple[str, frozenset[str]]]


def dependances(paquet: str) -> set[str]:
    """What a package of ours asks of others, through those of ours that it uses."""
    voulues: set[str] = set()
    for ligne in tomllib.loads((RACINE / paquet / "pyproject.toml").read_text())["project"]["dependencies"]:
        if ligne.startswith(NOTRES):
            voulues |= dependances(ligne.removeprefix(NOTRES))
        else:
            voulues.add(ligne)
    return voulues


def lire(verrou: Path) -> Epingles:
    """Name → (version, hashes) of a lock."""
    epingles: Epingles = {}
    for bloc in re.split(r"\n(?=[A-Za-z0-9])", verrou.read_text()):
        if trouve := _EPINGLE.search(bloc):
            epingles[_simple(trouve.group(1))] = (trouve.group(2), frozenset(re.findall(r"sha256:[0-9a-f]{64}", bloc)))
    return epingles


def verifier() -> list[str]:
    """What is not in step, one sentence each."""
    fautes = []
    racine, outils = lire(RACINE / "requirements.txt"), lire(RACINE / "requirements-dev.txt")
    fautes += [f"requirements-dev.txt: {nom} differs" for nom, lu in racine.items() if outils.get(nom) != lu]
    for paquet in PAQUETS:
        ici = lire(RACINE / paquet / "requirements.txt")
        fautes += [f"{paquet}: {nom} differs from the root's lock" for nom, lu in ici.items() if racine.get(nom) != lu]
        fautes += [f"{paquet}: {nom} is not locked" for nom in map(_demande, dependances(paquet)) if nom not in ici]
    for verrou in RACINE.glob("**/requirements*.txt"):
        if ".venv" not in verrou.parts:
            texte = verrou.read_text()
            if re.search(r"^--|https?://", texte, re.MULTILINE):
                fautes.append(f"{verrou.relative_to(RACINE)}: names an index or an option")
            fautes += [
                f"{verrou.relative_to(RACINE)}: {nom} has no hash" for nom, lu in lire(verrou).items() if not lu[1]
            ]
    return fautes


def ecrire() -> None:
    """Resolve everything once, then give each package its part."""
    tout = set(EN_PLUS).union(*map(dependances, PAQUETS))
    _compiler(sorted(tout), RACINE / "requirements.txt")
    outils = (RACINE / "requirements-dev.in").read_text().split()
    _compiler(sorted(tout | set(outils)), RACINE / "requirements-dev.txt", RACINE / "requirements.txt")
    for paquet in PAQUETS:
        _compiler(sorted(dependances(paquet)), RACINE / paquet / "requirements.txt", RACINE / "requirements.txt")


def _compiler(voulues: list[str], vers: Path, contraintes: Path | None = None) -> None:
    options = ["--constraint", str(contraintes)] if contraintes else []
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "-q", "--generate-hashes", "--no-emit-index-url", "--no-header",
         "--no-annotate", "--python-version", "3.11", *options, "-o", str(vers), "-"],
        input="\n".join(voulues), text=True, check=True, cwd=RACINE,
    )  # fmt: skip


def _simple(nom: str) -> str:
    return re.sub(r"[-_.]+", "-", nom).lower()


def _demande(ligne: str) -> str:
    trouve = _NOM.match(ligne)
    return _simple(trouve.group()) if trouve else ligne


if __name__ == "__main__":
    if sys.argv[1:] == ["--verifier"]:
        fautes = verifier()
        sys.stdout.write("".join(f"{faute}\n" for faute in fautes) or "lock files are in step\n")
        raise SystemExit(bool(fautes))
    ecrire()
