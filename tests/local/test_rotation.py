"""Secrets are turned so that at no moment, wherever it is interrupted, somebody knows only what is refused."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from local.fins import Echec
from pile import coffre
from pile.rotation import TOUS, tourner

from socle.secret import essais

ROLES = ("owner", "app", "relay")
LECTEURS = {"owner": ("cdap-migration",), "app": ("cdap",), "relay": ("cdap-relay",)}


class Interrompue(Exception):
    """Who turned them is gone."""


class Maison:
    """What the other side of each secret knows: databases, broker, identity."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self.bases = {role: self._lire("cdap-base", role) for role in ROLES}
        self.courtier = self._empreinte_du_courtier()
        self.rester = 10**9
        self.ordres: list[str] = []

    def appeler(self, *mots: str, entree: bytes | None = None, echec: str | None = None) -> str:
        """docker-compose, as far as a rotation needs it."""
        self.eprouver()
        dit = (entree or b"").decode()
        self.ordres.append(" ".join(mots))
        if self.rester <= 0:
            raise Interrompue
        self.rester -= 1
        if mots[2] == "courtier":
            self.courtier = base64.b64encode(b"sel." + hashlib.sha256(b"sel." + dit.strip().encode()).digest()).decode()
        else:
            role = dit.partition("ALTER ROLE mcp_")[2].split()[0]
            self.bases[role] = dit.partition("'")[2].partition("'")[0]
        self.eprouver()
        return ""

    def eprouver(self) -> None:
        """Each container can prove itself now."""
        for role, conteneurs in LECTEURS.items():
            for conteneur in conteneurs:
                assert self.bases[role] in essais(self.dossier / conteneur / "cdap" / f"base_{role}")
        clients = self.dossier / "identity" / "identity" / "clients" / "cdap"
        assert clients.read_text() in {
            hashlib.sha256(mot.encode()).hexdigest() for mot in essais(self.dossier / "cdap" / "cdap" / "client")
        }
        mots = list(essais(self.dossier / "cdap-relay" / "cdap" / "courtier"))
        assert any(_prouve(self.courtier, mot) for mot in mots)

    def redemarrer(self) -> None:
        """Databases and broker take what their files say."""
        self.bases = {role: self._lire("cdap-base", role) for role in ROLES}
        self.courtier = self._empreinte_du_courtier()

    def _lire(self, *pas: str) -> str:
        return self.dossier.joinpath(*pas).read_text().strip()

    def _empreinte_du_courtier(self) -> str:
        definis = json.loads(self._lire("courtier", "definitions.json"))
        return str(next(u["password_hash"] for u in definis["users"] if u["name"] == "cdap"))


def _prouve(empreinte: str, mot: str) -> bool:
    octets = base64.b64decode(empreinte)
    return hashlib.sha256(octets[:4] + mot.encode()).digest() == octets[4:]


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    coffre.garnir(tmp_path / "secrets")
    return Maison(tmp_path / "secrets")


def _secrets(dossier: Path) -> dict[str, str]:
    return {str(f.relative_to(dossier)): f.read_text() for f in sorted(dossier.rglob("*")) if f.is_file()}


def test_tous_les_secrets_d_un_service_changent_et_aucun_autre(maison: Maison) -> None:
    avant = _secrets(maison.dossier)
    phrases = list(tourner(maison.dossier, "cdap", maison.appeler))
    apres = _secrets(maison.dossier)
    assert avant.keys() == apres.keys()
    changes = {nom for nom in avant if avant[nom] != apres[nom]}
    assert all("cdap" in nom for nom in changes - {"courtier/definitions.json"})
    noms = {Path(nom).name for nom in changes}
    assert noms == {"client", "base_app", "base_relay", "base_owner", "courtier", "cdap", "definitions.json", *ROLES}
    assert len(phrases) == 5
    maison.redemarrer()
    maison.eprouver()
    neufs = {apres[nom] for nom in changes}
    assert not any(neuf in dit for neuf in neufs for dit in (*phrases, *maison.ordres))


@pytest.mark.parametrize("apres", range(4))
def test_une_rotation_interrompue_laisse_tout_marcher_et_se_reprend(maison: Maison, apres: int) -> None:
    maison.rester = apres
    with pytest.raises(Interrompue):
        list(tourner(maison.dossier, "cdap", maison.appeler))
    maison.eprouver()
    maison.redemarrer()
    maison.eprouver()
    coffre.garnir(maison.dossier)  # `make up` in the middle
    maison.redemarrer()
    maison.eprouver()
    maison.rester = 10**9
    list(tourner(maison.dossier, "cdap", maison.appeler))
    maison.eprouver()
    assert not list(maison.dossier.rglob("*.suivant"))
    avant = _secrets(maison.dossier)
    coffre.garnir(maison.dossier)
    assert _secrets(maison.dossier) == avant


def test_ce_que_lit_un_conteneur_lui_est_toujours_lisible(maison: Maison) -> None:
    list(tourner(maison.dossier, TOUS, lambda *_, **__: ""))
    for fichier in maison.dossier.rglob("*"):
        if fichier.is_file() and "maitres" not in fichier.parts:
            assert fichier.stat().st_mode & 0o777 == 0o444, fichier


def test_les_certificats_poses_sont_remis_a_qui_s_en_sert(maison: Maison) -> None:
    ici = maison.dossier / "certificats"
    for nom in (
        "ac.crt",
        "gateway.crt",
        "gateway.key",
        "cdap-base.crt",
        "cdap-base.key",
        "courtier.crt",
        "courtier.key",
    ):
        (ici / nom).write_text(f"{nom} d'abord")
    coffre.garnir(maison.dossier)
    (ici / "cdap-base.key").write_text("cdap-base.key ensuite")
    coffre.garnir(maison.dossier)
    for chemin, dit in {
        "gateway/gateway/tls.key": "gateway.key d'abord",
        "cdap-base/tls.crt": "cdap-base.crt d'abord",
        "cdap-base/tls.key": "cdap-base.key ensuite",
        "courtier/tls.crt": "courtier.crt d'abord",
        "cdap-migration/ac.crt": "ac.crt d'abord",
        "audit-collecte/ac.crt": "ac.crt d'abord",
    }.items():
        assert (maison.dossier / chemin).read_text() == dit
    assert not list(maison.dossier.rglob("identity-base/tls.*"))


def test_un_service_inconnu_est_dit(maison: Maison) -> None:
    with pytest.raises(Echec, match="Service inconnu"):
        list(tourner(maison.dossier, "adonis", maison.appeler))


def test_sans_secrets_rien_ne_tourne(tmp_path: Path) -> None:
    with pytest.raises(Echec, match="pas encore de secrets"):
        list(tourner(tmp_path / "secrets", "cdap", lambda *_: ""))
