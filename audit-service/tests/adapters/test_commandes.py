"""The commands of an operator: export, alarms."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.adapters.depots import RegistreSql
from audit.adapters.temoins import TemoinsFichiers
from audit.domain.chaine import Tete
from audit.main import groupe
from audit.usecases.accueillir import accueillir
from audit.usecases.temoigner import temoigner
from socle.database import ouvrir
from socle.outbox import ranger, ranges


@pytest.fixture
def lancer(tmp_path: Path):
    def faire(*arguments):
        return CliRunner(env={"MCP_VAR": str(tmp_path), "MCP_DATABASE_URL": None}).invoke(groupe, arguments)

    return faire


@pytest.fixture
def en_place(tmp_path, lancer):
    assert lancer("migrate").exit_code == 0
    return RegistreSql(ouvrir(f"sqlite:///{tmp_path / 'audit' / 'audit.sqlite'}"))


def _traces(tmp_path):
    engine = ouvrir(f"sqlite:///{tmp_path / 'audit' / 'audit.sqlite'}")
    ranger(engine)
    return [json.loads(recu.corps) for recu in ranges(engine, 0, 10)]


def test_l_export_vers_un_fichier_n_est_lisible_que_de_son_proprietaire(tmp_path, lancer, en_place, forge):
    recus = forge.serie(3)
    accueillir(en_place, "cdap", forge.lot(recus))
    fichier = tmp_path / "export.ndjson"
    assert lancer("exporter", "--vers", str(fichier)).exit_code == 0
    assert fichier.stat().st_mode & 0o777 == 0o600
    assert [json.loads(ligne)["empreinte"] for ligne in fichier.read_text().splitlines()] == [
        recu.empreinte for recu in recus
    ]
    assert sorted(chemin.name for chemin in tmp_path.iterdir()) == ["audit", "export.ndjson"]


def test_l_export_est_une_lecture_et_laisse_un_evenement(tmp_path, lancer, en_place, forge):
    accueillir(en_place, "cdap", forge.lot(forge.serie(1)))
    assert len(lancer("exporter").stdout.splitlines()) == 1
    (trace,) = _traces(tmp_path)
    assert trace["type"] == "audit.journal.exporte"
    assert (trace["data"]["acte"], trace["data"]["issue"]) == ("exporter", "accorde")


@pytest.mark.parametrize("commande", ["exporter", "alarmes"])
def test_une_base_absente_se_dit_en_une_phrase_et_ne_se_cree_pas(tmp_path, commande):
    ailleurs = tmp_path / "nulle-part"
    rendu = CliRunner(env={"MCP_VAR": str(ailleurs), "MCP_DATABASE_URL": None}).invoke(groupe, [commande])
    assert (rendu.exit_code, len(rendu.output.splitlines())) == (1, 1)
    assert "migr" in rendu.output
    assert not ailleurs.exists()


def test_un_export_qui_ne_peut_pas_s_ecrire_se_dit_et_ne_laisse_pas_d_evenement(tmp_path, lancer, en_place):
    rendu = lancer("exporter", "--vers", str(tmp_path / "absent" / "export.ndjson"))
    assert (rendu.exit_code, "ne peut pas être écrit" in rendu.output) == (1, True)
    assert _traces(tmp_path) == []


def test_les_alarmes_se_listent_et_se_levent(lancer, en_place, forge):
    rendu = lancer("alarmes")
    assert (rendu.exit_code, rendu.stdout) == (0, "Aucune alarme.\n")
    accueillir(en_place, "cdap", forge.lot(forge.serie(2)))
    accueillir(en_place, "cdap", forge.lot([], 2, Tete(1, "f" * 64)))
    rendu = lancer("alarmes")
    assert (rendu.exit_code, "cdap, rang 1 : recul (ouverte)" in rendu.stdout) == (1, True)
    rendu = lancer("alarmes", "--lever", "1")
    assert (rendu.exit_code, "recul (levée)" in rendu.stdout) == (0, True)
    rendu = lancer("alarmes", "--lever", "1")
    assert (rendu.exit_code, "Aucune alarme ouverte" in rendu.output) == (1, True)


def test_lever_une_alarme_laisse_un_evenement_et_le_refus_aussi(tmp_path, lancer, en_place, forge):
    accueillir(en_place, "cdap", forge.lot([], 2, Tete(1, "f" * 64)))
    lancer("alarmes", "--lever", "1")
    lancer("alarmes", "--lever", "1")
    lancer("alarmes")
    dites = [(t["type"], t["data"]["acte"], t["data"]["objet"], t["data"]["cause"]) for t in _traces(tmp_path)]
    assert dites == [
        ("audit.alarme.levee", "alarmes", "1", None),
        ("audit.alarme.levee", "alarmes", "1", "alarme_inconnue"),
    ]


@pytest.fixture
def secret(tmp_path):
    """What the commands that call the sources need; the sources themselves are away."""
    (tmp_path / "secrets" / "audit").mkdir(parents=True)
    (tmp_path / "secrets" / "audit" / "client").write_text("secret-des-tests")


def test_l_export_csv_a_une_ligne_par_entree(tmp_path, lancer, en_place, forge):
    accueillir(en_place, "cdap", forge.lot(forge.serie(3)))
    rendu = lancer("exporter", "--format", "csv")
    assert rendu.exit_code == 0
    entetes, *lignes = rendu.stdout_bytes.decode("utf-8-sig").splitlines()
    assert (entetes.split(";")[0], len(lignes)) == ("Identifiant", 3)
    assert _traces(tmp_path)[0]["data"]["objet"] == "csv"


def test_la_purge_dit_ce_qui_est_parti_et_quelle_source_manque(tmp_path, lancer, en_place, forge, secret):
    rendu = lancer("purger")
    assert (rendu.exit_code, rendu.stdout) == (0, "Rien n’a l’âge d’être purgé.\n")
    accueillir(en_place, "cdap", forge.lot(forge.serie(3)))
    il_y_a_deux_ans = datetime.now(UTC) - timedelta(days=730)
    temoigner(en_place, TemoinsFichiers(tmp_path / "temoins"), ["cdap"], il_y_a_deux_ans)
    rendu = lancer("purger")
    assert rendu.stdout == "cdap : jusqu’au rang 3, 3 entrée(s) partie(s) ; dans la source : injoignable\n"
    assert [trace["type"] for trace in _traces(tmp_path)] == ["audit.journal.purge"]


def test_une_lignee_ne_se_situe_que_d_une_source_connue_et_qui_repond(lancer, en_place, secret):
    rendu = lancer("lignee", "ailleurs")
    assert (rendu.exit_code, "Les sources sont" in rendu.output) == (1, True)
    rendu = lancer("lignee", "cdap")
    assert (rendu.exit_code, "ne répond pas" in rendu.output) == (1, True)


def test_le_relais_ouvre_une_lignee_puis_s_arrete(tmp_path, lancer, en_place):
    rendu = lancer("relay", "--nouvelle-lignee", "n’importe quoi")
    assert (rendu.exit_code, "RANG:EMPREINTE:COMMUN" in rendu.output) == (1, True)
    rendu = lancer("relay", "--nouvelle-lignee", f"7:{'e' * 64}:0")
    assert (rendu.exit_code, rendu.output[:24]) == (0, "Lignée ouverte au rang 8"), rendu.output
    assert _traces(tmp_path)[0]["type"] == "journal.lignee.ouverte"
