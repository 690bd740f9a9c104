"""What is in an image, and how little: of one service, of nobody, with nothing to build with and nothing to hide."""

import json
import subprocess
from typing import Any

import pytest
import yaml

from atelier.maison import RACINE
from atelier.pile import Pile

SERVICES = ("identity", "habilitation", "cdap", "audit", "gateway")
NOTRES = {*SERVICES, "contracts", "socle"}
PLUS_QUE_LA_BASE = 60_000_000
OUTILS = "gcc cc g++ make pip pip3 git curl wget gpg"
NOMMES = ("*.pem", "*.key", ".env", "base_app", "base_owner", "base_relay", "courtier", ".git")
PARMI = " -o ".join(f"-name '{nom}'" for nom in NOMMES)
TRACES = f"find / -xdev \\( {PARMI} \\) -type f"
PUBLICS = ("/etc/ssl/certs/", "/usr/share/ca-certificates/", "/site-packages/certifi/")


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, pile_preparee: Pile) -> str:
    """Each one; its image has been made."""
    return str(request.param)


def test_l_image_dit_sa_version_et_son_commit_et_se_sonde_elle_meme(service: str) -> None:
    config = _fiche(service)["Config"]
    etiquettes = config["Labels"]
    commit = etiquettes["org.opencontainers.image.revision"]
    assert etiquettes["org.opencontainers.image.title"] == f"mcp-{service}"
    assert etiquettes["org.opencontainers.image.version"] not in ("", "0")
    assert subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=RACINE).returncode == 0, commit
    assert config["Healthcheck"]["Test"] == ["CMD", "/usr/local/bin/sante"]
    assert config["User"] not in ("", "root", "0")


def test_l_image_n_ajoute_a_la_base_que_son_service(service: str) -> None:
    assert _fiche(service)["Size"] - _fiche("python")["Size"] < PLUS_QUE_LA_BASE
    essai = f"import importlib.util as u; print(*[n for n in {sorted(NOTRES)} if u.find_spec(n)])"
    assert set(_dedans(service, "python", "-c", essai).split()) == {service, "contracts", "socle"}


def test_rien_n_y_fabrique_et_personne_n_y_est_root(service: str) -> None:
    assert _dedans(service, "id", "-u").strip() == "10001"
    assert _dedans(service, "sh", "-c", f"command -v {OUTILS}; python -m pip --version 2>/dev/null; true") == ""


def test_aucun_secret_n_y_est_ni_dans_les_fichiers_ni_dans_l_environnement(service: str) -> None:
    trouves = _dedans(service, "sh", "-c", f"{TRACES} 2>/dev/null; true").split()
    assert [chemin for chemin in trouves if not any(public in chemin for public in PUBLICS)] == []
    assert (
        _dedans(
            service, "sh", "-c", "ls -A /run/secrets /var/lib/mcp /var/lib/temoins 2>/dev/null | grep -v :; true"
        ).strip()
        == ""
    )
    fiche = _fiche(service)
    dits = json.dumps([fiche["Config"]["Env"], fiche["Config"]["Labels"], fiche["ContainerConfig"].get("Cmd")]).lower()
    assert [mot for mot in ("password", "mot_de_passe", "secret=", "token", "://user") if mot in dits] == []


def test_seule_la_passerelle_est_publiee_et_rien_ne_s_ecrit_hors_des_volumes(pile: Pile) -> None:
    publies = {}
    for nom in pile.conteneurs():
        fiche = json.loads(pile.docker("inspect", pile.conteneur(nom)).stdout)[0]
        hote = fiche["HostConfig"]
        publies[nom] = {port for port, lieux in (hote["PortBindings"] or {}).items() if lieux}
        assert hote["CapDrop"] == ["ALL"], nom
        assert "no-new-privileges:true" in hote["SecurityOpt"] and not hote["Privileged"], nom
        assert hote["ReadonlyRootfs"] or nom == "courtier", nom
        assert fiche["Config"]["User"] not in ("", "root", "0"), nom
        assert not any("docker.sock" in lien for lien in hote["Binds"] or []), nom
    assert {nom: ports for nom, ports in publies.items() if ports} == {"gateway": {"8000/tcp"}}


def test_seuls_les_reseaux_de_la_porte_et_du_courriel_sortent() -> None:
    lue = yaml.safe_load((RACINE / "docker-compose.yml").read_text(encoding="utf-8"))
    assert {nom for nom, reseau in lue["networks"].items() if not reseau.get("internal")} == {"porte", "sortie"}
    sous_reseaux = [reseau["ipam"]["config"][0]["subnet"] for reseau in lue["networks"].values()]
    assert len(set(sous_reseaux)) == len(sous_reseaux)


def _fiche(image: str) -> dict[str, Any]:
    lue = subprocess.run(["docker", "image", "inspect", f"mcp/{image}:local"], capture_output=True, text=True)
    fiche: dict[str, Any] = json.loads(lue.stdout)[0]
    return fiche


def _dedans(service: str, programme: str, *mots: str) -> str:
    """What a program of the image says, with no network and nothing mounted."""
    sans = ["docker", "run", "--rm", "--network=none", "--entrypoint", programme]
    fait = subprocess.run([*sans, f"mcp/{service}:local", *mots], capture_output=True, text=True, timeout=120)
    assert fait.returncode == 0, fait.stderr
    return fait.stdout
