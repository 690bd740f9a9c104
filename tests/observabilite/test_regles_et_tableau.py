"""The rules and the dashboard ask for what the code measures, and the rules wake whom they should."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from atelier import Banc
from audit.adapters.depots import DepotsSql, RegistreSql
from audit.adapters.temoins import TemoinsFichiers
from audit.domain.accueil import Lot
from audit.domain.chaine import Recu, Tete
from audit.main import MIGRATIONS, application
from audit.settings import Reglages
from audit.usecases.accueillir import accueillir
from audit.usecases.temoigner import temoigner
from gateway.adapters import mesures as de_la_passerelle
from socle import mesures
from socle.acces import Acces
from socle.outbox import ranger, ranges
from socle.travail import Travail, maintenant

RACINE = Path(__file__).parents[2]
DOSSIER = RACINE / "deploy" / "observabilite"
ALERTES = RACINE / "docs" / "exploitation" / "alertes.md"

DU_COURTIER = {"rabbitmq_queue_messages": {"vhost", "queue"}, "rabbitmq_queue_consumers": {"vhost", "queue"}}
"""Of what RabbitMQ 3.10 says at /metrics/per-object, what is asked for here."""

SUFFIXES = {"counter": {"_total": set()}, "histogram": {"_bucket": {"le"}, "_count": set(), "_sum": set()}}
NOM = re.compile(r"\b(?:mcp|rabbitmq)_\w+|\bup\b")
TRI = re.compile(r"((?:mcp|rabbitmq)_\w+|\bup)\{([^}]*)\}")
GROUPES = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


def _regles() -> list[dict[str, Any]]:
    lues = yaml.safe_load((DOSSIER / "regles.yml").read_text(encoding="utf-8"))
    return [regle for groupe in lues["groups"] for regle in groupe["rules"]]


def _essais() -> list[dict[str, Any]]:
    lus: dict[str, Any] = yaml.safe_load((DOSSIER / "regles_test.yml").read_text(encoding="utf-8"))
    return list(lus["tests"])


def _tableau() -> dict[str, Any]:
    lu: dict[str, Any] = json.loads((DOSSIER / "tableau.json").read_text(encoding="utf-8"))
    return lu


def _questions() -> dict[str, str]:
    """Where it is asked → the expression, of the rules and of the dashboard."""
    panneaux = _tableau()["panels"]
    demandees = {regle["alert"]: regle["expr"] for regle in _regles()}
    return demandees | {
        f"{panneau['title']} {cible['refId']}": cible["expr"]
        for panneau in panneaux
        for cible in panneau.get("targets", ())
    }


@pytest.fixture(scope="module")
def mesurees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Each name that there is → its labels: what the code declares, and what a real scrape of audit reads."""
    trouvees = {"up": set[str]()} | DU_COURTIER
    for mesure in (*vars(mesures).values(), *vars(de_la_passerelle).values()):
        if isinstance(mesure, MetricWrapperBase):
            (dite,) = mesure.describe()
            for suffixe, propres in SUFFIXES.get(dite.type, {"": set()}).items():
                trouvees[dite.name + suffixe] = {*mesure._labelnames, *propres}
    for famille in text_string_to_metric_families(_lire_audit(tmp_path_factory.mktemp("audit"))):
        for dit in famille.samples:
            if dit.name.startswith("mcp_") and not dit.name.endswith("_created") and dit.name not in trouvees:
                trouvees[dit.name] = set(dit.labels)
    return trouvees


def _lire_audit(dossier: Path) -> str:
    """What audit says once it has an event of its own in its journal, witnessed, and a broker is configured."""
    banc = Banc(application, Reglages, MIGRATIONS, dossier, courtier="amqp://courtier:5672/mcp")
    with Travail(banc.engine, "audit", DepotsSql).acte("audit.journal.exporte", Acces(acte="exporter")):
        pass
    ranger(banc.engine)
    (lu,) = ranges(banc.engine, 0, 10)
    recu = Recu(lu.rang, lu.version, lu.precedente, lu.empreinte, lu.corps.encode())
    registre = RegistreSql(banc.engine)
    assert accueillir(registre, "audit", Lot(0, Tete(recu.rang, recu.empreinte), (recu,))).nouvelles == 1
    temoigner(registre, TemoinsFichiers(banc.reglages.dossier_temoins), ["audit"], maintenant())
    return str(banc.en_tant_que(None).get("/metrics").text)


@pytest.mark.parametrize("ou", _questions())
def test_ce_qui_est_demande_est_mesure_sous_ce_nom_avec_ces_etiquettes(ou: str, mesurees: dict[str, set[str]]) -> None:
    question = _questions()[ou]
    noms = set(NOM.findall(question))
    assert noms and noms <= mesurees.keys()
    for nom, tri in TRI.findall(question):
        triees = set(re.findall(r"(\w+)\s*[=!]", tri))
        assert triees <= mesurees[nom] | {"job", "instance"}, nom
    for groupe in GROUPES.findall(question):
        voulues = {mot.strip() for mot in groupe.split(",") if mot.strip()}
        assert all(voulues <= mesurees[nom] | {"job", "instance"} for nom in noms), groupe


def test_toute_mesure_de_la_maison_sert_a_une_alerte_ou_au_tableau(mesurees: dict[str, set[str]]) -> None:
    demandees = {nom for question in _questions().values() for nom in NOM.findall(question)}
    inutiles = {"mcp_operation_seconds_sum", "mcp_revocations_connues"}
    assert mesurees.keys() - demandees == inutiles


def test_les_series_des_essais_existent(mesurees: dict[str, set[str]]) -> None:
    for essai in _essais():
        for serie in essai["input_series"]:
            nom, _, etiquettes = serie["series"].rstrip("}").partition("{")
            voulues = {morceau.partition("=")[0].strip() for morceau in etiquettes.split(",")}
            assert voulues == mesurees[nom] | {"job"}, serie["series"]


def test_chaque_alerte_est_essayee_levee_et_a_son_paragraphe() -> None:
    levees = {
        attendue["alertname"]
        for essai in _essais()
        for attendue in essai.get("alert_rule_test", ())
        if attendue["exp_alerts"]
    }
    noms = [regle["alert"] for regle in _regles()]
    assert levees == set(noms) and len(noms) == len(levees)
    paragraphes = re.findall(r"^### (\w+)", ALERTES.read_text(encoding="utf-8"), re.MULTILINE)
    assert paragraphes == noms
    assert {regle["labels"]["gravite"] for regle in _regles()} == {"critique", "attention"}


def test_le_tableau_est_lisible_par_grafana() -> None:
    tableau = _tableau()
    panneaux = tableau["panels"]
    assert tableau["schemaVersion"] >= 36 and tableau["title"] and tableau["uid"]
    assert len({panneau["id"] for panneau in panneaux}) == len(panneaux)
    assert all(panneau["title"] for panneau in panneaux)
    cases: set[tuple[int, int]] = set()
    for panneau in panneaux:
        place = panneau["gridPos"]
        ici = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cases & ici and max(x for x, _ in ici) < 24, panneau["title"]
        cases |= ici
        if panneau["type"] != "row":
            assert panneau["description"] and panneau["targets"] and panneau["datasource"]["uid"] == "${source}"


@pytest.fixture
def promtool() -> str:
    """Debian's `prometheus` has it."""
    chemin = shutil.which("promtool")
    if chemin is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    return chemin


def _demander(promtool: str, *mots: str | Path) -> None:
    fait = subprocess.run([promtool, *map(str, mots)], capture_output=True, text=True, check=False)
    assert fait.returncode == 0, fait.stdout + fait.stderr


def test_les_alertes_se_levent_sur_leur_faute_et_se_taisent_un_jour_ordinaire(promtool: str) -> None:
    _demander(promtool, "check", "config", DOSSIER / "prometheus.yml")
    _demander(promtool, "test", "rules", DOSSIER / "regles_test.yml")


def test_les_questions_du_tableau_sont_du_promql(promtool: str, tmp_path: Path) -> None:
    regles = [
        {"record": f"panneau:{numero}", "expr": re.sub(r"\$__\w+", "5m", question)}
        for numero, question in enumerate(_questions().values())
    ]
    fichier = tmp_path / "tableau.yml"
    fichier.write_text(yaml.safe_dump({"groups": [{"name": "tableau", "rules": regles}]}))
    _demander(promtool, "check", "rules", fichier)
