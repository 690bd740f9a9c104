"""The house of identity for tests: its real app, a real HTTP neighbour, and mails read from their folder."""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from sqlalchemy import text

import identity
from atelier import Banc, un_administrateur, un_groupe, un_service
from atelier.personas import CAF, SIRET
from atelier.signature import ISSUER
from identity.adapters import cachet, cles
from identity.domain import captchas
from identity.main import application, corvees
from identity.settings import Reglages
from identity.usecases.demander_captcha import empreinte

MIGRATIONS = Path(identity.__file__).parent / "migrations"
CHOISI = "Exemple-2026"


class Serveur(ThreadingHTTPServer):
    """Of the standard library, with a queue as long as a real server's: of eight callers at once it drops none."""

    request_queue_size = 128


class FausseHabilitation:
    """A real HTTP server that answers as habilitation's contract says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.droits: dict[str, Any] = {
            "droits": 12,
            "administrateur": False,
            "caf_referente": CAF,
            "responsable_de": [],
            "groups": [un_groupe()],
        }
        self.cafs = {SIRET: CAF}
        self.administrateurs: set[str] = set()
        self.statut: int | None = None
        self.avant_de_repondre: Callable[[], Any] | None = None
        self.demandes: list[tuple[str, dict[str, Any], str]] = []
        self._serveur = Serveur(("127.0.0.1", 0), self._traitement())
        self.url = f"http://127.0.0.1:{self._serveur.server_port}"
        self._fil = threading.Thread(target=self._serveur.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._fil.start()

    def repondre(self, chemin: str, corps: dict[str, Any]) -> tuple[int, Any]:
        faire, self.avant_de_repondre = self.avant_de_repondre, None
        if faire is not None:
            faire()
        if self.statut:
            return self.statut, {}
        if chemin.endswith("/droits-en-vigueur"):
            return 200, self.droits | self._administrateur(corps["identifiant"])
        caf = self.cafs.get(corps["siret"])
        return (200, {"caf_referente": caf}) if caf else (404, {})

    def _administrateur(self, identifiant: str) -> dict[str, Any]:
        return {"administrateur": True} if identifiant in self.administrateurs else {}

    def arreter(self) -> None:
        self._serveur.shutdown()
        self._serveur.server_close()

    def _traitement(self) -> type[BaseHTTPRequestHandler]:
        fausse = self

        class Traitement(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                corps = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fausse.demandes.append((self.path, corps, self.headers["Authorization"].removeprefix("Bearer ")))
                statut, rendu = fausse.repondre(self.path, corps)
                octets = json.dumps(rendu).encode()
                self.send_response(statut)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_: Any) -> None:
                """Silence."""

        return Traitement


class SignataireDIdentity:
    """Signs the tokens of personas with identity's own key, the only one that identity knows."""

    def __init__(self, trousse: cles.Cles) -> None:
        self._trousse = trousse

    def signer(self, claims: dict[str, Any]) -> str:
        present = int(time.time())
        return self._trousse.signer({"iss": ISSUER, "iat": present, "exp": present + 300, "jti": str(uuid4())} | claims)


class Maison:
    """identity, its neighbour, and what one does with them in a test."""

    def __init__(self, dossier: Path, habilitation: FausseHabilitation, **reglages: Any) -> None:
        self.habilitation = habilitation
        self.banc = Banc(
            application,
            Reglages,
            MIGRATIONS,
            dossier,
            url_habilitation=habilitation.url,
            **({"argon2_time_cost": 1, "argon2_memory_cost": 8} | reglages),
        )
        self.trousse = cles.ouvrir(self.banc.reglages.dossier_secrets / "cles")
        self.banc.signataire = SignataireDIdentity(self.trousse)
        self.cachet = cachet.ouvrir(self.banc.reglages.dossier_secrets / "cachet")
        self.en_tant_que = self.banc.en_tant_que
        self.personne = self.banc.en_tant_que(None)

    @property
    def traces(self) -> list[dict[str, Any]]:
        return self.banc.traces

    @property
    def trace(self) -> dict[str, Any]:
        return self.banc.derniere_trace

    def courriels(self) -> list[EmailMessage]:
        """Let the relay's chore run, and read the folder."""
        self.faire_les_corvees()
        fichiers = sorted(self.banc.reglages.dossier_courriels.glob("*.eml"))
        return [message_from_bytes(fichier.read_bytes(), policy=policy.default) for fichier in fichiers]

    def faire_les_corvees(self) -> None:
        """What the relay does besides ranking."""
        for corvee in corvees(self.banc.reglages, self.banc.engine):
            corvee()

    def depuis(self, adresse: str) -> dict[str, dict[str, str]]:
        """The headers with which the gateway passes an address on, and proves that it is the gateway."""
        preuve = self.banc.signataire.signer(un_service("gateway", "identity").claims)
        return {"headers": {"Mcp-Passerelle": preuve, "Mcp-Adresse": adresse}}

    def revocations(self, apres: int = 0) -> list[Any]:
        """What the gateway reads in the feed."""
        lu = self.en_tant_que(un_service("gateway", "identity")).get(f"/identity/v1/revocations?apres={apres}")
        assert lu.status_code == 200, lu.text
        return [entree["contenu"]["sids"] for entree in lu.json()["entrees"]]

    def un_compte(self, courriel: str = "claire.montfort@ccas.example") -> tuple[str, str]:
        """Somebody with an account: her identifiant, and the provisional password that her mail holds."""
        recu = self.en_tant_que(un_administrateur()).post("/identity/v1/comptes", json=une_demande(courriel=courriel))
        assert recu.status_code == 201, recu.text
        identifiant = recu.json()["identifiant"]
        textes = [courriel.get_content() for courriel in self.courriels()]
        texte = next(texte for texte in textes if identifiant in texte)
        return identifiant, champ(texte, "Mot de passe provisoire")

    def un_compte_ouvert(self) -> str:
        """Somebody who has chosen her password, `CHOISI`."""
        identifiant, provisoire = self.un_compte()
        assert self.changer(identifiant, provisoire, CHOISI).status_code == 204
        return identifiant

    def une_session(self) -> tuple[str, dict[str, Any]]:
        """Somebody who has just logged in: her identifiant and her tokens."""
        identifiant = self.un_compte_ouvert()
        recu = self.connecter(identifiant, CHOISI)
        assert recu.status_code == 201, recu.text
        return identifiant, recu.json()

    def connecter(self, identifiant: str, mot_de_passe: str, adresse: str | None = None) -> httpx.Response:
        corps = {"identifiant": identifiant, "mot_de_passe": mot_de_passe}
        ailleurs = self.depuis(adresse) if adresse else {}
        return self.personne.post("/identity/v1/sessions", json=corps, **ailleurs)

    def changer(self, identifiant: str, ancien: str, nouveau: str, adresse: str | None = None) -> httpx.Response:
        corps = {"identifiant": identifiant, "ancien": ancien, "nouveau": nouveau}
        ailleurs = self.depuis(adresse) if adresse else {}
        return self.personne.post("/identity/v1/mots-de-passe", json=corps, **ailleurs)

    def captcha(self) -> tuple[str, str]:
        """A captcha and its right answer, as somebody who reads pictures has it."""
        return dessine(self.cachet)

    def oublier(self, courriel: str) -> httpx.Response:
        """Say that one has forgotten one's password."""
        nom, reponse = self.captcha()
        corps = {"courriel": courriel, "captcha": nom, "reponse": reponse}
        return self.personne.post("/identity/v1/mots-de-passe/oublies", json=corps)

    def dernier_provisoire(self) -> str:
        """The provisional password of the newest mail that holds one."""
        textes = [courriel.get_content() for courriel in self.courriels()]
        return champ([texte for texte in textes if "Mot de passe provisoire" in texte][-1], "Mot de passe provisoire")

    def rafraichir(self, jeton: str) -> httpx.Response:
        return self.personne.post("/identity/v1/sessions/rafraichir", json={"refresh_token": jeton})

    def avec_jeton(self, jeton: str) -> dict[str, dict[str, str]]:
        return {"headers": {"Authorization": f"Bearer {jeton}"}}

    def lire_jeton(self, jeton: str, audience: str = "mcp") -> dict[str, Any]:
        """The claims, verified with the keys that identity publishes."""
        publiees = jwt.PyJWKSet.from_dict(self.personne.get("/.well-known/jwks.json").json())
        cle = publiees[jwt.get_unverified_header(jeton)["kid"]]
        lu: dict[str, Any] = jwt.decode(jeton, cle.key, algorithms=["RS256"], audience=audience, issuer=ISSUER)
        return lu

    def executer(self, requete: str, **valeurs: Any) -> list[Any]:
        """Look into the database, or make time go by in it."""
        with self.banc.engine.begin() as connexion:
            fait = connexion.execute(text(requete), valeurs)
            return list(fait.all()) if fait.returns_rows else []


def dessine(empreintes: cachet.CachetHmac) -> tuple[str, str]:
    """What the service would hand out for a picture of « Kd7mRx »."""
    captcha = captchas.nouveau(datetime.now(UTC))
    return captcha.nom(empreinte(empreintes, captcha, "Kd7mRx")), "Kd7mRx"


def une_demande(**champs: Any) -> dict[str, Any]:
    return {
        "partenaire": SIRET,
        "nom": "Montfort",
        "prenom": "Claire",
        "courriel": "claire.montfort@ccas.example",
        "theme": "acces-aux-droits",
    } | champs


def champ(texte: str, nom: str) -> str:
    """What stands behind the name of a field in a mail."""
    return next(ligne.partition(" : ")[2] for ligne in texte.splitlines() if ligne.startswith(f"{nom} : "))


@pytest.fixture(scope="session")
def cles_faites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key for a whole run: making one costs tenths of a second."""
    dossier = tmp_path_factory.mktemp("cles")
    cles.ouvrir(dossier)
    return dossier


@pytest.fixture
def habilitation() -> Iterator[FausseHabilitation]:
    fausse = FausseHabilitation()
    yield fausse
    fausse.arreter()


@pytest.fixture
def maison_avec(tmp_path: Path, cles_faites: Path, habilitation: FausseHabilitation) -> Callable[..., Maison]:
    """Make the house with settings of one's choice."""

    def faire(**reglages: Any) -> Maison:
        shutil.copytree(cles_faites, tmp_path / "secrets" / "identity" / "cles")
        return Maison(tmp_path, habilitation, **reglages)

    return faire


@pytest.fixture
def maison(maison_avec: Callable[..., Maison]) -> Maison:
    return maison_avec()
