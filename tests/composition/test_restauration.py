"""docs/exploitation/restauration.md, typed: an older database is put back, and the journal says what is missing."""

import re
from pathlib import Path

import pytest

from atelier.pile import Pile
from atelier.procedures import Procedures

pytestmark = pytest.mark.timeout(1800)
PATIENCE_S = 120
ALARME = re.compile(r"^(\d+)  .*?  (\S+), rang \d+ : (\w+) \(ouverte\)$", re.MULTILINE)


@pytest.fixture
def procedures(pile: Pile) -> Procedures:
    return Procedures("restauration.md", pile)


def test_une_base_de_service_remise_est_dite_par_le_journal(pile: Pile, procedures: Procedures, tmp_path: Path) -> None:
    ici = {"SAUVEGARDES": str(tmp_path)}
    _consulter(pile, 3)
    procedures.reussir("sauvegarder", **ici)
    _consulter(pile, 5)
    connu = _rang(pile, "cdap")
    procedures.reussir("remettre", **ici)
    _bien(pile, "cdap")
    situation = procedures.reussir("situer", **ici).strip()
    rang, _, commun = situation.split(":")
    assert int(rang) >= connu > int(commun)
    alarme = _alarme(pile, procedures, "cdap")
    procedures.reussir("reprendre", LIGNEE=situation, **ici)
    procedures.reussir("lever", ALARME=alarme)
    _consulter(pile, 2)
    dit = procedures.reussir("verifier", PERTE="", **ici)
    attendu = f"cdap : restaurée, reprend au rang {int(rang) + 1}, sans les actes des rangs {int(commun) + 1} à {rang}."
    assert attendu in dit.splitlines()


def test_la_base_d_audit_remise_est_comblee_par_ses_sources(pile: Pile, procedures: Procedures, tmp_path: Path) -> None:
    ici = {"SAUVEGARDES": str(tmp_path)}
    _consulter(pile, 2)
    procedures.reussir("sauvegarder", **ici)
    avant = _rang(pile, "audit")
    _consulter(pile, 4)
    for _ in range(3):  # acts of audit itself, which no source has
        assert pile.commande("audit", "exporter").returncode == 0
    pile.attendre(lambda: _rang(pile, "audit") >= avant + 3, PATIENCE_S)
    connus = {source: _rang(pile, source) for source in ("cdap", "identity", "audit")}
    _temoigner(pile, connus["audit"])
    procedures.reussir("remettre-audit", **ici)
    _bien(pile, "audit")
    for source in ("cdap", "identity"):
        pile.attendre(lambda source=source: _rang(pile, source) >= connus[source], PATIENCE_S)
    situation = procedures.reussir("situer-audit", **ici).strip()
    rang, _, commun = situation.split(":")
    assert int(rang) >= connus["audit"] > int(commun)
    procedures.reussir("reprendre-audit", LIGNEE=situation, **ici)
    procedures.reussir("lever", ALARME=_alarme(pile, procedures, "audit"))
    _consulter(pile, 2)
    perdus = f"{int(commun) + 1}-{rang}"
    fait = procedures.taper("verifier", PERTE="", **ici)
    assert fait.returncode == 1
    attendu = f"audit, rangs {int(commun) + 1} à {rang} : entrées perdues, dites par une lignée"
    assert attendu in fait.stdout.splitlines()
    procedures.reussir("verifier", PERTE=f"--perte audit:{perdus}", **ici)


def _consulter(pile: Pile, fois: int) -> None:
    """Consultations whose events are in the journal."""
    compte = next(compte for compte in pile.demo["comptes"] if compte.get("dossier"))
    client, avant = pile.client(compte), _rang(pile, "cdap")
    for _ in range(fois):
        assert client.ouvrir(compte["dossier"]).status_code == 201
    pile.attendre(lambda: _rang(pile, "cdap") >= avant + fois, PATIENCE_S)


def _rang(pile: Pile, source: str) -> int:
    """The last rank of a source that the journal has."""
    lu = pile.psql("audit", "app", f"SELECT coalesce(max(rang), 0) FROM journal WHERE source = '{source}'")
    assert lu.returncode == 0, lu.stderr
    return int(lu.stdout.strip())


def _temoigner(pile: Pile, rang: int) -> None:
    """Until a witness has seen this rank of audit."""
    cherche = ["exec", pile.conteneur("audit-collecte"), "sh", "-c", "cat /var/lib/temoins/*"]
    vus = re.compile(r'"source": ?"audit".*?"rang": ?(\d+)|"rang": ?(\d+).*?"source": ?"audit"')

    def vu() -> bool:
        lus = pile.docker(*cherche).stdout
        return any(int(a or b) >= rang for a, b in vus.findall(lus))

    pile.attendre(vu, PATIENCE_S)


def _bien(pile: Pile, nom: str) -> None:
    pile.attendre(lambda: pile.sain(nom), PATIENCE_S)


def _alarme(pile: Pile, procedures: Procedures, source: str) -> str:
    """The number of the alarm that stops this source, once audit has raised it."""
    vues: list[str] = []

    def vue() -> bool:
        dit = procedures.taper("alarmes").stdout
        vues.extend(numero for numero, de, _ in ALARME.findall(dit) if de == source)
        return bool(vues)

    pile.attendre(vue, PATIENCE_S)
    return vues[0]
