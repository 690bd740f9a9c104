"""Renewing and ending a session: rotation, the lost answer, the theft."""

import pytest

CHOISI = "Exemple-2026"


def test_renouveler_donne_les_droits_du_jour_et_un_autre_jeton(maison):
    identifiant, jetons = maison.une_session()
    maison.habilitation.droits |= {"droits": 13, "groups": []}
    recu = maison.rafraichir(jetons["refresh_token"])
    assert recu.status_code == 200 and recu.json()["refresh_token"] != jetons["refresh_token"]
    avant, apres = maison.lire_jeton(jetons["access_token"]), maison.lire_jeton(recu.json()["access_token"])
    assert (apres["droits"], apres["groups"]) == (13, []) and apres["sid"] == avant["sid"]
    trace = maison.trace
    assert (trace["type"], trace["issue"]) == ("identity.session.rafraichie", "accorde")
    assert (trace["sujet"], trace["session"], trace["caf"]) == (identifiant, avant["sid"], "831")


def test_le_jeton_de_renouvellement_n_est_garde_que_par_son_empreinte(maison):
    _, jetons = maison.une_session()
    lignes = maison.executer("SELECT * FROM jetons_rafraichissement")
    assert len(lignes) == 1 and jetons["refresh_token"] not in str(lignes)


def test_une_reponse_perdue_n_est_pas_un_vol(maison):
    _, jetons = maison.une_session()
    perdue = maison.rafraichir(jetons["refresh_token"])
    encore = maison.rafraichir(jetons["refresh_token"])
    assert (perdue.status_code, encore.status_code) == (200, 200)
    assert maison.rafraichir(encore.json()["refresh_token"]).status_code == 200


def test_le_successeur_d_une_reponse_perdue_trahit_un_vol_s_il_resurgit(maison):
    _, jetons = maison.une_session()
    premier = maison.rafraichir(jetons["refresh_token"]).json()
    second = maison.rafraichir(jetons["refresh_token"]).json()
    assert maison.rafraichir(premier["refresh_token"]).status_code == 401
    assert maison.trace["cause"] == "jeton_rejoue"
    assert maison.rafraichir(second["refresh_token"]).status_code == 401
    assert maison.trace["cause"] == "session_fermee"


def test_un_jeton_rejoue_apres_son_successeur_ferme_toute_la_session(maison):
    identifiant, jetons = maison.une_session()
    suivant = maison.rafraichir(jetons["refresh_token"]).json()
    dernier = maison.rafraichir(suivant["refresh_token"]).json()
    recu = maison.rafraichir(jetons["refresh_token"])
    assert (recu.status_code, recu.json()["type"]) == (401, "urn:mcp:probleme:jeton-invalide")
    fermeture, refus = maison.traces[-2:]
    assert (fermeture["type"], fermeture["data"]["issue"]) == ("identity.session.fermee", "accorde")
    assert (refus["data"]["issue"], refus["data"]["cause"]) == ("refuse", "jeton_rejoue")
    assert recu.headers["Audit-Receipt"] == refus["id"]
    assert {trace["data"]["sujet"] for trace in (fermeture, refus)} == {identifiant}
    assert maison.executer("SELECT motif_fin FROM sessions") == [("jeton_rejoue",)]
    assert maison.rafraichir(dernier["refresh_token"]).status_code == 401


def test_une_reponse_n_est_plus_perdue_apres_30_secondes(maison):
    _, jetons = maison.une_session()
    suivant = maison.rafraichir(jetons["refresh_token"]).json()
    maison.executer("UPDATE jetons_rafraichissement SET consomme_a = consomme_a - 31 WHERE consomme_a IS NOT NULL")
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 401
    assert maison.rafraichir(suivant["refresh_token"]).status_code == 401


def test_une_session_laissee_huit_heures_est_finie(maison):
    _, jetons = maison.une_session()
    maison.executer("UPDATE jetons_rafraichissement SET expire_a = expire_a - 8 * 3600")
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 401
    assert maison.trace["cause"] == "jeton_expire"


@pytest.mark.parametrize("jeton", ["r1.Zm9v", "'", "\x00"])
def test_un_jeton_inconnu_ne_dit_rien_de_personne(maison, jeton):
    assert maison.rafraichir(jeton).status_code == 401
    assert (maison.trace["sujet"], maison.trace["cause"]) == (None, "jeton_inconnu")


def test_sans_habilitation_l_ancien_jeton_n_est_pas_consomme(maison):
    _, jetons = maison.une_session()
    maison.habilitation.statut = 503
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 503
    assert (maison.trace["issue"], maison.trace["cause"]) == ("echec", "reponse_503")
    maison.habilitation.statut = None
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 200


def test_se_deconnecter_ferme_sa_session_et_son_renouvellement(maison):
    identifiant, jetons = maison.une_session()
    moi = maison.avec_jeton(jetons["access_token"])
    recu = maison.personne.delete("/identity/v1/sessions/courante", **moi)
    assert recu.status_code == 204
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["sujet"]) == ("identity.session.fermee", "accorde", identifiant)
    assert maison.executer("SELECT motif_fin FROM sessions") == [("deconnexion",)]
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 401
    assert maison.personne.delete("/identity/v1/sessions/courante", **moi).status_code == 204


def test_sans_jeton_on_ne_se_deconnecte_pas(maison):
    avant = len(maison.traces)
    recu = maison.personne.delete("/identity/v1/sessions/courante")
    assert recu.json()["type"] == "urn:mcp:probleme:jeton-absent" and len(maison.traces) == avant
