"""Fills the system with its demonstration, through the public API and the import alone.

Invariant: seeding again keeps what is there; what was done is remembered step by step in a private file, so
that an interrupted seeding goes on where it stopped.
"""

import json
import re
import secrets
import string
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import requests

from local import personnages
from local.coffre import ecrire_prive
from local.fins import ArretDemande, Echec
from local.personnages import CAF, PARTENAIRES, REFERENTS, RESPONSABLE, UTILISATEURS, Partenaire, Utilisateur
from socle.voisins import sans_mandataire

ERRONE, DEJA_LA = 401, 409
DELAI_S = 15
EQUIPE = 4
ATTENTE_COURRIEL_S = 15.0
SIGNE_DEPUIS = timedelta(days=180)
_MOT_DE_PASSE = re.compile(r"^\s*Mot de passe provisoire\s*:\s*(\S+)\s*$", re.MULTILINE)


class Refusee(Echec):
    """A call of the demonstration that the API did not grant; `statut` is 0 where there was no answer."""

    def __init__(self, texte: str, statut: int = 0) -> None:
        super().__init__(texte)
        self.statut = statut


class Memoire:
    """What was done: identifiants by the name of a role in the play, and by identifiant the passwords: those
    chosen, of which it is not known whether they are in force, and the final ones.

    Raises Echec where the file cannot be understood: without it nobody can log in any more.
    """

    def __init__(self, fichier: Path) -> None:
        self._fichier = fichier
        self._verrou = threading.Lock()
        self._lu: dict[str, Any] = {genre: {} for genre in ("identifiants", "choisis", "mots_de_passe", "faits")}
        if fichier.exists():
            try:
                self._lu |= json.loads(fichier.read_text(encoding="utf-8"))
            except (TypeError, ValueError):
                raise Echec(f"{fichier} est illisible") from None

    def __getitem__(self, genre: str) -> dict[str, Any]:
        rayon: dict[str, Any] = self._lu[genre]
        return rayon

    def garder(self, genre: str, cle: str, valeur: Any) -> None:
        """Remember one thing, on disk before anything else is done."""
        with self._verrou:
            self._lu[genre][cle] = valeur
            ecrire_prive(self._fichier, json.dumps(self._lu, ensure_ascii=False))


class Demonstration:
    """Plays the référents and the administrateurs until every account of the demonstration can be used.

    `le` is the day of generation, `arret` tells that a stop was asked for.
    """

    def __init__(
        self, passerelle: str, courriels: Path, memoire: Memoire, le: date, arret: threading.Event | None = None
    ) -> None:
        self._url = passerelle
        self._courriels = courriels
        self._memoire = memoire
        self._signe_le = (le - SIGNE_DEPUIS).isoformat()
        self._arret = arret or threading.Event()
        self._web = sans_mandataire()
        self._lettres: dict[str, str] = {}
        self._lus: set[Path] = set()

    def jouer(self) -> None:
        """Do what is not yet done. Raises Refusee, ArretDemande."""
        for caf, (prenom, nom) in REFERENTS.items():
            self._activer([self._bootstrape(f"referent-{caf}", prenom, nom)])
        referents = {caf: self._connecter(f"referent-{caf}") for caf in REFERENTS}
        self._creer_partenaires(referents)
        administrateurs = {p.siret: self._connecter(f"administrateur-{p.siret}") for p in PARTENAIRES}
        self._creer_utilisateurs(administrateurs)
        self._creer_agents(referents[CAF])

    def identifiant(self, role: str) -> str:
        """The identifiant of someone of the demonstration."""
        return str(self._memoire["identifiants"][role])

    def mot_de_passe(self, role: str) -> str:
        """Her final password."""
        return str(self._memoire["mots_de_passe"][self.identifiant(role)])

    def _creer_partenaires(self, referents: dict[str, str]) -> None:
        with ThreadPoolExecutor(EQUIPE) as equipe:
            list(equipe.map(lambda p: self._conventionner(p, referents[p.caf]), PARTENAIRES))
        roles = [f"administrateur-{partenaire.siret}" for partenaire in PARTENAIRES]
        self._activer(roles)
        for partenaire, role in zip(PARTENAIRES, roles, strict=True):
            ici = f"/habilitation/v1/partenaires/{partenaire.siret}/administrateurs"
            jeton = referents[partenaire.caf]
            self._faire(ici, jeton, ici, identifiant=self.identifiant(role), place="principal")

    def _conventionner(self, partenaire: Partenaire, jeton: str) -> None:
        """Partner, documents, and the account of its administrateur."""
        ici = f"/habilitation/v1/partenaires/{partenaire.siret}"
        self._faire(
            ici, jeton, "/habilitation/v1/partenaires",
            siret=partenaire.siret, raison_sociale=partenaire.raison_sociale,
        )  # fmt: skip
        for genre in ("convention", "contrat", *(["eligibilite"] if partenaire.caf != CAF else [])):
            self._faire(f"{ici}/{genre}", jeton, f"{ici}/documents", genre=genre, signe_le=self._signe_le)
        self._faire(
            f"{ici}/bulletin", jeton, f"{ici}/documents",
            genre="bulletin", signe_le=self._signe_le, service="cdap", profils=list(partenaire.profils),
            finalite=partenaire.finalite, fondement=partenaire.fondement, destinataire=partenaire.destinataire,
        )  # fmt: skip
        prenom, nom = partenaire.administrateur
        self._creer_compte(f"administrateur-{partenaire.siret}", jeton, partenaire, prenom, nom)

    def _creer_utilisateurs(self, administrateurs: dict[str, str]) -> None:
        partenaires = {partenaire.siret: partenaire for partenaire in PARTENAIRES}
        with ThreadPoolExecutor(EQUIPE) as equipe:
            list(
                equipe.map(
                    lambda u: self._creer_compte(
                        role_de(u), administrateurs[u.siret], partenaires[u.siret], u.prenom, u.nom
                    ),
                    UTILISATEURS,
                )
            )
        ccas = partenaires[personnages.CCAS]
        self._creer_compte("responsable", administrateurs[ccas.siret], ccas, *RESPONSABLE)
        self._activer([*map(role_de, UTILISATEURS), "responsable"])
        with ThreadPoolExecutor(EQUIPE) as equipe:
            list(equipe.map(lambda u: self._habiliter(u, administrateurs[u.siret]), UTILISATEURS))
        premier, jeton = role_de(UTILISATEURS[0]), administrateurs[ccas.siret]
        groupe = self._memoire["faits"][f"groupe-{premier}"]
        ici = f"/habilitation/v1/groupes/{groupe}/responsable"
        self._faire(ici, jeton, ici, methode="PUT", identifiant=self.identifiant("responsable"))

    def _habiliter(self, utilisateur: Utilisateur, jeton: str) -> None:
        role = role_de(utilisateur)
        groupe = self._faire(
            f"groupe-{role}", jeton, f"/habilitation/v1/partenaires/{utilisateur.siret}/groupes",
            nom=f"{utilisateur.metier} ({utilisateur.portee})", service="cdap", profil=utilisateur.profil,
            portee=utilisateur.portee, organismes=list(utilisateur.organismes), retenir="id",
        )  # fmt: skip
        ici = f"/habilitation/v1/groupes/{groupe}/membres"
        self._faire(ici, jeton, ici, identifiant=self.identifiant(role), motif="Démonstration")

    def _creer_agents(self, jeton: str) -> None:
        for agent in personnages.AGENTS:
            identifiant = self._faire(
                agent.role, jeton, "/identity/v1/agents",
                nom=agent.nom, prenom=agent.prenom, courriel=adresse(agent.prenom, agent.nom), roles=[agent.role],
                retenir="identifiant",
            )  # fmt: skip
            self._memoire.garder("identifiants", agent.role, identifiant)
        self._activer([agent.role for agent in personnages.AGENTS])

    def _creer_compte(self, role: str, jeton: str, partenaire: Partenaire, prenom: str, nom: str) -> None:
        identifiant = self._faire(
            f"compte-{role}", jeton, "/identity/v1/comptes",
            partenaire=partenaire.siret, nom=nom, prenom=prenom, courriel=adresse(prenom, nom),
            theme=partenaire.theme, retenir="identifiant",
        )  # fmt: skip
        self._memoire.garder("identifiants", role, identifiant)

    def _bootstrape(self, role: str, prenom: str, nom: str) -> str:
        """The first référent was made by the command, before the services ran: the mail tells the identifiant."""
        if role not in self._memoire["identifiants"]:
            lettre = self._lettre(lambda texte: adresse(prenom, nom) in texte)
            trouve = re.search(r"\b(?:LOG|ACC|ENF)[2-9A-HJ-NP-Z]{4,12}\b", lettre)
            if trouve is None:
                raise Refusee("le courriel du premier référent ne donne pas d’identifiant")
            self._memoire.garder("identifiants", role, trouve.group())
        return role

    def _activer(self, roles: list[str]) -> None:
        """Read the mails, and replace the provisional passwords by final ones."""
        identifiants = [self.identifiant(role) for role in roles]
        a_faire = [qui for qui in identifiants if qui not in self._memoire["mots_de_passe"]]
        with ThreadPoolExecutor(EQUIPE) as equipe:
            list(equipe.map(self._choisir, a_faire))

    def _choisir(self, identifiant: str) -> None:
        """Interrupted anywhere it can be done again: what was chosen is remembered before it is said."""
        if identifiant not in self._memoire["choisis"]:
            self._memoire.garder("choisis", identifiant, _un_mot_de_passe())
        choisi = self._memoire["choisis"][identifiant]
        provisoire = self._provisoire(identifiant)
        corps = {"identifiant": identifiant, "ancien": provisoire, "nouveau": choisi}
        try:
            self._appeler("POST", "/identity/v1/mots-de-passe", None, corps)
        except Refusee as faute:
            if faute.statut != ERRONE:
                raise
            self._ouvrir(identifiant, choisi)  # The change was done, and its answer lost, if this is granted.
        self._memoire.garder("mots_de_passe", identifiant, choisi)

    def _provisoire(self, identifiant: str) -> str:
        trouve = _MOT_DE_PASSE.search(self._lettre(lambda texte: identifiant in texte))
        if trouve is None:
            raise Refusee("un courriel ne donne pas de mot de passe provisoire")
        return trouve.group(1)

    def _lettre(self, convient: Any) -> str:
        """The text of the mail that fits, headers included; waits for it."""
        fin = time.monotonic() + ATTENTE_COURRIEL_S
        while time.monotonic() < fin:
            for fichier in sorted(set(self._courriels.glob("*.eml")) - self._lus):
                lettre = message_from_bytes(fichier.read_bytes(), policy=policy.default)
                corps = lettre.get_body(("plain",))
                texte = f"{lettre['To']}\n{corps.get_content() if corps else ''}"
                self._lettres[fichier.name] = texte
                self._lus.add(fichier)
            for texte in list(self._lettres.values()):
                if convient(texte):
                    return texte
            if self._arret.wait(0.05):
                raise ArretDemande
        raise Refusee("un courriel n’est pas arrivé")

    def _connecter(self, role: str) -> str:
        return self._ouvrir(self.identifiant(role), self.mot_de_passe(role))

    def _ouvrir(self, identifiant: str, mot_de_passe: str) -> str:
        corps = {"identifiant": identifiant, "mot_de_passe": mot_de_passe}
        return str(self._appeler("POST", "/identity/v1/sessions", None, corps)["access_token"])

    def _faire(
        self, fait: str, jeton: str, chemin: str, *, methode: str = "POST", retenir: str | None = None, **corps: Any
    ) -> Any:
        """Do an act once; `retenir` names the member of the answer that is remembered for later."""
        if fait not in self._memoire["faits"]:
            try:
                reponse = self._appeler(methode, chemin, jeton, corps)
            except Refusee as faute:
                if faute.statut != DEJA_LA or retenir:
                    raise
                reponse = {}  # It was done, and its answer lost.
            self._memoire.garder("faits", fait, reponse[retenir] if retenir else True)
        return self._memoire["faits"][fait]

    def _appeler(self, methode: str, chemin: str, jeton: str | None, corps: dict[str, Any]) -> Any:
        """The JSON of the answer. Raises Refusee, ArretDemande."""
        if self._arret.is_set():
            raise ArretDemande
        entetes = {"Authorization": f"Bearer {jeton}"} if jeton else {}
        try:
            reponse = self._web.request(methode, self._url + chemin, json=corps, headers=entetes, timeout=DELAI_S)
        except requests.RequestException:
            raise Refusee(f"{methode} {_modele(chemin)} : pas de réponse") from None
        if not reponse.ok:
            raise Refusee(f"{methode} {_modele(chemin)} : {reponse.status_code}", reponse.status_code)
        return reponse.json() if reponse.content else {}


def role_de(utilisateur: Utilisateur) -> str:
    """What a user is called in the play: her profile, and her portée if it is not mono."""
    return utilisateur.profil if utilisateur.portee == "mono" else f"{utilisateur.profil}-{utilisateur.portee}"


def adresse(prenom: str, nom: str) -> str:
    """An address in a domain that nobody can own (RFC 2606)."""
    ascii_ = f"{prenom}.{nom}".lower().translate(str.maketrans("éèêëàâîïôûüç’ ", "eeeeaaiiouuc--"))
    return f"{ascii_}@exemple.example"


def _un_mot_de_passe() -> str:
    """Fourteen characters that satisfy the rule of the webinar."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(10)) + "aZ7-"


def _modele(chemin: str) -> str:
    return re.sub(r"[0-9a-f-]{14,}", "…", chemin)
