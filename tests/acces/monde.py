"""The people of the table and what they act on, made through the public API of the running house.

Only three things are not: the very first référent of a Caf (its command), a membership that ended yesterday (nobody
may ask for one: written by habilitation's own store), and tokens of yesterday and of services (signed with identity's
key). Nothing of the demonstration is changed.
"""

import itertools
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import requests
from stdnum import luhn

from atelier import Signataire, un_service
from atelier.maison import Maison
from habilitation.adapters.appartenances import Appartenances
from habilitation.domain.liens import Trait
from socle.database import ouvrir
from socle.travail import jour_de, maintenant

CAF, AUTRE_CAF = "831", "921"
MOT_DE_PASSE = "Essai-2026-ok"
EQUIPE = 4
AGENTS = ("controleur", "superviseur", "gestionnaire")
DOCUMENTS = (
    {"genre": "convention"},
    {"genre": "contrat"},
    {
        "genre": "bulletin", "service": "cdap", "profils": ["T1", "T2"], "finalite": "accompagnement-social",
        "fondement": "mission-interet-public", "destinataire": "travailleurs-sociaux",
    },
)  # fmt: skip


@dataclass(frozen=True)
class Persona:
    """Someone of the table: her token, and the identifiant of her account if she has one."""

    jeton: str
    identifiant: str | None = None


class Voix:
    """Requests with any token, on connections that are kept, one for each thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._fil = threading.local()

    def __call__(
        self, methode: str, chemin: str, jeton: str = "", trace: str = "", **options: Any
    ) -> requests.Response:
        """One request; `trace` is its trace id."""
        if not hasattr(self._fil, "web"):
            self._fil.web = requests.Session()
            self._fil.web.trust_env = False
        entetes = {"Authorization": f"Bearer {jeton}"} if jeton else {}
        if trace:
            entetes["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
        return self._fil.web.request(
            methode, self._url + chemin, headers=entetes, timeout=30, allow_redirects=False, **options
        )

    def reussir(self, methode: str, chemin: str, jeton: str = "", **corps: Any) -> Any:
        """One request that must succeed: its JSON, if it has one."""
        reponse = self(methode, chemin, jeton, json=corps) if corps else self(methode, chemin, jeton)
        assert reponse.ok, (methode, chemin, reponse.status_code, reponse.text)
        return reponse.json() if reponse.content else None


class Monde:
    """Two Cafs; a partner with two groups, another one of the same Caf; and everybody's token."""

    def __init__(self, maison: Maison) -> None:
        self.maison = maison
        self.voix = Voix(maison.url)
        self._numeros = itertools.count(1)
        self.personas: dict[str, Persona] = {}
        self._agents()
        self.ici, self._ailleurs, self._troisieme = self.tous(self.partenaire, (CAF,) * 3)
        self.groupe, self._autre_groupe = self._peupler()
        self._connecter_les_partenaires()
        self._jetons_sans_valeur()
        self.cible = self.compte()
        self._choses()

    def jeton(self, nom: str) -> str:
        """The token of someone of the table."""
        return self.personas[nom].jeton

    def tous(self, faire: Callable[[Any], Any], quoi: Iterable[Any]) -> list[Any]:
        """Do it for each, some at a time."""
        with ThreadPoolExecutor(EQUIPE) as equipe:
            return list(equipe.map(faire, quoi))

    def siret(self) -> str:
        """A well-formed SIRET of nobody."""
        siren = f"9991{next(self._numeros):04d}"
        siren += luhn.calc_check_digit(siren)
        return f"{siren}0001{luhn.calc_check_digit(siren + '0001')}"

    def partenaire(self, caf: str = CAF) -> str:
        """A partner of that Caf whose documents are signed; its SIRET."""
        siret, jeton = self.siret(), self.jeton("referent" if caf == CAF else "referent_autre_caf")
        ici = "/habilitation/v1/partenaires"
        self.voix.reussir("POST", ici, jeton, siret=siret, raison_sociale="CCAS des verdicts")
        for document in DOCUMENTS:
            self.voix.reussir("POST", f"{ici}/{siret}/documents", jeton, signe_le="2026-01-05", **document)
        return siret

    def compte(self, siret: str | None = None) -> str:
        """An account of that partner, whose password is still provisional; its identifiant."""
        cree = self.voix.reussir(
            "POST", "/identity/v1/comptes", self.jeton("referent"), partenaire=siret or self.ici, nom="Verdict",
            prenom="Essai", courriel=f"verdict.{uuid4().hex}@partenaire.example", theme="enfance",
        )  # fmt: skip
        return str(cree["identifiant"])

    def ouvert(self, siret: str | None = None) -> str:
        """An account of that partner, whose password is `MOT_DE_PASSE`; its identifiant."""
        identifiant = self.compte(siret)
        self.maison.activer(identifiant, MOT_DE_PASSE)
        return identifiant

    def session(self, identifiant: str, mot_de_passe: str = MOT_DE_PASSE) -> dict[str, Any]:
        """Log in; the tokens."""
        lus: dict[str, Any] = self.voix.reussir(
            "POST", "/identity/v1/sessions", identifiant=identifiant, mot_de_passe=mot_de_passe
        )
        return lus

    def administrer(self, siret: str, identifiant: str, place: str = "principal") -> None:
        """Name the administrateur of a partner."""
        chemin = f"/habilitation/v1/partenaires/{siret}/administrateurs"
        self.voix.reussir("POST", chemin, self.jeton("referent"), identifiant=identifiant, place=place)

    def un_groupe(self, siret: str = "", profil: str = "T1", par: str = "administrateur") -> str:
        """A group of that partner; its id."""
        cree = self.voix.reussir(
            "POST", f"/habilitation/v1/partenaires/{siret or self.ici}/groupes", self.jeton(par),
            nom=f"Groupe {profil}", service="cdap", profil=profil, portee="mono", organismes=[CAF],
        )  # fmt: skip
        return str(cree["id"])

    def ajouter(self, groupe: str, identifiant: str, par: str = "administrateur") -> None:
        """Put someone in a group."""
        chemin = f"/habilitation/v1/groupes/{groupe}/membres"
        self.voix.reussir("POST", chemin, self.jeton(par), identifiant=identifiant, motif="Essai")

    def confier(self, groupe: str, identifiant: str) -> None:
        """Name the responsable of a group."""
        chemin = f"/habilitation/v1/groupes/{groupe}/responsable"
        self.voix.reussir("PUT", chemin, self.jeton("administrateur"), identifiant=identifiant)

    def suspendre(self, siret: str, identifiant: str) -> str:
        """Suspend someone; the id of the suspension."""
        chemin = f"/habilitation/v1/partenaires/{siret}/suspensions"
        cree = self.voix.reussir("POST", chemin, self.jeton("referent"), identifiant=identifiant, motif="Essai")
        return str(cree["id"])

    def demarche(self, siret: str) -> str:
        """A document that is on its way; its id."""
        chemin = f"/habilitation/v1/partenaires/{siret}/documents"
        cree = self.voix.reussir(
            "POST", chemin, self.jeton("referent"), genre="eligibilite", etat="envoye", le="2026-01-05"
        )
        return str(cree["id"])

    def _agents(self) -> None:
        """The référents first: who logs in as one makes everything else."""
        demo = self.maison.compte_de_role("caf:referent")
        mots = ("--caf", AUTRE_CAF, "--nom", "Verdict", "--prenom", "Essai", "--courriel", "verdicts@caf.example")
        fait = self.maison.commande("identity", "bootstrap", *mots)
        assert fait.returncode == 0, fait.stderr
        ailleurs = self.maison.activer("verdicts@caf.example", MOT_DE_PASSE)
        self.personas["referent"] = self._connecte(demo["identifiant"], demo["mot_de_passe"])
        self.personas["referent_autre_caf"] = self._connecte(ailleurs["identifiant"])
        self.tous(self._agent, [(role, ou) for role in AGENTS for ou in ("", "_autre_caf")])

    def _agent(self, lequel: tuple[str, str]) -> None:
        role, ou = lequel
        cree = self.voix.reussir(
            "POST", "/identity/v1/agents", self.jeton(f"referent{ou}"), nom="Verdict", prenom="Essai",
            courriel=f"verdict.{uuid4().hex}@caf.example", roles=[f"caf:{role}"],
        )  # fmt: skip
        self.maison.activer(cree["identifiant"], MOT_DE_PASSE)
        self.personas[role + ou] = self._connecte(cree["identifiant"])

    def _connecte(self, identifiant: str, mot_de_passe: str = MOT_DE_PASSE) -> Persona:
        return Persona(self.session(identifiant, mot_de_passe)["access_token"], identifiant)

    def _peupler(self) -> tuple[str, str]:
        """Accounts, places, groups, members: all rights are there before anybody's token is signed."""
        ou = dict.fromkeys(("administrateur_ailleurs", "suppleant_ailleurs", "membre_ailleurs"), self._ailleurs)
        ou["administrateur_suspendu"] = self._troisieme
        for nom in ("utilisatrice", "membre_autre_groupe", "hors_groupe", "suspendue", "echue", "revoquee",
                    "responsable", "responsable_autre_groupe", "administrateur", "suppleant"):  # fmt: skip
            ou[nom] = self.ici
        self._qui = dict(zip(ou, self.tous(self.ouvert, ou.values()), strict=True))
        self.passante, self.girouette, self.telephone = self.tous(self.ouvert, (self.ici,) * 3)
        for siret, nom, place in (
            (self.ici, "administrateur", "principal"),
            (self.ici, "suppleant", "suppleant"),
            (self._ailleurs, "administrateur_ailleurs", "principal"),
            (self._ailleurs, "suppleant_ailleurs", "suppleant"),
            (self._troisieme, "administrateur_suspendu", "principal"),
        ):
            self.administrer(siret, self._qui[nom], place)
        for nom in ("administrateur", "administrateur_ailleurs"):
            self.personas[nom] = self._connecte(self._qui[nom])
        groupe, autre = self.un_groupe(), self.un_groupe(profil="T2")
        voisin = self.un_groupe(self._ailleurs, par="administrateur_ailleurs")
        for nom in ("utilisatrice", "suspendue", "revoquee"):
            self.ajouter(groupe, self._qui[nom])
        self.ajouter(autre, self._qui["membre_autre_groupe"])
        self.ajouter(voisin, self._qui["membre_ailleurs"], par="administrateur_ailleurs")
        self.confier(groupe, self._qui["responsable"])
        self.confier(autre, self._qui["responsable_autre_groupe"])
        self._echoir(groupe, self._qui["echue"])
        self.suspendre(self.ici, self._qui["suspendue"])
        self.suspendre(self._troisieme, self._qui["administrateur_suspendu"])
        return groupe, autre

    def _echoir(self, groupe: str, identifiant: str) -> None:
        """A membership as it stands the day after its last one, before anybody has closed it."""
        base = ouvrir(self.maison.base("habilitation"))
        with base.begin() as connexion:
            entree = Trait(maintenant() - timedelta(days=30), "essai", "Essai", None)
            depot = Appartenances(connexion)
            profil = depot.tenir_profil_cdap(identifiant, "T1", entree)
            depot.ajouter(groupe, identifiant, profil, entree, jour_de(maintenant()) - timedelta(days=1))
        base.dispose()

    def _connecter_les_partenaires(self) -> None:
        restent = {nom: qui for nom, qui in self._qui.items() if nom not in self.personas}
        self.personas |= dict(zip(restent, self.tous(self._connecte, restent.values()), strict=True))
        revoquee = self._qui["revoquee"]
        self.voix.reussir(
            "DELETE", f"/habilitation/v1/groupes/{self.groupe}/membres/{revoquee}", self.jeton("administrateur")
        )
        moi = "/identity/v1/comptes/moi"
        self.maison.attendre(lambda: self.voix("GET", moi, self.jeton("revoquee")).status_code == 401, 5)

    def _jetons_sans_valeur(self) -> None:
        """Well signed, and yet worth nothing at the public door."""
        identity = Signataire(min((self.maison.coffre / "cles").glob("*.pem")))
        lus = jwt.decode(self.jeton("administrateur"), options={"verify_signature": False})
        hier = lus | {"iat": lus["iat"] - 86_400, "exp": lus["exp"] - 86_400}
        service = un_service("audit", "cdap").claims | {"iss": lus["iss"]}
        self.personas["personne"] = Persona("")
        self.personas["jeton_expire"] = Persona(identity.signer(hier))
        self.personas["jeton_de_service"] = Persona(identity.signer(service))

    def _choses(self) -> None:
        """What the requests of the table name, unless `gestes` says otherwise."""
        self.dossier = self.maison.compte("T1")["dossier"]
        cle = {champ: self.dossier[champ] for champ in ("organisme", "numero_allocataire", "nom")}
        ouverte = self.voix("POST", "/cdap/v1/consultations", self.jeton("utilisatrice"), json=cle)
        assert ouverte.status_code == 201, ouverte.text
        recu, controleur = ouverte.headers["Audit-Receipt"], self.jeton("controleur")
        ici = f"/audit/v1/evenements/{recu}"
        self.maison.attendre(lambda: self.voix("GET", ici, controleur).status_code == 200, 10)
        self.connus: dict[str, Any] = {
            "siret": self.ici,
            "partenaire": self.ici,
            "groupe": self.groupe,
            "identifiant": self.cible,
            "organisme": CAF,
            "numero_allocataire": cle["numero_allocataire"],
            "consultation": ouverte.json()["id"],
            "rubrique": "synthese",
            "evenement": recu,
        }
