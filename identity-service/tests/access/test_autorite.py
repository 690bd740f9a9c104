"""Who may act on somebody else's account: its sessions, its password, its end."""

import pytest

from atelier import un_administrateur, un_agent, un_referent, un_utilisateur

CHOISI = "Exemple-2026"
AUTRE = "21830137700017"
ACTES = {
    "terminer": ("DELETE", "/sessions", "identity.session.fermee"),
    "imposer": ("POST", "/changement-de-mot-de-passe", "identity.mot-de-passe.reinitialise"),
    "renvoyer": ("POST", "/mot-de-passe-provisoire", "identity.mot-de-passe.reinitialise"),
    "fermer": ("DELETE", "", "identity.compte.ferme"),
}


def agir(maison, persona, acte, identifiant):
    methode, suite, _ = ACTES[acte]
    return maison.en_tant_que(persona).demander(methode, f"/identity/v1/comptes/{identifiant}{suite}")


@pytest.mark.parametrize("persona", [un_referent(), un_administrateur()])
def test_toutes_les_sessions_d_une_personne_se_terminent(maison, persona):
    identifiant, jetons = maison.une_session()
    assert agir(maison, persona, "terminer", identifiant).status_code == 204
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["objet"]) == ("identity.session.fermee", "accorde", identifiant)
    assert trace["sujet"] == persona.identifiant
    assert maison.revocations() == [[maison.lire_jeton(jetons["access_token"])["sid"]]]
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 401


def test_la_caf_impose_un_changement_et_l_ancien_mot_de_passe_ne_vaut_plus_rien(maison):
    identifiant, jetons = maison.une_session()
    assert agir(maison, un_referent(), "imposer", identifiant).status_code == 204
    assert (maison.trace["type"], maison.trace["objet"]) == ("identity.mot-de-passe.reinitialise", identifiant)
    assert len(maison.revocations()) == 1 and maison.rafraichir(jetons["refresh_token"]).status_code == 401
    assert maison.connecter(identifiant, CHOISI).status_code == 401
    provisoire = maison.dernier_provisoire()
    assert maison.connecter(identifiant, provisoire).status_code == 403
    assert maison.changer(identifiant, provisoire, "Nouveau+2027").status_code == 204
    assert maison.connecter(identifiant, "Nouveau+2027").status_code == 201


def test_l_administrateur_n_impose_pas_de_changement(maison):
    identifiant = maison.un_compte_ouvert()
    assert agir(maison, un_administrateur(), "imposer", identifiant).status_code == 403
    assert maison.trace["cause"] == "regle_de_l_operation"
    assert maison.connecter(identifiant, CHOISI).status_code == 201


def test_un_mot_de_passe_provisoire_perime_se_renvoie(maison):
    identifiant, premier = maison.un_compte()
    maison.executer("UPDATE mots_de_passe SET expire_a = 1")
    assert agir(maison, un_administrateur(), "renvoyer", identifiant).status_code == 204
    second = maison.dernier_provisoire()
    assert second != premier and maison.connecter(identifiant, premier).status_code == 401
    assert maison.changer(identifiant, second, CHOISI).status_code == 204


def test_qui_a_choisi_son_mot_de_passe_n_en_recoit_pas_un_provisoire(maison):
    identifiant = maison.un_compte_ouvert()
    recu = agir(maison, un_administrateur(), "renvoyer", identifiant)
    assert (recu.status_code, recu.json()["type"]) == (409, "urn:mcp:probleme:mot-de-passe-definitif")
    assert maison.connecter(identifiant, CHOISI).status_code == 201


def test_un_compte_ferme_ne_sert_plus_et_ne_se_rouvre_pas(maison):
    identifiant, jetons = maison.une_session()
    assert agir(maison, un_administrateur(), "fermer", identifiant).status_code == 204
    assert (maison.trace["type"], maison.trace["objet"]) == ("identity.compte.ferme", identifiant)
    assert len(maison.revocations()) == 1 and maison.rafraichir(jetons["refresh_token"]).status_code == 401
    recu = maison.connecter(identifiant, CHOISI)
    assert (recu.json()["type"], maison.trace["cause"]) == ("urn:mcp:probleme:identifiants-errones", "compte_ferme")
    for acte in ACTES:
        assert agir(maison, un_referent(), acte, identifiant).status_code == 404
    maison.oublier("claire.montfort@ccas.example")
    assert maison.trace["cause"] == "courriel_inconnu"


@pytest.mark.parametrize("acte", ["terminer", "renvoyer", "fermer"])
def test_un_administrateur_n_agit_pas_sur_un_autre_administrateur_mais_le_referent_oui(maison, acte):
    identifiant, _ = maison.un_compte()
    maison.habilitation.administrateurs = {identifiant}
    assert agir(maison, un_administrateur(), acte, identifiant).status_code == 403
    assert (maison.trace["cause"], maison.trace["objet"]) == ("administrateur_vise", identifiant)
    assert agir(maison, un_referent(), acte, identifiant).status_code == 204


@pytest.mark.parametrize("acte", ["terminer", "imposer", "renvoyer", "fermer"])
@pytest.mark.parametrize(
    ("persona", "cause"), [(un_referent(caf="441"), "autre_caf"), (un_administrateur(partenaire=AUTRE), None)]
)
def test_le_compte_d_un_autre_ne_se_distingue_pas_d_un_compte_qui_n_existe_pas(maison, acte, persona, cause):
    identifiant, _ = maison.un_compte()
    autre = agir(maison, persona, acte, identifiant)
    if autre.status_code != 403:
        assert (maison.trace["cause"], maison.trace["objet"]) == (cause or "autre_partenaire", identifiant)
    inconnu = agir(maison, persona, acte, "ACCZZZZZ")
    assert maison.trace["objet"] is None
    assert autre.status_code == inconnu.status_code in (403, 404)
    assert autre.json() | {"instance": ""} == inconnu.json() | {"instance": ""}


@pytest.mark.parametrize("acte", ACTES)
def test_nul_n_agit_ainsi_sur_lui_meme(maison, acte):
    identifiant, _ = maison.un_compte()
    recu = agir(maison, un_referent(sub=identifiant), acte, identifiant)
    assert (recu.status_code, recu.json()["type"]) == (403, "urn:mcp:probleme:soi-meme")


@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("persona", [un_utilisateur(), un_agent("caf:controleur"), None])
def test_qui_n_a_pas_d_autorite_est_refuse(maison, acte, persona):
    identifiant, _ = maison.un_compte()
    assert agir(maison, persona, acte, identifiant).status_code == (401 if persona is None else 403)


def test_sans_habilitation_on_ne_sait_pas_qui_est_administrateur_et_rien_ne_change(maison):
    identifiant = maison.un_compte_ouvert()
    maison.habilitation.statut = 500
    assert agir(maison, un_administrateur(), "fermer", identifiant).status_code == 503
    assert maison.executer("SELECT ferme_a FROM comptes WHERE identifiant = :i", i=identifiant) == [(None,)]


def test_le_referent_agit_sur_les_agents_de_sa_caf(maison):
    agent = {"nom": "Lenoir", "prenom": "Paul", "courriel": "paul.lenoir@caf.example", "roles": ["caf:controleur"]}
    identifiant = maison.en_tant_que(un_referent()).post("/identity/v1/agents", json=agent).json()["identifiant"]
    assert agir(maison, un_referent(caf="441"), "fermer", identifiant).status_code == 404
    assert agir(maison, un_administrateur(), "fermer", identifiant).status_code == 404
    assert agir(maison, un_referent(), "fermer", identifiant).status_code == 204
    assert maison.trace["caf"] == "831"
