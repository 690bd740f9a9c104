"""What passes besides, where a contract says so, and nowhere else."""

import pytest

import contracts
from gateway.adapters.contrats import inscrire_operations
from gateway.domain.entetes import Passage, exiger_le_type, vers_le_client, vers_le_service
from gateway.domain.refus import TypeNonAccepte
from gateway.domain.table import Table

FORMULAIRE = b"application/x-www-form-urlencoded"
DEMANDE = [(b"cookie", b"a=b"), (b"authorization", b"Basic eA=="), (b"mcp-adresse", b"192.0.2.1"), (b"accept", b"*/*")]
REPONSE = [(b"set-cookie", b"a=b"), (b"content-security-policy", b"default-src 'none'"), (b"server", b"x")]


def noms(entetes):
    return [nom for nom, _ in entetes]


@pytest.mark.parametrize(
    ("passage", "demande", "reponse"),
    [
        (Passage.ORDINAIRE, [b"accept"], []),
        (Passage.NAVIGATEUR, [b"cookie", b"accept"], [b"set-cookie", b"content-security-policy"]),
        (Passage.CLIENT, [b"authorization", b"accept"], []),
    ],
)
def test_un_passage_laisse_passer_ce_qu_il_nomme_et_rien_d_autre(passage, demande, reponse):
    assert noms(vers_le_service(DEMANDE, avec_jeton=False, passage=passage)) == demande
    assert noms(vers_le_client(REPONSE, passage)) == reponse


def test_ce_que_connection_nomme_ne_passe_pas_non_plus():
    demande = [(b"connection", b"cookie"), *DEMANDE]
    assert b"cookie" not in noms(vers_le_service(demande, avec_jeton=False, passage=Passage.NAVIGATEUR))


@pytest.mark.parametrize("adresse", [b"https://application.example/retour?code=x&state=y", b"http://127.0.0.1:9/r"])
def test_seul_un_navigateur_est_renvoye_ailleurs(adresse):
    entetes = [(b"location", adresse)]
    assert vers_le_client(entetes, Passage.NAVIGATEUR) == entetes
    for autre in (Passage.ORDINAIRE, Passage.CLIENT):
        assert all(valeur.startswith(b"/") for _, valeur in vers_le_client(entetes, autre))


@pytest.mark.parametrize(
    "adresse",
    [b"//pirate.example/", b"javascript:alert(1)", b"https://a@pirate.example/", b"https://a\\b/", b"https://a/ b"],
)
def test_un_renvoi_qui_a_deux_lectures_ne_passe_pour_personne(adresse):
    for passage in Passage:
        assert all(valeur.startswith(b"/") for _, valeur in vers_le_client([(b"location", adresse)], passage))


def test_un_corps_a_le_type_que_son_contrat_nomme():
    exiger_le_type([(b"content-type", FORMULAIRE)], {FORMULAIRE})
    for type, permis in ((FORMULAIRE, {b"application/json"}), (b"application/json", {FORMULAIRE})):
        with pytest.raises(TypeNonAccepte):
            exiger_le_type([(b"content-type", type)], permis)


def test_seules_les_operations_d_oidc_ont_un_passage_ou_un_formulaire():
    table = Table()
    inscrire_operations({"identity": contracts.openapi("identity")}, table, 1.0)
    connexion = table.trouver("POST", b"/identity/v1/oidc/connexion")
    assert (connexion.passage, connexion.types) == (Passage.NAVIGATEUR, frozenset({FORMULAIRE}))
    assert table.trouver("POST", b"/identity/v1/oidc/jetons").passage is Passage.CLIENT
    sessions = table.trouver("POST", b"/identity/v1/sessions")
    assert (sessions.passage, sessions.types) == (Passage.ORDINAIRE, frozenset({b"application/json"}))


def test_un_passage_inconnu_est_un_refus_de_demarrer():
    contrat = contracts.openapi("identity")
    contrat["paths"]["/identity/v1/sessions"]["post"]["x-passage"] = "tout"
    with pytest.raises(ValueError, match="tout"):
        inscrire_operations({"identity": contrat}, Table(), 1.0)
