"""Behind the gateway each service says no by itself (law 6): the same table, at the service's own door.

What the gateway refuses never comes that far; here it does. And what services ask of one another is given to the
services that the table names, and to nobody else.
"""

import importlib
import time
from pathlib import Path

import pytest
from table import A_LA_PORTE, INTERNES, LU, PUBLIC, Operation, est_publique, operations, verdicts

import contracts
from atelier import Banc, Persona, Signataire, un_administrateur, un_agent, un_groupe, un_service, un_utilisateur

CLIENTS = ("gateway", "identity", "habilitation", "cdap", "audit")
PERSONAS: dict[str, Persona | None] = {
    "personne": None,
    "jeton_expire": un_administrateur(exp=int(time.time()) - 86_400),
    "utilisatrice": un_utilisateur(un_groupe(profil="T1")),
    "membre_autre_groupe": un_utilisateur(un_groupe(profil="T2")),
    "hors_groupe": un_utilisateur(),
    "responsable": un_utilisateur(responsable_de=["un-groupe"]),
    "administrateur": un_administrateur(),
    "referent": un_agent("caf:referent"),
    "controleur": un_agent("caf:controleur"),
    "superviseur": un_agent("caf:superviseur"),
    "gestionnaire": un_agent("caf:gestionnaire"),
}


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


def test_le_service_refuse_lui_meme_ceux_que_la_table_refuse_a_la_porte(banc):
    service = banc.reglages.service
    for operation in operations().values():
        if operation.service != service or operation.nom not in LU.get(service, {}):
            continue
        rendus = verdicts(operation)
        for qui, persona in PERSONAS.items():
            dehors = rendus[qui] in (A_LA_PORTE, "401") and not est_publique(LU[service][operation.nom])
            attendu = rendus[qui] if dehors else "passe"
            assert essayer(banc, operation, persona) == attendu, (operation.cle, qui)


def test_un_jeton_de_service_n_ouvre_aucune_operation_des_utilisateurs(banc):
    service = banc.reglages.service
    for operation in operations().values():
        if operation.service == service and "public" not in operation.regle["qui"]:
            assert essayer(banc, operation, un_service("audit", service)) == A_LA_PORTE, operation.cle


def test_ce_que_les_services_se_demandent_n_est_donne_qu_a_ceux_que_la_table_nomme(banc):
    service = banc.reglages.service
    for operation in operations("interne").values():
        if operation.service not in (service, "commun"):
            continue
        admis = INTERNES[operation.service][operation.nom]
        for qui, persona in {**PERSONAS, **{client: un_service(client, service) for client in CLIENTS}}.items():
            if admis == PUBLIC or qui in admis:
                attendu = "passe"
            else:
                attendu = "401" if qui in ("personne", "jeton_expire") else A_LA_PORTE
            assert essayer(banc, operation, persona) == attendu, (operation.cle, qui)


def essayer(banc: Banc, operation: Operation, persona: Persona | None) -> str:
    """« passe », or the verdict of the door, once its event, or the want of one, is as the contract has it."""
    avant = len(banc.traces)
    methode, chemin, options = operation.requete(siret="99900031800017", identifiant="ACC7K2MQ")
    reponse = banc.en_tant_que(persona).demander(methode, chemin, **options)
    laisses = [(e["data"]["issue"], e["data"]["cause"]) for e in banc.traces[avant:]]
    cas = f"{operation.cle}: {reponse.status_code} {reponse.text[:200]} {laisses}"
    if laisses:
        assert reponse.headers["Audit-Receipt"] == banc.traces[-1]["id"], cas
    if reponse.status_code == 401 and "public" not in operation.regle["qui"]:
        assert laisses == [], cas
        return "401"
    a_la_porte = ("refuse", "regle_de_l_operation")
    if reponse.status_code == 403 and (operation.evenement is None or a_la_porte in laisses):
        assert laisses == ([] if operation.evenement is None else [a_la_porte]), cas
        return A_LA_PORTE
    assert a_la_porte not in laisses and (operation.evenement is None or len(laisses) == 1), cas
    return "passe"
