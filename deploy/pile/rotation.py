"""`make secrets TOURNER=cdap`: new secrets for a service, while the house serves.

Invariant: the next secret stands beside the present one wherever it is used before the other side is told of it, and
has taken its place there before it is removed; who proves itself tries both (`socle.secret`). Interrupted anywhere, all
goes on; called again, it goes on with the secret that it had begun.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from local.coffre import PORTAIL, ecrire_prive
from local.fins import Echec
from local.processus import SERVICES

from pile import coffre
from socle.secret import suivant

TOUS = "tous"
Appeler = Callable[..., str]
"""docker-compose, as `Composition.appeler`."""


def tourner(dossier: Path, vise: str, appeler: Appeler) -> Iterator[str]:
    """Turn every secret of a service, or of all of them; what was turned, one sentence each. Raises Echec."""
    if vise not in (*SERVICES, PORTAIL, TOUS):
        raise Echec(f"Service inconnu : il faut {', '.join((*SERVICES, PORTAIL))} ou {TOUS}.")
    if not (dossier / "maitres").is_dir():
        raise Echec("Il n’y a pas encore de secrets : « make images » ou « make up » les fait.")
    for service in (*SERVICES, PORTAIL) if vise == TOUS else (vise,):
        _un(dossier, service, "client", partial(_dire_a_identity, dossier, service))
        yield f"{service} : secret de client tourné."
        if service == PORTAIL:
            continue
        for role in coffre.ROLES:
            _un(dossier, service, f"base_{role}", partial(_dire_a_la_base, dossier, service, role, appeler))
            yield f"{service} : mot de passe de la base pour {role} tourné."
        _un(dossier, service, "courtier", partial(_dire_au_courtier, dossier, service, appeler))
        yield f"{service} : mot de passe du courtier tourné."


def _un(dossier: Path, service: str, nom: str, dire: Callable[[str], None]) -> None:
    maitre = dossier / "maitres" / service / nom
    if not suivant(maitre).exists():
        ecrire_prive(suivant(maitre), secrets.token_urlsafe(32))
    mot = suivant(maitre).read_text(encoding="ascii")
    lieux = [dossier / conteneur / service / nom for conteneur in coffre.detenteurs(service, nom)]
    for lieu in lieux:
        coffre.remettre(suivant(lieu), mot)
    dire(mot)
    for lieu in lieux:
        coffre.remettre(lieu, mot)
    ecrire_prive(maitre, mot)
    for lieu in (*lieux, maitre):
        suivant(lieu).unlink()


def _dire_a_identity(dossier: Path, client: str, mot: str) -> None:
    empreinte = hashlib.sha256(mot.encode()).hexdigest()
    for ou in (Path("maitres"), Path("identity")):
        coffre.remettre(dossier / ou / "identity" / "clients" / client, empreinte)


def _dire_a_la_base(dossier: Path, service: str, role: str, appeler: Appeler, mot: str) -> None:
    """The file first: a database that starts again in between takes it up by itself."""
    coffre.remettre(dossier / f"{service}-base" / role, mot)
    ordre = f"\\set mot '{mot}'\nALTER ROLE mcp_{role} PASSWORD :'mot';\n"  # by the standard input: `ps` shows the rest
    appeler(
        "exec", "-T", f"{service}-base", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres",
        entree=ordre.encode(), echec=f"La base de {service} n’a pas pris le nouveau mot de passe.",
    )  # fmt: skip


def _dire_au_courtier(dossier: Path, service: str, appeler: Appeler, mot: str) -> None:
    coffre.definir_le_courtier(dossier, {service: mot})
    appeler(
        "exec", "-T", "courtier", "rabbitmqctl", "-q", "change_password", service,
        entree=f"{mot}\n".encode(), echec="Le courtier n’a pas pris le nouveau mot de passe.",
    )  # fmt: skip
