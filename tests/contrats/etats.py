"""The state in which each operation succeeds: who asks, with which parameters, and what of the example's body only
the running service can know (a token, a captcha, an id).

One class for each service, one method for each operation, named as its operationId with `__` for the dot. An
operation without a method fails the tests of this folder.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

import fabrique
import pyotp
from contrat_lu import JSON, Operation, operations
from fabrique import saisie, un_dossier_paye
from sqlalchemy import insert, text
from uuid_utils.compat import uuid7
from voisin_d_exemple import VoisinDExemple

import audit.main
import cdap.main
import habilitation.main
import identity.main
from atelier import Banc, Persona, Signataire, un_administrateur, un_agent, un_groupe, un_referent, un_service
from atelier import un_utilisateur as une_utilisatrice
from atelier.personas import CAF, SIRET
from audit.adapters.depots import RegistreSql
from audit.adapters.sources import SourceHttp
from audit.usecases.accueillir import accueillir
from cdap.adapters.depots import DossiersSql
from cdap.adapters.ndjson import decoder
from cdap.domain.dossiers import Dossier
from identity.adapters import cachet
from identity.adapters.depots import DepotsSql
from identity.domain import captchas
from identity.domain.codes import en_base64url
from identity.usecases.demander_captcha import empreinte
from identity.usecases.inscrire_client import inscrire_client
from socle.acces import Acces
from socle.evenement import composer
from socle.outbox import outbox, ranger
from socle.travail import Travail
from socle.voisins import Voisin

MEMBRE = "ACC7K2MQ"
RETOUR, VERIFICATEUR = "https://application.example/retour", "v" * 43
MOT_DE_PASSE, AUTRE = "Exemple-2026", "Exemple-2027"


@dataclass(frozen=True)
class Geste:
    """How one operation is asked so that it succeeds. `connus` stand for members of the example's body."""

    persona: Persona | None = None
    parametres: Mapping[str, Any] = field(default_factory=dict)
    connus: Mapping[str, Any] = field(default_factory=dict)
    jeton: str | None = None


class Etat:
    """A service of its own in a folder of its own, over real neighbours that speak by examples."""

    service: ClassVar[str]
    main: ClassVar[Any]
    voisins: ClassVar[tuple[str, ...]] = ()

    def __init__(self, dossier: Path, modele: Path | None = None, **reglages: Any) -> None:
        if modele is not None:
            shutil.copytree(modele, dossier, dirs_exist_ok=True)
        self.exemplaires = {nom: VoisinDExemple(nom) for nom in self.voisins}
        urls = {f"url_{nom}": exemplaire.url for nom, exemplaire in self.exemplaires.items()}
        migrations = Path(self.main.__file__).parent / "migrations"
        self.banc = Banc(self.main.application, self.main.Reglages, migrations, dossier, **urls | reglages)
        if modele is None:
            self.garnir()

    def garnir(self) -> None:
        """What the model holds besides its tables."""

    def fermer(self) -> None:
        """Let go of the database and of the neighbours' ports."""
        self.banc.engine.dispose()
        for exemplaire in self.exemplaires.values():
            exemplaire.arreter()

    def geste(self, operation: Operation, cas: str) -> Geste:
        """Make the state that the operation needs. Raises AttributeError where nobody has said which."""
        geste: Geste = getattr(self, operation.acte.replace(".", "__"))(cas)
        return geste

    def demander(self, operation: Operation, geste: Geste, corps: Any = None) -> Any:
        """Ask, with these parameters and this body; the answer."""
        valeurs = dict(geste.parametres)
        chemin = re.sub(r"{(\w+)}", lambda trouve: str(valeurs.pop(trouve.group(1))), operation.gabarit)
        genre = "json" if operation.type_de_corps in (None, JSON) else "data"
        options: dict[str, Any] = {} if corps is None else {genre: corps}
        options["params"] = {
            p["name"]: p["example"] for p in operation.parametres if "example" in p and p["in"] == "query"
        }
        options["params"] |= valeurs
        if geste.jeton:
            options["headers"] = {"Authorization": f"Bearer {geste.jeton}"}
        return self.banc.en_tant_que(geste.persona).demander(operation.methode, chemin, **options)

    def fait(self, persona: Persona | None, methode: str, chemin: str, **corps: Any) -> Any:
        """One act that must succeed; its answer."""
        recu = self.banc.en_tant_que(persona).demander(methode, chemin, **({"json": corps} if corps else {}))
        assert recu.status_code < 300, (chemin, recu.text)
        return recu

    def sondes__vie(self, _: str) -> Geste:
        return Geste()

    sondes__pret = sondes__version = sondes__mesurer = sondes__vie

    def journal__lire(self, _: str) -> Geste:
        """An event in the outbox, ranked as its relay does."""
        un_evenement(self.banc, self.service)
        ranger(self.banc.engine)
        return Geste(un_service("audit", self.service), {"apres": 0})

    def journal__purger_jusqu_a(self, _: str) -> Geste:
        return Geste(un_service("audit", self.service))


def un_evenement(banc: Banc, source: str) -> None:
    """The event of the contract's example, in the outbox of a service."""
    id = uuid7()
    groupe = une_utilisatrice(un_groupe()).claims["groups"][0]
    corps = composer(
        id=id, source=source, type="cdap.rubrique.lue", instant=datetime.now(UTC), groupe=None, issue="accorde",
        cause=None, notes={"objet": groupe["id"]}, acces=Acces(acte="consultations.lire_rubrique", sujet=MEMBRE),
    )  # fmt: skip
    with banc.engine.begin() as connexion:
        connexion.execute(insert(outbox).values(id=str(id), corps=corps, inscrit_a=0.0))


class EtatIdentity(Etat):
    """identity; habilitation is its examples."""

    service, main, voisins = "identity", identity.main, ("habilitation",)

    def __init__(self, dossier: Path, modele: Path | None = None) -> None:
        super().__init__(dossier, modele, argon2_time_cost=1, argon2_memory_cost=8)
        self.secrets = self.banc.reglages.dossier_secrets
        self.banc.signataire = Signataire(next((self.secrets / "cles").glob("*.pem")))

    def une_personne(self) -> str:
        """Someone who has chosen her password."""
        identifiant, provisoire = self.une_nouvelle()
        self.fait(None, "POST", "/identity/v1/mots-de-passe",
                  identifiant=identifiant, ancien=provisoire, nouveau=MOT_DE_PASSE)  # fmt: skip
        return identifiant

    def une_nouvelle(self) -> tuple[str, str]:
        """Someone whose account was just made: identifiant, provisional password."""
        self.fait(un_administrateur(), "POST", "/identity/v1/comptes", partenaire=SIRET, nom="Montfort",
                  prenom="Claire", courriel="claire.montfort@ccas.example", theme="acces-aux-droits")  # fmt: skip
        for corvee in identity.main.corvees(self.banc.reglages, self.banc.engine):
            corvee()
        (fichier,) = self.banc.reglages.dossier_courriels.glob("*.eml")
        lettre = message_from_bytes(fichier.read_bytes(), policy=policy.default).get_content()
        identifiant = re.search(r"\bACC[2-9A-HJ-NP-Z]{4,12}\b", lettre)
        provisoire = re.search(r"Mot de passe provisoire\s*:\s*(\S+)", lettre)
        assert identifiant and provisoire
        return identifiant.group(), provisoire.group(1)

    def une_session(self) -> dict[str, Any]:
        """Someone who has just logged in: her tokens."""
        corps = {"identifiant": self.une_personne(), "mot_de_passe": MOT_DE_PASSE}
        jetons: dict[str, Any] = self.fait(None, "POST", "/identity/v1/sessions", **corps).json()
        return jetons

    def un_facteur(self) -> dict[str, Any]:
        """Someone who has asked for a second factor: what its activation needs."""
        preuve = {"identifiant": self.une_personne(), "mot_de_passe": MOT_DE_PASSE}
        secret = self.fait(None, "POST", "/identity/v1/second-facteur", **preuve).json()["secret"]
        return preuve | {"code": pyotp.TOTP(secret).now()}

    def une_demande(self) -> dict[str, str]:
        """What a front end of others, just registered, sends somebody with."""
        travail = Travail(self.banc.engine, self.service, DepotsSql)
        client, _ = inscrire_client(travail, Acces(acte="test"), "Agenda", (RETOUR,), (), secret=False)
        defi = en_base64url(hashlib.sha256(VERIFICATEUR.encode()).digest())
        return {
            "client_id": client.id, "redirect_uri": RETOUR, "response_type": "code", "scope": "openid",
            "code_challenge": defi, "code_challenge_method": "S256",
        }  # fmt: skip

    def un_formulaire(self, demande: dict[str, str]) -> str:
        """The sealed field of the page; its cookie stays with the bench."""
        page = self.banc.en_tant_que(None).get("/identity/v1/oidc/autorisation", params=demande)
        trouve = re.search(r'name="formulaire" value="([^"]+)"', page.text)
        assert trouve, page.text
        return trouve.group(1)

    def oidc__autorisation(self, _: str) -> Geste:
        return Geste(parametres=self.une_demande())

    def oidc__connecter(self, _: str) -> Geste:
        return Geste(connus={"identifiant": self.une_personne(), "formulaire": self.un_formulaire(self.une_demande())})

    def oidc__changer_le_mot_de_passe(self, _: str) -> Geste:
        identifiant, provisoire = self.une_nouvelle()
        formulaire = self.un_formulaire(self.une_demande())
        return Geste(connus={"identifiant": identifiant, "ancien": provisoire, "formulaire": formulaire})

    def oidc__jetons(self, cas: str) -> Geste:
        demande = self.une_demande()
        preuve = {"identifiant": self.une_personne(), "mot_de_passe": MOT_DE_PASSE}
        personne = self.banc.en_tant_que(None)
        entree = preuve | {"formulaire": self.un_formulaire(demande)}
        recu = personne.post("/identity/v1/oidc/connexion", data=entree)
        code = parse_qs(urlsplit(recu.headers["Location"]).query)["code"][0]
        connus = {
            "client_id": demande["client_id"], "redirect_uri": RETOUR, "code": code, "code_verifier": VERIFICATEUR,
        }  # fmt: skip
        if cas == "code":
            return Geste(connus=connus)
        octroi = {"grant_type": "authorization_code"}
        jetons = personne.post("/identity/v1/oidc/jetons", data=connus | octroi).json()
        return Geste(connus={"client_id": demande["client_id"], "refresh_token": jetons["refresh_token"]})

    def oidc__decouvrir(self, _: str) -> Geste:
        return Geste()

    oidc__deconnexion = oidc__deconnexion_par_formulaire = oidc__decouvrir

    def oidc__sujet(self, _: str) -> Geste:
        return Geste(jeton=self.une_session()["access_token"])

    def sessions__ouvrir(self, _: str) -> Geste:
        return Geste(connus={"identifiant": self.une_personne()})

    def sessions__rafraichir(self, _: str) -> Geste:
        return Geste(connus={"refresh_token": self.une_session()["refresh_token"]})

    def sessions__lister(self, _: str) -> Geste:
        return Geste(jeton=self.une_session()["access_token"])

    sessions__fermer = comptes__lire_le_mien = sessions__lister

    def sessions__fermer_une(self, _: str) -> Geste:
        jeton = self.une_session()["access_token"]
        ici = {"headers": {"Authorization": f"Bearer {jeton}"}}
        sid = self.banc.en_tant_que(None).get("/identity/v1/sessions", **ici).json()["sessions"][0]["sid"]
        return Geste(parametres={"sid": sid}, jeton=jeton)

    def mots_de_passe__changer(self, _: str) -> Geste:
        identifiant, provisoire = self.une_nouvelle()
        return Geste(connus={"identifiant": identifiant, "ancien": provisoire})

    def mots_de_passe__declarer_oublie(self, _: str) -> Geste:
        captcha = captchas.nouveau(datetime.now(UTC))
        return Geste(
            connus={"captcha": captcha.nom(empreinte(cachet.ouvrir(self.secrets / "cachet"), captcha, "Kd7mRx"))}
        )

    def captchas__demander(self, _: str) -> Geste:
        return Geste()

    identifiants__expliquer_oubli = cles__publier = captchas__demander

    def comptes__creer(self, _: str) -> Geste:
        return Geste(un_administrateur())

    def agents__nommer(self, _: str) -> Geste:
        return Geste(un_referent())

    second_facteur__exiger = comptes__creer

    def comptes__fermer(self, _: str) -> Geste:
        return Geste(un_referent(), {"identifiant": self.une_personne()})

    sessions__fermer_celles_de = mots_de_passe__imposer = comptes__fermer

    def mots_de_passe__renvoyer(self, _: str) -> Geste:
        return Geste(un_referent(), {"identifiant": self.une_nouvelle()[0]})

    def second_facteur__enroler(self, _: str) -> Geste:
        return Geste(connus={"identifiant": self.une_personne()})

    def second_facteur__activer(self, _: str) -> Geste:
        return Geste(connus=self.un_facteur())

    def second_facteur__retirer(self, _: str) -> Geste:
        facteur = self.un_facteur()
        self.fait(None, "POST", "/identity/v1/second-facteur/activation", **facteur)
        return Geste(un_referent(), {"identifiant": facteur["identifiant"]})

    def internes__verifier_compte(self, _: str) -> Geste:
        return Geste(un_service("habilitation", "identity"), connus={"identifiant": self.une_personne()})

    def internes__suivre_revocations(self, _: str) -> Geste:
        jeton = self.une_session()["access_token"]
        recu = self.banc.en_tant_que(None).delete(
            "/identity/v1/sessions/courante", headers={"Authorization": f"Bearer {jeton}"}
        )
        assert recu.status_code == 204
        return Geste(un_service("gateway", "identity"), {"apres": 0})

    def internes__emettre_jeton(self, cas: str) -> Geste:
        (self.secrets / "clients").mkdir(exist_ok=True)
        for client in ("audit", "portail"):
            (self.secrets / "clients" / client).write_text(EMPREINTE)
        return Geste(connus={"secret": SECRET})


SECRET = "secret-des-tests"
EMPREINTE = hashlib.sha256(SECRET.encode()).hexdigest()


class EtatHabilitation(Etat):
    """habilitation; identity is its examples, so every account belongs to the partner of the examples."""

    service, main, voisins = "habilitation", habilitation.main, ("identity",)
    ici = f"/habilitation/v1/partenaires/{SIRET}"
    referent: ClassVar[Persona] = un_referent()
    administrateur: ClassVar[Persona] = un_administrateur()

    def un_partenaire(self) -> None:
        """A partner that has signed nothing."""
        self.fait(self.referent, "POST", "/habilitation/v1/partenaires", siret=SIRET, raison_sociale="CCAS")

    def un_document(self, **champs: Any) -> str:
        """One of its documents; the id."""
        return str(self.fait(self.referent, "POST", f"{self.ici}/documents", **champs).json()["id"])

    def conventionne(self) -> None:
        """A partner that has signed everything."""
        self.un_partenaire()
        for genre in ("convention", "contrat"):
            self.un_document(genre=genre, signe_le="2026-01-05")
        self.un_document(genre="bulletin", signe_le="2026-01-05", service="cdap", profils=["T1", "T2"],
                         finalite="accompagnement-social", fondement="mission-interet-public",
                         destinataire="travailleurs-sociaux")  # fmt: skip

    def administre(self) -> None:
        """The same, with its administrateur principal."""
        self.conventionne()
        self.fait(self.referent, "POST", f"{self.ici}/administrateurs", identifiant="ACC2ADMN", place="principal")

    def un_groupe(self) -> str:
        """An empty group of that partner; its id."""
        self.administre()
        demande = {"nom": "Accueil", "service": "cdap", "profil": "T1", "portee": "mono", "organismes": [CAF]}
        return str(self.fait(self.administrateur, "POST", f"{self.ici}/groupes", **demande).json()["id"])

    def un_groupe_plein(self) -> str:
        """A group with a member, who is its responsable; its id."""
        groupe = self.un_groupe()
        ici = f"/habilitation/v1/groupes/{groupe}"
        self.fait(self.administrateur, "POST", f"{ici}/membres", identifiant=MEMBRE, motif="Prise de poste")
        self.fait(self.administrateur, "PUT", f"{ici}/responsable", identifiant=MEMBRE)
        return groupe

    def une_suspension(self) -> str:
        """The member suspended; the id of the suspension."""
        self.un_groupe_plein()
        demande = {"identifiant": MEMBRE, "motif": "Connexions atypiques"}
        return str(self.fait(self.referent, "POST", f"{self.ici}/suspensions", **demande).json()["id"])

    def partenaires__creer(self, _: str) -> Geste:
        return Geste(self.referent)

    def partenaires__lire(self, _: str) -> Geste:
        self.une_suspension()
        self.un_document(genre="eligibilite", etat="envoye", le="2026-01-05")
        return Geste(self.administrateur, {"siret": SIRET})

    def partenaires__enregistrer_document(self, _: str) -> Geste:
        self.un_partenaire()
        return Geste(self.referent, {"siret": SIRET})

    def partenaires__avancer_document(self, _: str) -> Geste:
        self.un_partenaire()
        document = self.un_document(genre="convention", etat="envoye", le="2026-01-05")
        return Geste(self.referent, {"siret": SIRET, "document": document})

    def partenaires__clore_document(self, _: str) -> Geste:
        self.un_partenaire()
        document = self.un_document(genre="convention", signe_le="2026-01-05")
        return Geste(self.referent, {"siret": SIRET, "document": document})

    def partenaires__designer_administrateur(self, _: str) -> Geste:
        self.conventionne()
        return Geste(self.referent, {"siret": SIRET})

    def partenaires__remplacer_administrateur(self, _: str) -> Geste:
        self.administre()
        return Geste(self.referent, {"siret": SIRET, "place": "principal"})

    partenaires__retirer_administrateur = partenaires__remplacer_administrateur

    def suspensions__lire(self, _: str) -> Geste:
        suspension = self.une_suspension()
        self.fait(self.referent, "POST", f"{self.ici}/suspensions/{suspension}/levee", motif="Explications reçues")
        return Geste(self.administrateur, {"siret": SIRET})

    def suspensions__prononcer(self, _: str) -> Geste:
        self.un_groupe_plein()
        return Geste(self.referent, {"siret": SIRET})

    def suspensions__lever(self, _: str) -> Geste:
        return Geste(self.referent, {"suspension": self.une_suspension(), "siret": SIRET})

    def explications__expliquer(self, _: str) -> Geste:
        self.un_groupe_plein()
        return Geste(self.administrateur, {"siret": SIRET})

    def explications__habilites(self, _: str) -> Geste:
        self.un_groupe_plein()
        return Geste(self.referent, {"le": datetime.now(UTC).date().isoformat()})

    def groupes__creer(self, _: str) -> Geste:
        self.administre()
        return Geste(self.administrateur, {"siret": SIRET})

    def groupes__ajouter_membre(self, _: str) -> Geste:
        return Geste(self.administrateur, {"groupe": self.un_groupe()})

    groupes__designer_responsable = groupes__ajouter_membre

    def groupes__lire(self, _: str) -> Geste:
        return Geste(self.administrateur, {"groupe": self.un_groupe_plein()})

    groupes__changer = groupes__fermer = groupes__retirer_responsable = groupes__lire

    def groupes__retirer_membre(self, _: str) -> Geste:
        return Geste(self.administrateur, {"groupe": self.un_groupe_plein(), "identifiant": MEMBRE})

    def internes__droits_en_vigueur(self, _: str) -> Geste:
        self.un_groupe_plein()
        return Geste(un_service("identity", "habilitation"))

    def internes__verifier_partenaire(self, _: str) -> Geste:
        self.un_partenaire()
        return Geste(un_service("identity", "habilitation"))

    def internes__suivre_revocations(self, _: str) -> Geste:
        self.une_suspension()
        return Geste(un_service("gateway", "habilitation"), {"apres": 0})


class EtatCdap(Etat):
    """cdap, with the dossier of the contract's examples."""

    service, main = "cdap", cdap.main
    ouvrir: ClassVar[Operation] = operations("cdap")["consultations.ouvrir"]

    def __init__(self, dossier: Path, modele: Path | None = None) -> None:
        super().__init__(dossier, modele, cafs=Path(fabrique.__file__).with_name("cafs.yaml"))

    def garnir(self) -> None:
        lu = resources.files("contracts").joinpath("cdap/exemple.dossier.json").read_bytes()
        self.mettre(decoder(json.dumps(json.loads(lu)).encode()))

    def mettre(self, *dossiers: Dossier) -> None:
        """Take dossiers in, as an import does."""
        with self.banc.engine.begin() as connexion:
            DossiersSql(connexion).fusionner(dossiers)

    def une_consultation(self, profil: str = "T1", **saisi: Any) -> tuple[Persona, str]:
        """Somebody who has just opened the dossier, and her consultation."""
        persona = une_utilisatrice(un_groupe(profil=profil))
        corps = saisi or self.ouvrir.requetes["simple"]
        return persona, str(self.fait(persona, "POST", "/cdap/v1/consultations", **corps).json()["id"])

    def une_attestation(self) -> tuple[Persona, str]:
        """Somebody who may have one: the last paid month is known."""
        self.mettre(un_dossier_paye())
        return self.une_consultation(**saisie())

    def consultations__ouvrir(self, cas: str) -> Geste:
        if cas != "instructeur":
            return Geste(une_utilisatrice(un_groupe(profil="T1")))
        self.mettre(un_dossier_paye())
        connus = {"numero_instructeur": saisie()["numero_instructeur"]}
        return Geste(une_utilisatrice(un_groupe(profil="T4")), connus=connus)

    def consultations__lire_rubrique(self, cas: str) -> Geste:
        """The summary of an example says what was asked: « rubriques/paiements?vue=periode »."""
        exemples = operations("cdap")["consultations.lire_rubrique"].reponses
        chemin, _, question = exemples[cas].resume.partition("?")
        rubrique = chemin.removeprefix("rubriques/")
        persona, consultation = self.une_consultation("T6" if rubrique.startswith("cmu") else "T1")
        return Geste(persona, {"consultation": consultation, "rubrique": rubrique, **dict(parse_qsl(question))})

    def envois__demander_attestation(self, _: str) -> Geste:
        persona, consultation = self.une_attestation()
        return Geste(persona, {"consultation": consultation})

    def envois__suivre_attestation(self, _: str) -> Geste:
        persona, consultation = self.une_attestation()
        ici = f"/cdap/v1/consultations/{consultation}/attestations"
        return Geste(persona, {"attestation": self.fait(persona, "POST", ici, canal="courrier").json()["id"]})

    def envois__ecrire(self, _: str) -> Geste:
        persona, consultation = self.une_consultation()
        return Geste(persona, {"consultation": consultation})

    def envois__lire_message(self, _: str) -> Geste:
        persona, consultation = self.une_consultation()
        saisi = operations("cdap")["envois.ecrire"].requetes["avec_le_numero"]
        ecrit = self.fait(persona, "POST", f"/cdap/v1/consultations/{consultation}/messages", **saisi)
        return Geste(persona, {"message": ecrit.json()["id"]})


class EtatAudit(Etat):
    """audit, whose journal holds what cdap's examples gave it."""

    service, main, voisins = "audit", audit.main, ()
    controleur: ClassVar[Persona] = un_agent("caf:controleur")

    def garnir(self) -> None:
        source = VoisinDExemple("cdap")
        try:
            lot = SourceHttp("cdap", Voisin("cdap", source.url, lambda _: "jeton")).demander(0, 500, 0)
        finally:
            source.arreter()
        accueil = accueillir(RegistreSql(self.banc.engine), "cdap", lot)
        assert accueil.nouvelles == 1, accueil

    def evenements__lister(self, _: str) -> Geste:
        return Geste(self.controleur)

    evenements__rechercher = exports__exporter = extraits__etablir = evenements__lister

    def supervision__compter(self, _: str) -> Geste:
        """The day of the example's event; the other parameters have examples of their own."""
        jour = {"depuis": "2026-01-25", "jusqu_a": "2026-01-25", "par": "partenaire"}
        return Geste(un_agent("caf:superviseur"), jour)

    def evenements__lire(self, _: str) -> Geste:
        with self.banc.engine.begin() as connexion:
            id = connexion.execute(text("SELECT id FROM journal")).scalar_one()
        return Geste(self.controleur, {"evenement": id})


ETATS: dict[str, type[Etat]] = {etat.service: etat for etat in (EtatIdentity, EtatHabilitation, EtatCdap, EtatAudit)}
