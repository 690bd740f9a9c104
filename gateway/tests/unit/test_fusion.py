"""The merged contract, from the real ones."""

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

import contracts
from contracts.lecture import VERBES
from gateway.adapters.contrats import inscrire_operations, lire_contrats
from gateway.domain.fusion import fusionner
from gateway.domain.table import RoutesEnConflit, Table
from socle.regles import RegleInvalide


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return fusionner(lire_contrats(), contracts.openapi("commun"))


def _par_porte(porte: str) -> set[tuple[str, str]]:
    return {
        (chemin, verbe)
        for contrat in lire_contrats().values()
        for chemin, porteur in contrat["paths"].items()
        for verbe in VERBES
        if verbe in porteur and porteur[verbe]["x-acces"]["porte"] == porte
    }


def test_le_contrat_fusionne_est_un_openapi_valide(document: dict[str, Any]) -> None:
    validate(document)
    assert (document["openapi"], document["info"]["title"]) == ("3.0.3", "Mon Compte Partenaire")


def test_il_contient_toutes_les_operations_publiques_et_aucune_interne(document: dict[str, Any]) -> None:
    fusionnees = {(chemin, verbe) for chemin, porteur in document["paths"].items() for verbe in porteur}
    assert fusionnees == _par_porte("passerelle")
    assert not fusionnees & _par_porte("interne")


def test_rien_de_ce_qui_est_interne_n_y_reste(document: dict[str, Any]) -> None:
    texte = json.dumps(document)
    assert all(mot not in texte for mot in ("interne", "habilitation_Droits", "emettre_jeton", "service:"))


def test_les_operations_portent_leur_service_et_leur_regle(document: dict[str, Any]) -> None:
    operation = document["paths"]["/cdap/v1/consultations"]["post"]
    assert operation["operationId"] == "cdap.consultations.ouvrir"
    assert operation["tags"] == ["cdap : consultations"]
    assert operation["x-acces"]["qui"] == ["groupe:cdap"]
    assert {"413", "415", "503"} <= operation["responses"].keys()


def test_un_composant_commun_garde_son_nom_et_un_autre_prend_celui_de_son_service(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "Probleme" in schemas and "cdap_Ouverture" in schemas
    assert schemas["cdap_Ouverture"]["properties"]["organisme"] == {"$ref": "#/components/schemas/Organisme"}


def test_deux_services_au_meme_chemin_empechent_le_depart() -> None:
    cdap = contracts.openapi("cdap")
    with pytest.raises(RoutesEnConflit):
        inscrire_operations({"cdap": cdap, "autre": cdap}, Table(), 15.0)


def test_une_regle_illisible_empeche_le_depart() -> None:
    cdap = contracts.openapi("cdap")
    cdap["paths"]["/cdap/v1/consultations"]["post"]["x-acces"]["qui"] = ["tout-le-monde"]
    with pytest.raises(RegleInvalide):
        inscrire_operations({"cdap": cdap}, Table(), 15.0)
