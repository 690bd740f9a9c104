"""`x-acces`: a closed vocabulary, and nothing allowed that it does not name."""

import pytest

from atelier import un_administrateur, un_agent, un_groupe, un_service, un_utilisateur
from atelier.signature import Signataire
from socle.cles import Trousseau
from socle.jetons import Verificateur
from socle.operations import acces_de
from socle.regles import RegleInvalide, lire

EVENEMENTS = {"cdap.rubrique.lue"}
BONNE = {"porte": "passerelle", "qui": ["groupe:cdap"], "perimetre": "groupe", "trace": "acces"}


def operation(**changes):
    regle = {cle: valeur for cle, valeur in (BONNE | changes).items() if valeur is not None}
    return {"operationId": "x.y", "x-acces": regle, "x-evenement": "cdap.rubrique.lue"}


@pytest.mark.parametrize(
    "mauvaise",
    [
        {"operationId": "x.y"},
        operation(porte="fenetre"),
        operation(qui=[]),
        operation(qui=["tout-le-monde"]),
        operation(qui=["groupe:cdap", "role:admin"]),
        operation(qui="public"),
        operation(perimetre="monde"),
        operation(trace="peut-etre"),
        operation(trace=None),
        operation(en_plus="oui"),
        operation(trace="aucune"),
        {**operation(), "x-evenement": "cdap.inconnu.lu"},
        {"operationId": "x.y", "x-acces": BONNE},
    ],
)
def test_une_regle_douteuse_est_un_refus_de_demarrer(mauvaise):
    with pytest.raises(RegleInvalide):
        lire(mauvaise, EVENEMENTS)


@pytest.fixture
def demandeur(tmp_path):
    signataire = Signataire()
    signataire.deposer(tmp_path / "jwks.json")
    verificateur = Verificateur(
        Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json"), "http://127.0.0.1:8000", "cdap"
    )

    def faire(persona):
        return acces_de(verificateur.verifier(signataire.signer(persona.claims)), "x.y", None, "t")

    return faire


CAS = [
    (["groupe:cdap"], un_utilisateur(un_groupe()), True),
    (["groupe:cdap"], un_utilisateur(un_groupe(service="afas")), False),
    (["groupe:cdap"], un_utilisateur(), False),
    (["groupe:cdap/T1/T5"], un_utilisateur(un_groupe(profil="T5")), True),
    (["groupe:cdap/T1"], un_utilisateur(un_groupe(profil="T5")), False),
    (["groupe:cdap"], un_service("cdap", "cdap"), False),
    (["role:caf:referent"], un_agent("caf:referent"), True),
    (["role:caf:referent"], un_agent("caf:controleur"), False),
    (["administrateur"], un_administrateur(), True),
    (["administrateur"], un_utilisateur(), False),
    (["responsable"], un_utilisateur(responsable_de=["g"]), True),
    (["responsable"], un_administrateur(), False),
    (["service:audit"], un_service("audit", "cdap"), True),
    (["service:audit"], un_service("identity", "cdap"), False),
    (["service:audit"], un_utilisateur(client_id="audit"), False),
    (["authentifie"], un_utilisateur(), True),
    (["authentifie"], un_service("audit", "cdap"), False),
    (["role:caf:referent", "administrateur"], un_administrateur(), True),
]


@pytest.mark.parametrize(("qui", "persona", "verdict"), CAS)
def test_la_regle_laisse_passer_qui_elle_nomme_et_personne_d_autre(demandeur, qui, persona, verdict):
    assert lire(operation(qui=qui), EVENEMENTS).autorise(demandeur(persona)) is verdict
