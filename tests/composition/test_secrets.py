"""docs/exploitation/secrets.md, typed under consultations that go on: no client is told, nothing is lost."""

import json
import sys
import threading

import pytest

from atelier.foule import Foule
from atelier.pile import Pile
from atelier.procedures import Procedures

pytestmark = pytest.mark.timeout(1200)
CLIENTS, AVANT, PATIENCE_S = 6, 30, 180
ROLES = ("owner", "app", "relay")
LU = "SELECT 1"


@pytest.fixture
def procedures(pile: Pile) -> Procedures:
    return Procedures("secrets.md", pile)


def test_les_secrets_se_tournent_pendant_que_l_on_consulte(
    pile: Pile, procedures: Procedures, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = pile.var / "compose" / "secrets"
    anciens = {role: (secrets / "cdap-base" / role).read_text() for role in ROLES}
    ancien_client = (secrets / "cdap" / "cdap" / "client").read_text()
    assez = threading.Event()
    foule = Foule(pile, assez, CLIENTS)
    foule.entrer()
    try:
        foule.avancer(AVANT, PATIENCE_S)
        for bloc, phrases in (("un-service", 5), ("tous", 26)):
            dit = procedures.reussir(bloc)
            assert len([ligne for ligne in dit.splitlines() if "tourné" in ligne]) == phrases
            lues = foule.lues
            foule.avancer(lues + AVANT, PATIENCE_S)
            assert foule.lues >= lues + AVANT, f"no consultations after {bloc}"
        # What starts again proves itself with what there is now, under the same load.
        for nom in ("cdap-relay", "audit-collecte", "gateway-interne"):
            assert pile.docker("restart", pile.conteneur(nom)).returncode == 0
        foule.avancer(foule.lues + AVANT, PATIENCE_S)
    finally:
        assez.set()
        foule.sortir()
    with capsys.disabled():
        sys.stdout.write(f"\n{foule.lues} lues, {dict(foule.statuts)}\n")
    assert set(foule.statuts) == {200, 201}
    for role, mot in anciens.items():
        assert pile.psql("cdap", role, LU).stdout.strip() == "1"
        refus = pile.docker(
            "exec", "-e", f"PGPASSWORD={mot}", pile.conteneur("cdap-base"),
            "psql", "-X", "-h", "127.0.0.1", "-U", f"mcp_{role}", "-d", "cdap", "-c", LU,
        )  # fmt: skip
        assert "password authentication failed" in refus.stderr
    assert (secrets / "cdap" / "cdap" / "client").read_text() != ancien_client
    assert procedures.reussir("restes") == ""
    pile.attendre(lambda: set(foule.vus) <= _au_journal(pile), PATIENCE_S)


def test_les_cles_de_signature_se_tournent(procedures: Procedures) -> None:
    assert procedures.reussir("cles")


def _au_journal(pile: Pile) -> set[str]:
    rendu = pile.commande("audit", "exporter")
    entrees = (json.loads(ligne) for ligne in rendu.stdout.splitlines()) if rendu.returncode == 0 else ()
    return {json.loads(entree["corps"])["id"] for entree in entrees if "corps" in entree}
