"""Who may create which account, and what a refusal leaves."""

import re

import pytest

from atelier import un_administrateur, un_agent, un_referent, un_service, un_utilisateur
from atelier.personas import SIRET

AUTRE = "21830137700017"
CHOISI = "Exemple-2026"
AGENT = {"nom": "Lenoir", "prenom": "Paul", "courriel": "paul.lenoir@caf.example", "roles": ["caf:controleur"]}


def une_demande(**champs):
    return {
        "partenaire": SIRET,
        "nom": "Montfort",
        "prenom": "Claire",
        "courriel": "claire.montfort@ccas.example",
        "theme": "acces-aux-droits",
    } | champs


@pytest.mark.parametrize(("theme", "prefixe"), [("logement", "LOG"), ("acces-aux-droits", "ACC"), ("enfance", "ENF")])
def test_l_administrateur_cree_un_compte_de_son_partenaire(maison, theme, prefixe):
    recu = maison.en_tant_que(un_administrateur()).post("/identity/v1/comptes", json=une_demande(theme=theme))
    assert recu.status_code == 201
    identifiant = recu.json()["identifiant"]
    assert re.fullmatch(rf"{prefixe}[2-9A-HJ-NP-Z]{{5}}", identifiant)
    assert "Location" not in recu.headers
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["objet"]) == ("identity.compte.cree", "accorde", identifiant)
    assert (trace["sujet"], recu.headers["Audit-Receipt"]) == ("ACC2ADMN", trace["id"])
    assert maison.executer("SELECT caf_referente, par FROM comptes") == [("831", "ACC2ADMN")]
    assert maison.habilitation.demandes == []


def test_l_administrateur_d_un_autre_partenaire_est_refuse_et_trace(maison):
    recu = maison.en_tant_que(un_administrateur(partenaire=AUTRE)).post("/identity/v1/comptes", json=une_demande())
    assert (recu.status_code, recu.json()["type"]) == (403, "urn:mcp:probleme:acces-refuse")
    assert (maison.trace["issue"], maison.trace["cause"]) == ("refuse", "autre_partenaire")
    assert maison.executer("SELECT * FROM comptes") == [] and maison.courriels() == []


def test_une_utilisatrice_ne_cree_pas_de_compte(maison):
    recu = maison.en_tant_que(un_utilisateur()).post("/identity/v1/comptes", json=une_demande())
    assert (recu.status_code, maison.trace["cause"]) == (403, "regle_de_l_operation")


def test_le_referent_de_la_caf_referente_cree_un_compte(maison):
    recu = maison.en_tant_que(un_referent()).post("/identity/v1/comptes", json=une_demande())
    assert recu.status_code == 201
    assert maison.habilitation.demandes[-1][:2] == ("/habilitation/v1/partenaires/verification", {"siret": SIRET})
    assert maison.executer("SELECT partenaire, caf, caf_referente FROM comptes") == [(SIRET, None, "831")]


def test_le_referent_ne_distingue_pas_un_partenaire_inconnu_de_celui_d_une_autre_caf(maison):
    maison.habilitation.cafs = {SIRET: "441"}
    autre_caf = maison.en_tant_que(un_referent()).post("/identity/v1/comptes", json=une_demande())
    assert maison.trace["cause"] == "autre_caf"
    inconnu = maison.en_tant_que(un_referent()).post("/identity/v1/comptes", json=une_demande(partenaire=AUTRE))
    assert (maison.trace["cause"], maison.trace["objet"]) == ("partenaire_inconnu", AUTRE)
    assert autre_caf.status_code == inconnu.status_code == 403
    assert autre_caf.json() | {"instance": ""} == inconnu.json() | {"instance": ""}


def test_sans_habilitation_le_referent_ne_cree_rien(maison):
    maison.habilitation.statut = 500
    recu = maison.en_tant_que(un_referent()).post("/identity/v1/comptes", json=une_demande())
    assert (recu.status_code, maison.trace["cause"]) == (503, "reponse_500")
    assert maison.executer("SELECT * FROM comptes") == []


@pytest.mark.parametrize(
    "champs",
    [
        {"courriel": "pas une adresse"},
        {"courriel": "a,b@ccas.example"},
        {"courriel": "a@ccas.example\n"},
        {"courriel": "a" * 65 + "@ccas.example"},
        {"nom": "Mont\nfort"},
        {"prenom": "Claire\u0000"},
    ],
)
def test_une_personne_mal_ecrite_est_refusee_sans_etre_repetee(maison, champs):
    recu = maison.en_tant_que(un_administrateur()).post("/identity/v1/comptes", json=une_demande(**champs))
    assert recu.status_code == 400
    assert next(iter(champs.values())).strip() not in recu.text
    assert maison.executer("SELECT * FROM comptes") == []


def test_le_referent_nomme_un_agent_de_sa_caf_qui_se_connecte_sans_habilitation(maison):
    maison.habilitation.arreter()
    recu = maison.en_tant_que(un_referent()).post("/identity/v1/agents", json=AGENT)
    assert recu.status_code == 201
    identifiant = recu.json()["identifiant"]
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["objet"]) == ("identity.agent.nomme", "accorde", identifiant)
    assert maison.executer("SELECT identifiant, role, jusqu_a, par FROM roles_caf") == [
        (identifiant, "caf:controleur", None, "ACC3AGNT")
    ]
    (courriel,) = maison.courriels()
    provisoire = re.search(r"Mot de passe provisoire : (\S+)", courriel.get_content()).group(1)
    maison.changer(identifiant, provisoire, CHOISI)
    claims = maison.lire_jeton(maison.connecter(identifiant, CHOISI).json()["access_token"])
    assert (claims["caf"], claims["roles"], claims["partenaire"]) == ("831", ["caf:controleur"], None)
    assert (claims["groups"], claims["droits"], claims["administrateur"]) == ([], 0, False)
    assert (maison.trace["caf"], maison.trace["sujet"]) == ("831", identifiant)


@pytest.mark.parametrize("persona", [un_agent("caf:controleur"), un_administrateur()])
def test_qui_n_est_pas_referent_ne_nomme_pas_d_agent(maison, persona):
    recu = maison.en_tant_que(persona).post("/identity/v1/agents", json=AGENT)
    assert (recu.status_code, maison.trace["cause"]) == (403, "regle_de_l_operation")
    assert maison.executer("SELECT * FROM roles_caf") == []


def test_habilitation_apprend_de_quel_partenaire_est_un_compte(maison):
    identifiant, _ = maison.un_compte()
    avant = len(maison.traces)
    appel = maison.en_tant_que(un_service("habilitation", "identity"))
    recu = appel.post("/identity/v1/comptes/verification", json={"identifiant": identifiant})
    assert (recu.status_code, recu.json()) == (200, {"partenaire": SIRET})
    assert appel.post("/identity/v1/comptes/verification", json={"identifiant": "ACCZZZZZ"}).status_code == 404
    assert len(maison.traces) == avant


@pytest.mark.parametrize("persona", [un_service("cdap", "identity"), un_service("habilitation", "cdap"), un_referent()])
def test_nul_autre_que_habilitation_ne_verifie_un_compte(maison, persona):
    recu = maison.en_tant_que(persona).post("/identity/v1/comptes/verification", json={"identifiant": "ACC7K2MQ"})
    assert recu.status_code in (401, 403)
