"""Each role, user and container can do its part, and no more."""

import pytest

from atelier.pile import Pile

REFUS = "permission denied"
ECRITURES = ("UPDATE journal SET rang = rang", "DELETE FROM journal", "TRUNCATE journal", "DROP TABLE journal")


@pytest.mark.parametrize("ordre", ECRITURES)
def test_ce_qui_sert_ne_change_pas_le_journal(pile: Pile, ordre: str) -> None:
    fait = pile.psql("audit", "app", ordre)
    assert fait.returncode != 0
    assert REFUS in fait.stderr or "must be owner" in fait.stderr


def test_ce_qui_sert_lit_et_ajoute_au_journal(pile: Pile) -> None:
    droits = "SELECT has_table_privilege('journal', 'INSERT'), has_table_privilege('journal', 'SELECT')"
    assert pile.psql("audit", "app", droits).stdout.strip() == "t|t"


@pytest.mark.parametrize("service", ["identity", "habilitation", "cdap", "audit", "gateway"])
@pytest.mark.parametrize("role", ["app", "relay"])
def test_seul_le_proprietaire_change_les_tables(pile: Pile, service: str, role: str) -> None:
    fait = pile.psql(service, role, "CREATE TABLE a_moi (x int)")
    assert fait.returncode != 0 and REFUS in fait.stderr
    assert pile.psql(service, "owner", "CREATE TABLE a_moi (x int); DROP TABLE a_moi").returncode == 0


def test_un_service_n_atteint_que_sa_base_et_ses_voisins(pile: Pile) -> None:
    """A network has no direction: audit, which calls cdap, can be reached from there as well (ADR 33)."""
    assert _atteint(pile, "cdap", "cdap-base", 5432) and _atteint(pile, "cdap", "identity", 8000)
    for ailleurs, port in (("audit-base", 5432), ("habilitation", 8000), ("courtier", 5672), ("identity-base", 5432)):
        assert not _atteint(pile, "cdap", ailleurs, port), ailleurs


def test_un_service_ne_lit_pas_la_file_d_audit_et_ne_publie_que_les_siens(pile: Pile) -> None:
    assert _courtier(pile, "basic_get('audit')") == "AccessRefused"
    assert _courtier(pile, "basic_get('audit.rebut')") == "AccessRefused"
    assert _courtier(pile, "queue_declare('a.moi')") == "AccessRefused"
    publier = (
        "basic_publish(c.prepare_message(b'x'), exchange='evenements', routing_key='{}'); lien.drain_events(timeout=1)"
    )
    assert _courtier(pile, publier.format("identity.session.ouverte")) == "AccessRefused"


def test_les_conteneurs_n_ecrivent_que_chez_eux_et_ne_sont_personne(pile: Pile) -> None:
    for nom in ("gateway", "identity", "habilitation", "cdap", "audit"):
        assert pile.docker("exec", pile.conteneur(nom), "id", "-u").stdout.strip() == "10001"
        assert pile.docker("exec", pile.conteneur(nom), "sh", "-c", "echo > /opt/mcp/x").returncode != 0
        assert pile.docker("exec", pile.conteneur(nom), "sh", "-c", "command -v gcc pip").returncode != 0


def _atteint(pile: Pile, depuis: str, hote: str, port: int) -> bool:
    essai = f"import socket; socket.create_connection(({hote!r}, {port}), 2)"
    return pile.docker("exec", pile.conteneur(depuis), "python", "-c", essai).returncode == 0


def _courtier(pile: Pile, appel: str) -> str:
    """What the broker makes of one call by the user of cdap: the class of its refusal, or nothing."""
    essai = f"""
from socle.courtier import ouvrir
from cdap.settings import Reglages
lien = ouvrir(Reglages().courtier_de())
c = lien.channel()
try:
    c.{appel}
except Exception as refus:
    print(type(refus).__name__)
"""
    return pile.docker("exec", pile.conteneur("cdap-relay"), "python", "-c", essai).stdout.strip()
