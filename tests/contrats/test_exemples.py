"""Every example of the contracts is what really happens: the request example is granted by the real service, and its
answer has the form of the answer example (architecture, law 5)."""

from typing import Any

import pytest
from contrat_lu import JSON, Operation, ecarts, operations
from etats import ETATS

import contracts

TOUTES = [operation for service in (*contracts.SERVICES, "commun") for operation in operations(service).values()]


def cas(operation: Operation) -> list[tuple[str, str | None]]:
    """Each request example with the answer example that it leads to: the one of its name, or the only one, or an
    answer that has none. One request with several answers is asked once for each, under the name of the answer."""
    requetes, reponses = list(operation.requetes) or ["simple"], list(operation.reponses)
    if len(requetes) == 1:
        return [(reponse, reponse) for reponse in reponses] or [(requetes[0], None)]
    autre = None if operation.sans_exemple or not reponses else reponses[0]
    return [(requete, requete if requete in reponses else autre) for requete in requetes]


LISTE = [(operation, nom, reponse) for operation in TOUTES for nom, reponse in cas(operation)]


@pytest.mark.parametrize("operation", TOUTES, ids=lambda operation: operation.nom)
def test_chaque_operation_a_ses_exemples_et_quelqu_un_qui_les_joue(operation: Operation) -> None:
    services = [operation.service] if operation.service in ETATS else list(ETATS)
    for service in services:
        assert hasattr(ETATS[service], operation.acte.replace(".", "__")), "no state in tests/contrats/etats.py"
    assert "requestBody" not in operation.objet or operation.requetes
    for statut in operation.sans_exemple:
        assert JSON not in operation.succes[statut].get("content", {}), f"no example of its answer {statut}"
    joues = {reponse for _, reponse in cas(operation) if reponse}
    assert joues == set(operation.reponses), "an answer example that no request leads to"


@pytest.mark.parametrize(
    ("operation", "nom", "attendue"), LISTE, ids=[f"{operation.nom}-{nom}" for operation, nom, _ in LISTE]
)
def test_la_requete_d_exemple_recoit_une_reponse_de_la_forme_de_l_exemple(
    un_etat: Any, operation: Operation, nom: str, attendue: str | None
) -> None:
    for service in [operation.service] if operation.service in ETATS else ETATS:
        etat = un_etat(service)
        geste = etat.geste(operation, nom)
        exemple = operation.requetes.get(nom, next(iter(operation.requetes.values()), None))
        inconnus = geste.connus.keys() - (exemple or {}).keys()
        assert not inconnus, "the state adds what the example does not say"
        corps = None if exemple is None else {**exemple, **geste.connus}
        recue = etat.demander(operation, geste, corps)
        if attendue is None:
            assert recue.status_code in operation.sans_exemple, recue.text
            assert bool(recue.content) == bool(operation.succes[recue.status_code].get("content"))
        else:
            assert recue.status_code == operation.reponses[attendue].statut, recue.text
            if recue.headers["content-type"].startswith(JSON):
                operation.exiger_reponse(recue.status_code, recue.json())
                assert ecarts(operation.reponses[attendue].valeur, recue.json()) == set()
        assert [exemplaire.fautes for exemplaire in etat.exemplaires.values() if exemplaire.fautes] == []
        assert ("Audit-Receipt" in recue.headers) == (operation.objet["x-acces"]["trace"] != "aucune")
