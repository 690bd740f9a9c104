"""A house with one Caf, one partner and its people; everything is made through the API, as the Caf would."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from atelier import Banc, Persona, un_administrateur, un_referent, un_service, un_utilisateur
from habilitation.adapters.tables import version
from habilitation.main import MIGRATIONS, application
from habilitation.settings import Reglages
from socle.database import lecture
from socle.fil import fil
from socle.refus import VoisinIndisponible

SIRET = "99900031800017"
AUTRE_SIRET = "73282932000074"
V1 = "/habilitation/v1"
BULLETIN = {
    "genre": "bulletin",
    "signe_le": "2026-01-05",
    "service": "cdap",
    "profils": ["T1", "T2"],
    "finalite": "accompagnement-social",
    "fondement": "mission-interet-public",
    "destinataire": "travailleurs-sociaux",
}


class ComptesEnMemoire:
    """Identity's accounts in a dictionary; passes the tests of `adapters/test_comptes.py` like the real one."""

    def __init__(self) -> None:
        self.partenaires: dict[str, str | None] = {}
        self.en_panne = False

    def partenaire_de(self, identifiant: str, trace: str | None) -> str | None:
        if self.en_panne:
            raise VoisinIndisponible("identity_injoignable")
        return self.partenaires.get(identifiant)


class Maison(Banc):
    """The bench of this service, with what its tests do often."""

    def __init__(self, dossier: Path) -> None:
        self.comptes = ComptesEnMemoire()
        super().__init__(application, Reglages, MIGRATIONS, dossier, doublures={"comptes": self.comptes})
        self.referent = un_referent()
        self.administrateur = un_administrateur(partenaire=SIRET)

    def utilisateur(self, sub: str, siret: str = SIRET, **claims: Any) -> Persona:
        """A user whose account belongs to this partner."""
        self.comptes.partenaires[sub] = siret
        return un_utilisateur(sub=sub, partenaire=siret, **claims)

    def partenaire(self, siret: str = SIRET, caf: str = "831") -> str:
        """A partner that has signed nothing."""
        reponse = self.en_tant_que(un_referent(caf=caf)).post(
            f"{V1}/partenaires", json={"siret": siret, "raison_sociale": "CCAS de Sainte-Orsane"}
        )
        assert reponse.status_code == 201, reponse.text
        return siret

    def document(self, siret: str = SIRET, caf: str = "831", **champs: Any) -> Any:
        """File a document; the response."""
        return self.en_tant_que(un_referent(caf=caf)).post(
            f"{V1}/partenaires/{siret}/documents", json={"signe_le": "2026-01-05"} | champs
        )

    def conventionne(self, siret: str = SIRET, caf: str = "831", administrateur: str = "ACC2ADMN") -> str:
        """A partner with convention, contrat, CDAP bulletin for T1 and T2, and an administrateur principal."""
        self.partenaire(siret, caf)
        for document in ({"genre": "convention"}, {"genre": "contrat"}, BULLETIN):
            assert self.document(siret, caf, **document).status_code == 201
        self.comptes.partenaires[administrateur] = siret
        reponse = self.designer(administrateur, "principal", siret, caf)
        assert reponse.status_code == 201, reponse.text
        return siret

    def designer(self, identifiant: str, place: str, siret: str = SIRET, caf: str = "831") -> Any:
        """Name an administrateur; the response."""
        return self.en_tant_que(un_referent(caf=caf)).post(
            f"{V1}/partenaires/{siret}/administrateurs", json={"identifiant": identifiant, "place": place}
        )

    def creer_groupe(
        self, persona: Persona | None = None, siret: str = SIRET, headers: dict[str, str] | None = None, **champs: Any
    ) -> Any:
        """Create a group as the administrateur, or as this person; the response."""
        demande = {"nom": "Accompagnement social", "service": "cdap", "profil": "T1", "portee": "mono"} | champs
        return self.en_tant_que(persona or self.administrateur).post(
            f"{V1}/partenaires/{siret}/groupes", json=demande, headers=headers or {}
        )

    def changer(self, groupe: str, persona: Persona | None = None, **champs: Any) -> Any:
        """Change a group; the response."""
        return self.en_tant_que(persona or self.administrateur).demander("PATCH", f"{V1}/groupes/{groupe}", json=champs)

    def suspendre(self, persona: Persona | None = None, **cible: str) -> Any:
        """Suspend a service, a group or a user; the response."""
        return self.en_tant_que(persona or self.referent).post(
            f"{V1}/partenaires/{SIRET}/suspensions", json={"motif": "Connexions atypiques"} | cible
        )

    def lever(self, suspension: str, persona: Persona | None = None) -> Any:
        """Lift a suspension; the response."""
        return self.en_tant_que(persona or self.referent).post(
            f"{V1}/partenaires/{SIRET}/suspensions/{suspension}/levee", json={"motif": "Explications reçues"}
        )

    def coupes(self, apres: int) -> list[dict[str, Any]]:
        """The revocations after a number, without their number."""
        reponse = self.en_tant_que(un_service("gateway", "habilitation")).get(
            f"{V1}/revocations", params={"apres": apres}
        )
        assert reponse.status_code == 200, reponse.text
        return [entree["contenu"] for entree in reponse.json()["entrees"]]

    @property
    def dernier_numero(self) -> int:
        """The last number of the feed."""
        with lecture(self.engine) as connexion:
            return int(connexion.execute(select(func.max(fil.c.numero))).scalar() or 0)

    def groupe(self, **champs: Any) -> str:
        """A group that exists; its id."""
        reponse = self.creer_groupe(**champs)
        assert reponse.status_code == 201, reponse.text
        return str(reponse.json()["id"])

    def ajouter(self, groupe: str, identifiant: str, persona: Persona | None = None, **champs: Any) -> Any:
        """Put someone in a group; the response."""
        return self.en_tant_que(persona or self.administrateur).post(
            f"{V1}/groupes/{groupe}/membres", json={"identifiant": identifiant} | champs
        )

    def retirer(self, groupe: str, identifiant: str, persona: Persona | None = None) -> Any:
        """Take someone out of a group; the response."""
        return self.en_tant_que(persona or self.administrateur).delete(f"{V1}/groupes/{groupe}/membres/{identifiant}")

    def confier(self, groupe: str, identifiant: str, persona: Persona | None = None) -> Any:
        """Name the responsable of a group; the response."""
        return self.en_tant_que(persona or self.administrateur).put(
            f"{V1}/groupes/{groupe}/responsable", json={"identifiant": identifiant}
        )

    def droits(self, identifiant: str, siret: str | None = SIRET) -> Any:
        """The rights in force, as identity reads them."""
        reponse = self.en_tant_que(un_service("identity", "habilitation")).post(
            f"{V1}/droits-en-vigueur", json={"identifiant": identifiant, "partenaire": siret}
        )
        assert reponse.status_code == 200, reponse.text
        return reponse.json()

    @property
    def version(self) -> int:
        """The version of the rights."""
        with lecture(self.engine) as connexion:
            return int(connexion.execute(select(version.c.version)).scalar_one())

    def le_refus(self, type: str, cause: str, issue: str = "refuse", **data: Any) -> None:
        """The last event is this refusal, with its true cause."""
        trace = self.derniere_trace
        attendu = {"type": f"habilitation.{type}", "issue": issue, "cause": cause, **data}
        assert {cle: trace[cle] for cle in attendu} == attendu

    def l_accord(self, type: str, **data: Any) -> None:
        """The last event is this act, granted."""
        trace = self.derniere_trace
        attendu = {"type": f"habilitation.{type}", "issue": "accorde", "cause": None, **data}
        assert {cle: trace[cle] for cle in attendu} == attendu


@pytest.fixture
def maison(tmp_path: Path) -> Iterator[Maison]:
    """An empty house."""
    maison = Maison(tmp_path)
    yield maison
    maison.engine.dispose()


@pytest.fixture
def prete(maison: Maison) -> Maison:
    """A house whose partner is conventionné and has its administrateur ACC2ADMN."""
    maison.conventionne()
    return maison


@pytest.fixture
def pleine(prete: Maison) -> Maison:
    """A house with at least one open row in every table."""
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB", motif="Prise de poste")
    prete.confier(groupe, "ACC3MEMB")
    prete.document(genre="eligibilite", etat="envoye", le="2026-01-05")
    prete.document(**{**BULLETIN, "service": "afas", "profils": ["FDA"], "etat": "envoye", "le": "2026-01-05"})
    prete.changer(groupe, nom="Accueil")
    prete.suspendre(identifiant="ACC4AUTR")
    prete.suspendre(groupe=groupe)
    prete.creer_groupe(headers={"Idempotency-Key": "une-cle"})
    return prete


def est_un_probleme(reponse: Any, statut: int, code: str) -> bool:
    """Whether the response is this problem."""
    return bool(reponse.status_code == statut and reponse.json()["type"] == f"urn:mcp:probleme:{code}")


@pytest.fixture
def probleme() -> Any:
    """The check of a problem: `probleme(reponse, 404, "ressource-inconnue")`."""
    return est_un_probleme
