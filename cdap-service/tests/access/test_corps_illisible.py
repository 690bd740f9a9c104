"""What a body must be before it is looked at: over a real operation with a pattern in its schema."""

import pytest
from starlette.testclient import TestClient

from atelier import Signataire, un_groupe, un_utilisateur
from cdap.main import MIGRATIONS, application
from cdap.settings import Reglages
from socle.database import ouvrir
from socle.migrations import migrer

BONNE = b'{"organisme": "831", "nom": "X", "numero_allocataire": "0412377"}'


@pytest.fixture(scope="module")
def poster(tmp_path_factory):
    dossier = tmp_path_factory.mktemp("corps")
    reglages = Reglages(var=dossier, issuer="http://127.0.0.1:8000")
    Signataire().deposer(reglages.dossier / "jwks.json")
    migrer(ouvrir(reglages.base, creer=True), MIGRATIONS)
    client = TestClient(application(reglages), raise_server_exceptions=False)
    jeton = Signataire().signer(un_utilisateur(un_groupe()).claims)

    def faire(corps, chemin="/cdap/v1/consultations", **entetes):
        complets = {"Authorization": f"Bearer {jeton}", "Content-Type": "application/json"} | entetes
        return client.post(chemin, content=corps, headers=complets)

    return faire


ILLISIBLES = {
    "pas du json": b"bonjour",
    "utf-8 rompu": b"\xff",
    "utf-16": BONNE.decode().encode("utf-16"),
    "trop profond": b"[" * 50_000,
    "profond et ferme": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "demi-caractere": BONNE.replace(b"X", b"\\ud800"),
    "caractere nul": BONNE.replace(b"X", b"a\\u0000b"),
    "nan": BONNE.replace(b'"X"', b"NaN"),
    "saut de ligne apres le numero": BONNE.replace(b"0412377", b"0412377\\n"),
    "saut de ligne apres l'organisme": BONNE.replace(b"831", b"831\\n"),
    "chiffres d'ailleurs": BONNE.replace(b"0412377", "٠٤١٢٣٧٧".encode()),
    "un tableau": b"[]",
    "rien": b"",
}


@pytest.mark.parametrize("cas", ILLISIBLES)
def test_un_corps_qu_on_ne_peut_lire_est_un_400_qui_ne_repete_rien(poster, cas):
    reponse = poster(ILLISIBLES[cas])
    assert (reponse.status_code, reponse.json()["type"]) == (400, "urn:mcp:probleme:requete-invalide"), cas


def test_le_champ_en_cause_est_nomme(poster):
    reponse = poster(BONNE.replace(b"0412377", b"0412377\\n"))
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == ["numero_allocataire"]


def test_un_corps_lisible_passe(poster):
    assert poster(BONNE).status_code == 404  # read, looked for, not found
