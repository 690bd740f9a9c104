"""Every operation × every persona: the door says yes or no as the table has it, and a no leaves one event.

What the service then decides on its own data (perimeter, states) is in the access tests of each service.
"""

import importlib
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import contracts
from atelier import Banc, Persona, Signataire, un_administrateur, un_agent, un_groupe, un_service, un_utilisateur
from contracts.lecture import VERBES, suivre

TABLE = yaml.safe_load((Path(__file__).parent / "verdicts.yaml").read_text(encoding="utf-8"))
TOUS = TABLE.pop("*")
PERSONNES = {
    "utilisatrice_t1": un_utilisateur(un_groupe(profil="T1")),
    "utilisateur_t5": un_utilisateur(un_groupe(profil="T5")),
    "hors_groupe": un_utilisateur(),
    "administrateur": un_administrateur(),
    "responsable": un_utilisateur(responsable_de=["un-groupe"]),
    "referent": un_agent("caf:referent"),
    "controleur": un_agent("caf:controleur"),
    "superviseur": un_agent("caf:superviseur"),
    "gestionnaire": un_agent("caf:gestionnaire"),
}
CONNUES = {"siret": "99900031800017", "identifiant": "ACC7K2MQ", "organisme": "831", "profil": "T1", "profils": "T1"}


def persona(nom: str, service: str) -> Persona | None:
    if nom == "personne":
        return None
    if nom == "expire":
        return PERSONNES["administrateur"].avec(exp=int(time.time()) - 86_400)
    if nom.startswith("service_"):
        return un_service(nom.removeprefix("service_"), service)
    return PERSONNES[nom]


@cache
def operations(service: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Each operation of a service, those that all have included: its method, its path, itself."""
    contrats = [contracts.openapi(service), contracts.openapi("commun")]
    return {
        operation["operationId"]: (verbe, chemin, operation)
        for contrat in contrats
        for chemin, objet in contrat["paths"].items()
        for verbe, operation in objet.items()
        if verbe in VERBES
    }


def requete(service: str, nom: str) -> tuple[str, str, dict[str, Any]]:
    """A request that the contract allows: the example's body, and something for each parameter."""
    verbe, chemin, operation = operations(service)[nom]
    contrat = contracts.openapi(service)
    options: dict[str, Any] = {}
    for corps in operation.get("requestBody", {}).get("content", {}).values():
        options["json"] = next(iter(corps["examples"].values()))["value"]
    parametres = [suivre(contrat, parametre) for parametre in operation.get("parameters", ())]
    requis = {p["name"]: _valeur(contrat, p) for p in parametres if p.get("required")}
    options["params"] = {p["name"]: requis[p["name"]] for p in parametres if p["in"] == "query" and p.get("required")}
    return verbe.upper(), re.sub(r"{(\w+)}", lambda m: str(requis[m.group(1)]), chemin), options


def _valeur(contrat: dict[str, Any], parametre: dict[str, Any]) -> Any:
    """Something that the schema of a parameter allows."""
    schema = suivre(contrat, parametre["schema"])
    if "enum" in schema:
        return schema["enum"][0]
    return CONNUES.get(parametre["name"], 0 if schema.get("type") == "integer" else "inconnu")


@pytest.fixture(scope="module", params=contracts.SERVICES)
def banc(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Banc:
    """A service of its own, empty; its neighbours are away."""
    main = importlib.import_module(f"{request.param}.main")
    reglages = importlib.import_module(f"{request.param}.settings").Reglages
    migrations = Path(main.__file__).parent / "migrations"
    dossier = tmp_path_factory.mktemp(request.param)
    ailleurs = {f"url_{voisin}": "http://127.0.0.1:9" for voisin in ("identity", "habilitation")}
    banc = Banc(main.application, reglages, migrations, dossier, **ailleurs)
    if propres := sorted((banc.reglages.dossier_secrets / "cles").glob("*.pem")):
        banc.signataire = Signataire(propres[0])  # identity believes its own keys
    return banc


def test_chaque_operation_a_son_verdict_et_chaque_ligne_son_operation():
    for service in contracts.SERVICES:
        propres = operations(service).keys() - operations_communes()
        assert TABLE.get(service, {}).keys() == propres, service
    assert TABLE["commun"].keys() == operations_communes()


def operations_communes() -> set[str]:
    return {nom for nom in operations("audit") if nom.split(".")[0] in {"sondes", "journal"}}


def test_la_porte_de_chaque_operation_pour_chaque_persona(banc):
    service = banc.reglages.service
    for nom, admis in (TABLE[service] | TABLE["commun"]).items():
        regle = operations(service)[nom][2]["x-acces"]
        for qui in TOUS:
            avant = len(banc.traces)
            methode, chemin, options = requete(service, nom)
            reponse = banc.en_tant_que(persona(qui, service)).demander(methode, chemin, **options)
            laisses = [(e["data"]["issue"], e["data"]["cause"]) for e in banc.traces[avant:]]
            cas = f"{service} {nom} {qui}: {reponse.status_code} {reponse.text[:200]}"
            if admis == "public" or qui in admis:
                assert reponse.status_code != 401 or "public" in regle["qui"], cas
                assert ("refuse", "regle_de_l_operation") not in laisses, cas
                assert regle["trace"] == "aucune" or len(laisses) == 1, (cas, laisses)
            elif qui in ("personne", "expire"):
                assert (reponse.status_code, laisses) == (401, []), cas
            else:
                attendus = [] if regle["trace"] == "aucune" else [("refuse", "regle_de_l_operation")]
                assert (reponse.status_code, laisses) == (403, attendus), cas
            if laisses:
                assert reponse.headers["Audit-Receipt"] == banc.traces[-1]["id"], cas
