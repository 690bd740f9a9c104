"""The gateways of the bench, all before the same upstream: ours as in production with one worker, and its references.

One user's real token (RS256, 3072 bits), the real contracts, 2 KB answers. Limits are raised: one user asks for all.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from atelier.personas import un_groupe, un_service, un_utilisateur
from atelier.signature import ISSUER, Signataire
from charge.procede import RESTE, SUJET, exiger, lancer, port_libre, python
from charge.tir import Tir, tirer

REFERENCES = Path(__file__).parent / "references"
CORPS = '{"rubrique":"famille","lignes":"' + "x" * 2_013 + '"}'
HEURES_S = 4 * 3_600
FENETRE_S, ELAN_S = 4.0, 1.0


@dataclass(frozen=True)
class Scene:
    """The upstream answers on `amont`; `jeton` is good for hours; `cle` is the file of its public key."""

    dossier: Path
    amont: int
    jeton: str
    cle: Path

    def tirer(self, port: int, connexions: int = 32, secondes: float = FENETRE_S, au_plus: int | None = None) -> Tir:
        """Load on whoever listens there."""
        return tirer(
            f"http://127.0.0.1:{port}/cdap/v1/consultations/{CONSULTATION}/rubriques/famille",
            secondes,
            connexions=connexions,
            entetes={"Authorization": f"Bearer {self.jeton}"},
            au_plus=au_plus,
        )

    @contextmanager
    def passerelle(self, *, elan_s: float = ELAN_S) -> Iterator[tuple[int, int]]:
        """Ours, already under way for so long: its port and the pid of gunicorn, whose only child is the worker."""
        var, port = self.dossier / "var", port_libre()
        mesures = self.dossier / f"metriques-{port}"
        mesures.mkdir()
        services = {f"MCP_URL_{nom}": f"http://127.0.0.1:{self.amont}" for nom in SERVICES}
        limites = {f"MCP_LIMITE_{nom}": "1000000" for nom in ("UTILISATEUR", "PARTENAIRE", "ADRESSE")}
        propre = {"MCP_VAR": str(var), "MCP_PORT": str(port), "MCP_ISSUER": ISSUER, "MCP_OUVRIERS": "1"}
        env = propre | services | limites | {"PROMETHEUS_MULTIPROC_DIR": str(mesures)}
        with lancer(python("gateway", "web"), port, SUJET, self.dossier / "passerelle.log", env) as pid:
            if elan_s:
                self.tirer(port, secondes=elan_s)
            yield port, pid

    @contextmanager
    def haproxy(self) -> Iterator[int]:
        """HAProxy with `jwt_verify`, one thread: its port."""
        port = port_libre()
        env = {"PORT": str(port), "AMONT": str(self.amont), "CLE": str(self.cle)}
        commande = ["haproxy", "-db", "-f", str(REFERENCES / "haproxy.cfg")]
        with lancer(commande, port, SUJET, self.dossier / "haproxy.log", env):
            self.tirer(port, secondes=ELAN_S)
            yield port

    @contextmanager
    def nginx(self) -> Iterator[int]:
        """nginx that hands on without looking, one worker: its port."""
        port = port_libre()
        with _nginx(self.dossier, "nginx.conf", port, SUJET, AMONT=str(self.amont)):
            yield port

    @contextmanager
    def plaine(self) -> Iterator[int]:
        """The plain stack's gateway, one worker of 16 threads: its port."""
        port = port_libre()
        env = {"AMONT": f"http://127.0.0.1:{self.amont}", "CLE": str(self.cle), "PYTHONPATH": str(REFERENCES)}
        options = ["-w1", "-k", "gthread", "--threads", "16", "-b", f"127.0.0.1:{port}", "passerelle_plaine:app"]
        commande = python("gunicorn", "--no-control-socket", *options)
        with lancer(commande, port, SUJET, self.dossier / "plaine.log", env):
            self.tirer(port, secondes=ELAN_S)
            yield port


SERVICES = ("IDENTITY", "HABILITATION", "CDAP", "AUDIT")
CONSULTATION = uuid4()


@contextmanager
def scene(dossier: Path) -> Iterator[Scene]:
    """An upstream that runs, and everything that a gateway needs on the disk. Raises Manque."""
    exiger(wrk="wrk", nginx="nginx-light", taskset="util-linux")
    signataire, cle = une_cle(dossier)
    var = dossier / "var"
    signataire.deposer(var / "gateway" / "jwks.json")
    secret = var / "secrets" / "gateway" / "client"
    secret.parent.mkdir(parents=True)
    secret.write_text("secret-de-la-mesure")
    subprocess.run(python("gateway", "migrate"), env=os.environ | {"MCP_VAR": str(var)}, check=True)
    preuve = signataire.signer(un_service("gateway", "cdap").claims)
    jeton = un_jeton(signataire)
    amont = port_libre()
    with _nginx(dossier, "amont.conf", amont, RESTE, CORPS=CORPS, PREUVE=preuve):
        yield Scene(dossier, amont, jeton, cle)


def une_cle(dossier: Path) -> tuple[Signataire, Path]:
    """A key of the size that identity uses: who signs with it, and the file of its public half."""
    privee = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    pem, publique = dossier / "cle-de-la-mesure.pem", dossier / "publique.pem"
    pem.write_bytes(privee.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem.chmod(0o600)
    publique.write_bytes(privee.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return Signataire(pem), publique


def un_jeton(signataire: Signataire) -> str:
    """Of a T1 of one Caf, for as long as the bench may take."""
    return signataire.signer(un_utilisateur(un_groupe()).claims | {"exp": int(time.time()) + HEURES_S})


@contextmanager
def _nginx(dossier: Path, modele: str, port: int, coeur: int, **mots: str) -> Iterator[int]:
    ici = dossier / f"{modele}-{port}"
    ici.mkdir()
    texte = (REFERENCES / modele).read_text(encoding="utf-8")
    for nom, valeur in {"PORT": str(port), **mots}.items():
        texte = texte.replace(f"@{nom}@", valeur)
    (ici / "nginx.conf").write_text(texte, encoding="utf-8")
    commande = ["nginx", "-e", "stderr", "-p", str(ici), "-c", str(ici / "nginx.conf")]
    with lancer(commande, port, coeur, ici / "sortie.log") as pid:
        yield pid
