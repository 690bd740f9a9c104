"""What a request must be before anybody looks at what it asks for."""

import pytest
from connexion.exceptions import BadRequestProblem
from connexion.uri_parsing import OpenAPIURIParser

from socle.corps import Parametres

TEXTE, LISTE = {"type": "string"}, {"type": "array", "items": {"type": "string"}}


def valider(requete: bytes, *declares: dict) -> None:
    parametres = [{"in": "query", **declare} for declare in declares]
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": requete, "headers": [], "path_params": {}}
    Parametres(parametres, OpenAPIURIParser(parametres, {}), strict_validation=True).validate(scope)


@pytest.mark.parametrize(
    "requete", [b"mois=1&mois=2", b"mois=1&mois=1", b"mois=1&%6dois=2", b"mois=&mois", b"a=1&mois=1&a=2"]
)
def test_un_parametre_double_n_a_aucune_valeur(requete):
    with pytest.raises(BadRequestProblem) as refus:
        valider(requete, {"name": "mois", "schema": TEXTE}, {"name": "a", "schema": TEXTE})
    assert refus.value.detail in ("Doubled query parameter 'mois'", "Doubled query parameter 'a'")


def test_une_liste_se_donne_en_plusieurs_fois_a_moins_que_le_contrat_la_veuille_d_un_bloc():
    valider(b"p=T1&p=T2", {"name": "p", "schema": LISTE})
    valider(b"p=T1,T2", {"name": "p", "schema": LISTE, "explode": False})
    with pytest.raises(BadRequestProblem):
        valider(b"p=T1&p=T2", {"name": "p", "schema": LISTE, "explode": False})


def test_ou_le_contrat_laisse_tout_passer_l_acte_juge_lui_meme():
    """OpenID Connect: a doubled parameter is refused there with an error of its own."""
    valider(b"state=1&state=2", {"name": "state", "schema": TEXTE}, {"name": "autres", "schema": {"type": "object"}})


def test_un_parametre_donne_une_fois_passe():
    valider(b"mois=1&a=2", {"name": "mois", "schema": TEXTE}, {"name": "a", "schema": TEXTE})
