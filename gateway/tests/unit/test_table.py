"""Matching of method and path."""

import pytest

from gateway.domain.refus import MethodeInconnue
from gateway.domain.table import GabaritInvalide, RoutesEnConflit, Table
from socle.refus import RessourceInconnue


def une_table() -> Table[str]:
    table: Table[str] = Table()
    for methode, gabarit in (
        ("POST", "/c"),
        ("GET", "/c/{id}"),
        ("DELETE", "/c/{id}"),
        ("GET", "/c/{id}/r/{slug}"),
        ("POST", "/c/recherche"),
        ("GET", "/c/fixe/r"),
        ("GET", "/{tout}/r/{slug}/fin"),
    ):
        table.ajouter(methode, gabarit, f"{methode} {gabarit}")
    return table


@pytest.mark.parametrize(
    ("methode", "chemin", "servi"),
    [
        ("POST", b"/c", "POST /c"),
        ("GET", b"/c/12", "GET /c/{id}"),
        ("DELETE", b"/c/12", "DELETE /c/{id}"),
        ("GET", b"/c/12/r/rsa", "GET /c/{id}/r/{slug}"),
        ("POST", b"/c/recherche", "POST /c/recherche"),
        ("GET", b"/c/fixe/r", "GET /c/fixe/r"),
        ("GET", b"/c/fixe/r/rsa", "GET /c/{id}/r/{slug}"),
        ("GET", b"/c/r/rsa/fin", "GET /{tout}/r/{slug}/fin"),
    ],
)
def test_une_operation_est_trouvee(methode: str, chemin: bytes, servi: str) -> None:
    assert une_table().trouver(methode, chemin) == servi


@pytest.mark.parametrize("chemin", [b"/", b"/d", b"/c/12/r", b"/c/12/r/rsa/plus", b"/C", b"/c/12/s/rsa"])
def test_un_chemin_inconnu_est_inconnu(chemin: bytes) -> None:
    with pytest.raises(RessourceInconnue):
        une_table().trouver("GET", chemin)


@pytest.mark.parametrize(
    ("methode", "chemin", "permises"),
    [
        ("GET", b"/c", ("POST",)),
        ("HEAD", b"/c/12", ("DELETE", "GET")),
        ("OPTIONS", b"/c/12", ("DELETE", "GET")),
        ("get", b"/c/12", ("DELETE", "GET")),
        ("GET", b"/c/recherche", ("POST",)),
    ],
)
def test_une_autre_methode_dit_celles_qui_sont_permises(methode: str, chemin: bytes, permises: tuple[str, ...]) -> None:
    with pytest.raises(MethodeInconnue) as refus:
        une_table().trouver(methode, chemin)
    assert refus.value.permises == permises


def test_un_chemin_reserve_n_est_pas_une_valeur_du_gabarit() -> None:
    table = une_table()
    table.reserver("/c/verification")
    with pytest.raises(RessourceInconnue):
        table.trouver("GET", b"/c/verification")


@pytest.mark.parametrize("gabarit", ["/c/{autre}", "/c/{id}"])
def test_deux_operations_au_meme_endroit_empechent_le_depart(gabarit: str) -> None:
    with pytest.raises(RoutesEnConflit):
        une_table().ajouter("GET", gabarit, "autre")


@pytest.mark.parametrize("gabarit", ["c", "/c/", "/c//d", "/c/{id}.json", "/c/{a}{b}", "/c/{}"])
def test_un_gabarit_que_l_on_ne_lit_pas_empeche_le_depart(gabarit: str) -> None:
    with pytest.raises(GabaritInvalide):
        une_table().ajouter("GET", gabarit, "autre")
