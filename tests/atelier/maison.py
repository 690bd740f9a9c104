"""The whole house, started as `make run` starts it, on free ports and in a folder of its own."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import requests

RACINE = Path(__file__).resolve().parents[2]
PRET_S = 300
REPRISE_S = 20


def donnees_tierces() -> Path:
    """Where the third-party data of the tests are (architecture, « Names that do not change »)."""
    return Path(os.environ.get("MCP_DONNEES_TIERCES", RACINE.parent / "shared" / "data"))


def port_libre() -> int:
    """A port that is free now."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


class Maison:
    """A running system; `demo` is its `demo.json`."""

    lenteur = 1
    """How many times longer than on one machine a test may wait."""

    def __init__(self, var: Path, dossiers: int = 60) -> None:
        self.var = var
        self.port = port_libre()
        self.env = os.environ | {
            "MCP_VAR": str(var),
            "MCP_PORT": str(self.port),
            "MCP_DEMO": str(dossiers),
            "PYTHONPATH": str(RACINE / "deploy"),
            "MCP_LIMITE_UTILISATEUR": "5000",  # tests of faults ask more of one user than a person would
            "MCP_LIMITE_PARTENAIRE": "5000",
            "MCP_LIMITE_ADRESSE": "5000",
        }
        self.duree_s = 0.0
        self._lance: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the gateway."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def courriels(self) -> Path:
        """Where the mails are files."""
        return self.var / "courriels"

    @property
    def courriers(self) -> Path:
        """Where the letters to be posted are files."""
        return self.var / "courriers"

    @property
    def coffre(self) -> Path:
        """What identity keeps for itself: the keys that it signs with, and its seal."""
        return self.var / "secrets" / "identity"

    @property
    def journaux(self) -> dict[str, str]:
        """What each process has said."""
        dits = {f.name: f.read_text(encoding="utf-8", errors="replace") for f in (self.var / "logs").iterdir()}
        assert len(dits) >= 12
        return dits

    @property
    def adresse_des_clients(self) -> str:
        """Where the gateway sees the tests come from."""
        return "127.0.0.1"

    def base(self, service: str) -> str:
        """The URL of the database of a service, as its `app` role."""
        return f"sqlite:///{self.var / service / service}.sqlite"

    @property
    def demo(self) -> dict[str, Any]:
        """What the running system says of itself."""
        lu: dict[str, Any] = json.loads((self.var / "demo.json").read_text(encoding="utf-8"))
        return lu

    def demarrer(self) -> "Maison":
        """Start, and wait until it is ready."""
        debut = time.monotonic()
        sortie = (self.var.parent / f"{self.var.name}.sortie").open("ab")
        self._lance = subprocess.Popen(
            [sys.executable, "-m", "local"], env=self.env, cwd=RACINE, stdout=sortie, stderr=subprocess.STDOUT
        )
        self.attendre(lambda: (self.var / "demo.json").exists() or self._lance.poll() is not None, PRET_S)  # type: ignore[union-attr]
        if self._lance.poll() is not None:
            raise AssertionError((self.var.parent / f"{self.var.name}.sortie").read_text())
        self.duree_s = time.monotonic() - debut
        return self

    @property
    def tourne(self) -> bool:
        """Whether it runs."""
        return self._lance is not None and self._lance.poll() is None

    def arreter(self, numero: int = signal.SIGTERM) -> int:
        """Stop as a person or a process manager would; the exit code."""
        assert self._lance is not None
        self._lance.send_signal(numero)
        return self._lance.wait(15)

    def pid(self, nom: str) -> int | None:
        """The process of that name, if it runs."""
        return next((int(p["pid"]) for p in self.demo["processus"] if p["nom"] == nom), None)

    def tuer(self, nom: str) -> bool:
        """SIGKILL one of the processes that this house started; whether there was one to kill."""
        pid = self.pid(nom)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # It died, and `demo.json` does not name its successor yet.
            return False
        return True

    def relancer(self, nom: str) -> None:
        """SIGKILL one of the processes, and wait until the process manager has started its successor."""
        with self.mort(nom):
            pass

    @contextlib.contextmanager
    def mort(self, nom: str) -> Iterator[None]:
        """One of the processes has just been killed; in the end its successor has been started."""
        self.attendre(lambda: self.pid(nom) is not None, REPRISE_S)
        avant = self.pid(nom)
        assert self.tuer(nom)
        yield
        self.attendre(lambda: self.pid(nom) not in (None, avant), REPRISE_S)

    @contextlib.contextmanager
    def fige(self, nom: str) -> Iterator[None]:
        """One of the processes neither runs nor ends: whoever asks it waits."""
        pid = self.pid(nom)
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def commande(self, *mots: str) -> subprocess.CompletedProcess[str]:
        """A command of a service, on the data of this house."""
        return subprocess.run(
            [sys.executable, "-m", *mots], env=self.env, cwd=RACINE, capture_output=True, text=True, timeout=120
        )

    def verifier_le_journal(self) -> subprocess.CompletedProcess[str]:
        """What `make verify` does."""
        return subprocess.run(["make", "verify"], env=self.env, cwd=RACINE, capture_output=True, text=True, timeout=120)

    def compte(self, profil: str, portee: str = "mono") -> dict[str, Any]:
        """The demonstration account of a CDAP profile."""
        return next(
            compte
            for compte in self.demo["comptes"]
            for groupe in compte["groupes"]
            if (groupe["profil"], groupe["portee"]) == (profil, portee)
        )

    def compte_de_role(self, role: str) -> dict[str, Any]:
        """The demonstration account of a Caf agent."""
        return next(compte for compte in self.demo["comptes"] if role in compte["roles"])

    def client(self, compte: dict[str, Any] | None = None) -> "Client":
        """Someone at a keyboard, logged in if an account is given."""
        client = Client(self.url)
        if compte is not None:
            client.se_connecter(compte["identifiant"], compte["mot_de_passe"])
        return client

    def courriel(self, contient: str) -> str:
        """The text of the mail that holds these words; waits for it."""
        trouves: list[str] = []

        def chercher() -> bool:
            for fichier in self.courriels.glob("*.eml"):
                lettre = message_from_bytes(fichier.read_bytes(), policy=policy.default)
                corps = lettre.get_body(("plain",))
                texte = f"{lettre['To']}\n{corps.get_content() if corps else ''}"
                if contient in texte:
                    trouves.append(texte)
            return bool(trouves)

        self.attendre(chercher, 15)
        return trouves[-1]

    def activer(self, contient: str, mot_de_passe: str = "Essai-2026-ok") -> dict[str, Any]:
        """Read the mail of a new account, and choose its final password."""
        lettre = self.courriel(contient)
        identifiant = re.search(r"\b(?:LOG|ACC|ENF)[2-9A-HJ-NP-Z]{4,12}\b", lettre)
        provisoire = re.search(r"Mot de passe provisoire\s*:\s*(\S+)", lettre)
        assert identifiant and provisoire, "the mail gives no identifiant or no provisional password"
        corps = {"identifiant": identifiant.group(), "ancien": provisoire.group(1), "nouveau": mot_de_passe}
        choisi = self.client().post("/identity/v1/mots-de-passe", json=corps)
        assert choisi.status_code == 204, (choisi.status_code, choisi.text)
        return {"identifiant": identifiant.group(), "mot_de_passe": mot_de_passe}

    def attendre(self, condition: Callable[[], Any], secondes: float) -> None:
        """Wait until it holds. Raises AssertionError after so long."""
        fin = time.monotonic() + secondes * self.lenteur
        while not condition():
            assert time.monotonic() < fin, "not in time"
            time.sleep(0.05)


class Client:
    """Requests through the gateway, with the token of one login."""

    def __init__(self, url: str, autorites: Path | None = None) -> None:
        """`autorites` are those that a `https` address is verified against, instead of the system's."""
        self._url = url
        self.jeton = ""
        self._web = requests.Session()
        self._web.trust_env = False
        self._web.verify = str(autorites) if autorites else True

    def se_connecter(self, identifiant: str, mot_de_passe: str) -> None:
        """Log in, and carry the token from now on."""
        reponse = self.post("/identity/v1/sessions", json={"identifiant": identifiant, "mot_de_passe": mot_de_passe})
        assert reponse.status_code == 201, reponse.text
        self.porter(str(reponse.json()["access_token"]))

    def porter(self, jeton: str) -> None:
        """Carry this token from now on."""
        self.jeton = jeton
        self._web.headers["Authorization"] = f"Bearer {jeton}"

    def demander(self, methode: str, chemin: str, **options: Any) -> requests.Response:
        """One request; redirects are not followed."""
        return self._web.request(methode, self._url + chemin, timeout=20, allow_redirects=False, **options)

    def get(self, chemin: str, **options: Any) -> requests.Response:
        """GET."""
        return self.demander("GET", chemin, **options)

    def post(self, chemin: str, **options: Any) -> requests.Response:
        """POST."""
        return self.demander("POST", chemin, **options)

    def cree(self, chemin: str, **corps: Any) -> Any:
        """POST that must create something: its JSON."""
        reponse = self.post(chemin, json=corps)
        assert reponse.status_code == 201, (chemin, reponse.text)
        return reponse.json()

    def ouvrir(self, dossier: dict[str, Any]) -> requests.Response:
        """Open a dossier as `demo.json` describes it."""
        champs = ("organisme", "numero_allocataire", "nom", "numero_instructeur", "numero_bailleur")
        return self.post("/cdap/v1/consultations", json={champ: dossier.get(champ) for champ in champs})

    def lire(self, consultation: str, rubrique: str) -> requests.Response:
        """Read a rubrique."""
        return self.get(f"/cdap/v1/consultations/{consultation}/rubriques/{rubrique}")
