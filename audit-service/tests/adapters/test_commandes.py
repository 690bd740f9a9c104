"""The commands of an operator: export, alarms."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.adapters.depots import RegistreSql
from audit.domain.chaine import Tete
from audit.main import groupe
from audit.usecases.accueillir import accueillir
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
    engine = ouvrir(f"sqlite:///{tmp_path / 'audit' / 'audit.sqlite'}")
    ranger(engine)
    (trace,) = [json.loads(recu.corps) for recu in ranges(engine, 0, 10)]
    assert (trace["type"], trace["data"]["acte"], trace["data"]["issue"]) == ("audit.journal.lu", "exporter", "accorde")


def test_une_base_absente_se_dit_en_une_phrase(lancer):
    rendu = lancer("exporter")
    assert rendu.exit_code == 1
    assert "migrate" in rendu.output
    assert "Traceback" not in rendu.output


def test_les_alarmes_se_listent_et_se_levent(lancer, en_place, forge):
    assert lancer("alarmes").stdout == "Aucune alarme.\n"
    accueillir(en_place, "cdap", forge.lot(forge.serie(2)))
    accueillir(en_place, "cdap", forge.lot([], 2, Tete(1, "f" * 64)))
    assert "cdap, rang 1 : recul (ouverte)" in lancer("alarmes").stdout
    assert "recul (levée)" in lancer("alarmes", "--lever", "1").stdout
    rendu = lancer("alarmes", "--lever", "1")
    assert (rendu.exit_code, "Aucune alarme ouverte" in rendu.output) == (1, True)
