"""The secrets of the production shape, as files in a folder of which only the owner sees anything.

Invariant: made once, turned on demand (`rotation`), never shown. Inside the folder they are readable: a container has
no other user in common with who starts it.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local import coffre
from local.processus import SERVICES

from socle.fichiers import ecrire

ROLES = ("owner", "app", "relay")
DEFINITIONS = Path(__file__).resolve().parent.parent / "courtier" / "definitions.json"
AUTORITE = "ac.crt"
_SEL = 4


CONTENEURS: Mapping[str, tuple[str, ...]] = {
    "": ("client", "base_app"),
    "-relay": ("base_relay", "courtier"),
    "-migration": ("base_owner",),
}
"""What each container of a service is given, by the end of its name: no more than it uses."""

EN_PLUS: Mapping[str, tuple[str, ...]] = {
    "audit-collecte": ("client", "base_app", "base_relay", "courtier"),
    "gateway-interne": ("client", "base_app"),
}


def garnir(dossier: Path) -> None:
    """Make what is missing: clients, three roles for each database, one user of the broker for each service; and for
    each container a folder with what it is given."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    dossier.chmod(0o700)
    maitres = dossier / "maitres"
    coffre.garnir(maitres, (*SERVICES, coffre.PORTAIL))
    for service in SERVICES:
        for role in ROLES:
            _ecrire(dossier / f"{service}-base" / role, _secret(maitres / service / f"base_{role}"))
        _secret(maitres / service / "courtier")
        for suite, noms in CONTENEURS.items():
            _donner(maitres, dossier / f"{service}{suite}", service, noms)
    for conteneur, noms in EN_PLUS.items():
        _donner(maitres, dossier / conteneur, conteneur.partition("-")[0], noms)
    for empreinte in (maitres / "identity" / "clients").iterdir():
        _ecrire(dossier / "identity" / "identity" / "clients" / empreinte.name, empreinte.read_text())
    definir_le_courtier(dossier)
    _certifier(dossier)
    for chemin in dossier.rglob("*"):
        chemin.chmod(0o755 if chemin.is_dir() else 0o444)


def _certifier(dossier: Path) -> None:
    """Hand out the certificates that were laid in `certificats/`, each to what serves with it, and the authority of
    databases and broker to all. The key comes first: who looks at the pair in between keeps what it has."""
    ici = dossier / "certificats"
    ici.mkdir(exist_ok=True)
    serveurs = {f"{service}-base": dossier / f"{service}-base" for service in SERVICES}
    serveurs |= {"courtier": dossier / "courtier", "gateway": dossier / "gateway" / "gateway"}
    for nom, vers in serveurs.items():
        for suffixe in ("key", "crt"):
            if (ici / f"{nom}.{suffixe}").exists():
                _ecrire(vers / f"tls.{suffixe}", (ici / f"{nom}.{suffixe}").read_text())
    if (ici / AUTORITE).exists():
        for conteneur in (*(f"{service}{suite}" for service in SERVICES for suite in CONTENEURS), *EN_PLUS):
            _ecrire(dossier / conteneur / AUTORITE, (ici / AUTORITE).read_text())


def detenteurs(service: str, nom: str) -> tuple[str, ...]:
    """The containers that are given this secret of that service."""
    communs = [f"{service}{suite}" for suite, noms in CONTENEURS.items() if nom in noms]
    a_part = [lui for lui, noms in EN_PLUS.items() if nom in noms and lui.partition("-")[0] == service]
    return (*communs, *a_part)


def remettre(chemin: Path, texte: str) -> None:
    """Replace a file at once by one that a container can read."""
    ecrire(chemin, texte.encode(), 0o444)


def definir_le_courtier(dossier: Path, mots: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the committed definitions with the prints of the passwords; `mots` are those that are about to be."""
    lues: dict[str, Any] = json.loads(DEFINITIONS.read_text(encoding="utf-8"))
    for utilisateur in lues["users"]:
        nom = utilisateur["name"]
        mot = mots.get(nom) or (dossier / "maitres" / nom / "courtier").read_text().strip()
        utilisateur |= {"password_hash": _empreinte(mot), "hashing_algorithm": "rabbit_password_hashing_sha256"}
    _ecrire(dossier / "courtier" / "definitions.json", json.dumps(lues, indent=1))


def _donner(maitres: Path, conteneur: Path, service: str, noms: tuple[str, ...]) -> None:
    for nom in noms:
        _ecrire(conteneur / service / nom, (maitres / service / nom).read_text())


def _empreinte(mot: str) -> str:
    """A salted SHA-256, as RabbitMQ keeps it; the salt comes of the secret, so that nothing changes by itself."""
    sel = hashlib.sha256(b"sel" + mot.encode()).digest()[:_SEL]
    return base64.b64encode(sel + hashlib.sha256(sel + mot.encode()).digest()).decode()


def _secret(chemin: Path) -> str:
    if not chemin.exists():
        _ecrire(chemin, secrets.token_urlsafe(32))
    return chemin.read_text(encoding="ascii").strip()


def _ecrire(chemin: Path, texte: str) -> None:
    if not chemin.exists() or chemin.read_text(encoding="utf-8") != texte:
        remettre(chemin, texte)
