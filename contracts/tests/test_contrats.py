"""The contracts are what they say: valid, with rules that can be read, and examples that their schemas accept."""

import json
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files

import jsonschema_rs
import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from uuid_utils.compat import uuid7

import contracts
from contracts.lecture import operations
from socle import evenement
from socle.acces import Acces
from socle.app import regles

TOUS = (*contracts.SERVICES, "commun")


@pytest.mark.parametrize("service", TOUS)
def test_le_contrat_est_un_openapi_valide(service):
    validate(contracts.openapi(service))


@pytest.mark.parametrize("service", TOUS)
def test_chaque_operation_a_une_regle_lisible(service):
    contrat = contracts.openapi(service)
    assert len(regles(contrat)) == len(list(operations(contrat)))


def test_seuls_les_documents_longs_ont_plus_de_temps_et_pas_plus_de_trente_secondes():
    delais = {
        operation["operationId"]: operation["x-delai"]
        for service in contracts.SERVICES
        for operation in operations(contracts.openapi(service))
        if "x-delai" in operation
    }
    assert delais == {"extraits.etablir": 30, "exports.exporter": 30}


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_dans_un_service_un_operation_id_ne_sert_qu_une_fois(service):
    """Connexion serves its own operations and the common ones in one app, and would not start."""
    noms = Counter(o["operationId"] for s in (service, "commun") for o in operations(contracts.openapi(s)))
    assert [nom for nom, fois in noms.items() if fois > 1] == []


@pytest.mark.parametrize("service", TOUS)
def test_une_operation_protegee_annonce_ses_refus(service):
    for operation in operations(contracts.openapi(service)):
        attendues = set() if "public" in operation["x-acces"]["qui"] else {"401"}
        if operation["x-acces"]["trace"] != "aucune":
            attendues.add("503")
        assert attendues <= operation["responses"].keys(), operation["operationId"]


DES_COMMANDES = {
    "audit.journal.purge", "audit.alarme.levee", "journal.lignee.ouverte", "identity.client.inscrit",
    "identity.client.retire",
}  # fmt: skip
"""Left by commands of a service, which stand in no contract of operations."""


DE_LA_PORTE = {"gateway.requete.refusee"}
"""Left by the gateway for an operation that leaves none."""


def test_chaque_evenement_de_la_liste_est_laisse_par_une_operation_ou_une_commande():
    laisses = {o.get("x-evenement") for s in TOUS for o in operations(contracts.openapi(s))}
    assert set(contracts.evenements()) == (laisses - {None}) | DES_COMMANDES | DE_LA_PORTE


EXEMPLES = [(s, *exemple) for s in contracts.SERVICES for exemple in contracts.examples(s)]


@pytest.mark.parametrize(
    ("service", "operation", "ou", "schema", "valeur"), EXEMPLES, ids=[f"{e[1]}-{e[2]}" for e in EXEMPLES]
)
def test_l_exemple_est_accepte_par_son_schema(service, operation, ou, schema, valeur):
    OAS30Validator({**schema, "components": contracts.openapi(service)["components"]}).validate(valeur)


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_toute_requete_avec_un_corps_a_un_exemple(service):
    avec_exemple = {operation for operation, ou, _, _ in contracts.examples(service) if ou == "requete"}
    avec_corps = {o["operationId"] for o in operations(contracts.openapi(service)) if "requestBody" in o}
    assert avec_exemple == avec_corps


def test_un_probleme_a_un_statut_et_un_titre_francais():
    for code, probleme in contracts.problemes().items():
        assert 400 <= probleme["statut"] < 600, code
        assert probleme["titre"].endswith("."), code


def test_un_evenement_compose_est_conforme_au_schema():
    schema = json.loads((files("contracts") / "evenement.schema.json").read_bytes())
    octets = evenement.composer(
        id=uuid7(),
        source="cdap",
        type="cdap.rubrique.lue",
        instant=datetime.now(UTC),
        acces=Acces(acte="consultations.lire_rubrique"),
        groupe=None,
        issue="refuse",
        cause="hors_portee",
        notes={"dossier": {"organisme": "831", "numero_allocataire": "0412377"}},
    )
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(json.loads(octets))


def test_un_type_d_evenement_inconnu_est_une_faute():
    with pytest.raises(ValueError, match="not in contracts"):
        evenement.composer(
            id=uuid7(), source="cdap", type="cdap.autre.chose", instant=datetime.now(UTC),
            acces=Acces(acte="x"), groupe=None, issue="accorde", cause=None, notes={},
        )  # fmt: skip
