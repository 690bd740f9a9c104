"""A forgotten password: one answer for everybody, help by mail for who is known."""

import base64

import pytest

from identity.domain.captchas import ALPHABET

CHOISI, ADRESSE = "Exemple-2026", "claire.montfort@ccas.example"


def declarer(maison, courriel, captcha, reponse):
    corps = {"courriel": courriel, "captcha": captcha, "reponse": reponse}
    return maison.personne.post("/identity/v1/mots-de-passe/oublies", json=corps)


def sans_trace(reponse):
    return reponse.status_code, reponse.content, {n: v for n, v in reponse.headers.items() if n != "audit-receipt"}


def test_une_adresse_connue_et_une_inconnue_recoivent_les_memes_octets_et_la_trace_sait_laquelle(maison):
    identifiant = maison.un_compte_ouvert()
    connue = maison.oublier(ADRESSE.upper())
    assert (maison.trace["objet"], maison.trace["cause"], connue.status_code) == (identifiant, None, 202)
    inconnue = maison.oublier("personne@ccas.example")
    assert (maison.trace["objet"], maison.trace["issue"]) == (None, "refuse")
    assert maison.trace["cause"] == "courriel_inconnu" and maison.trace["type"] == "identity.mot-de-passe.oublie"
    assert sans_trace(connue) == sans_trace(inconnue)
    assert "personne@ccas" not in str(maison.executer("SELECT * FROM oublis")) + str(maison.traces)


def test_le_secours_ouvre_le_choix_d_un_mot_de_passe_et_l_ancien_reste_valable_jusque_la(maison):
    identifiant = maison.un_compte_ouvert()
    maison.oublier(ADRESSE)
    secours = maison.dernier_provisoire()
    assert (maison.trace["type"], maison.trace["client"]) == ("identity.mot-de-passe.reinitialise", "relais")
    texte = maison.courriels()[-1].get_content()
    assert identifiant not in texte and "24 heures" in texte
    assert maison.connecter(identifiant, CHOISI).status_code == 201
    assert maison.connecter(identifiant, secours).status_code == 403
    assert maison.changer(identifiant, secours, "Nouveau+2027").status_code == 204
    assert maison.connecter(identifiant, "Nouveau+2027").status_code == 201
    assert maison.connecter(identifiant, secours).status_code == 401


def test_un_secours_ne_vaut_plus_rien_apres_24_heures_ni_quand_un_mot_de_passe_est_choisi(maison):
    identifiant = maison.un_compte_ouvert()
    maison.oublier(ADRESSE)
    secours = maison.dernier_provisoire()
    maison.executer("UPDATE mots_de_passe_de_secours SET expire_a = 1")
    assert maison.connecter(identifiant, secours).status_code == 401
    maison.executer("UPDATE mots_de_passe_de_secours SET expire_a = 9999999999")
    maison.changer(identifiant, CHOISI, "Nouveau+2027")
    assert maison.connecter(identifiant, secours).status_code == 401


def test_insister_ne_fait_pas_pleuvoir_les_courriels(maison):
    maison.un_compte_ouvert()
    for _ in range(3):
        assert maison.oublier(ADRESSE).status_code == 202
    maison.faire_les_corvees()
    assert [c["Subject"] for c in maison.courriels()].count("Votre mot de passe oublié") == 1
    assert maison.trace["cause"] == "secours_recent"


def test_le_secours_n_est_garde_que_par_son_empreinte(maison):
    maison.un_compte_ouvert()
    maison.oublier(ADRESSE)
    secours = maison.dernier_provisoire()
    assert len(maison.executer("SELECT * FROM mots_de_passe_de_secours")) == 1
    assert secours not in str(maison.executer("SELECT * FROM mots_de_passe_de_secours"))


def test_un_captcha_est_une_image_et_son_id_ne_dit_pas_la_reponse(maison):
    lus = [maison.personne.post("/identity/v1/captchas").json() for _ in range(2)]
    assert base64.b64decode(lus[0]["image"]).startswith(b"\x89PNG") and lus[0]["id"] != lus[1]["id"]
    assert lus[0]["image"] != lus[1]["image"] and not set(ALPHABET) & set("lIoO01")
    assert maison.traces == []


@pytest.mark.parametrize(
    ("fausser", "cause"),
    [
        (lambda nom, juste: (nom, juste.swapcase()), "captcha_errone"),
        (lambda nom, juste: (nom, "aaaaaa"), "captcha_errone"),
        (lambda nom, juste: ("n’importe quoi", juste), "captcha_illisible"),
        (lambda nom, juste: (nom.replace(nom.split(".")[1], "1700000000"), juste), "captcha_expire"),
        (lambda nom, juste: (nom.replace(nom.split(".")[1], "9999999999"), juste), "captcha_errone"),
        (lambda nom, juste: ("f" * 32 + nom[32:], juste), "captcha_errone"),
    ],
)
def test_une_mauvaise_reponse_est_refusee_tracee_et_n_envoie_rien(maison, fausser, cause):
    maison.un_compte_ouvert()
    recu = declarer(maison, ADRESSE, *fausser(*maison.captcha()))
    assert (recu.status_code, recu.json()["type"]) == (422, "urn:mcp:probleme:captcha-errone")
    assert (maison.trace["issue"], maison.trace["cause"]) == ("refuse", cause)
    assert len(maison.courriels()) == 1


@pytest.mark.parametrize("juste_d_abord", [True, False])
def test_un_captcha_ne_sert_qu_une_fois_meme_mal_repondu(maison, juste_d_abord):
    nom, juste = maison.captcha()
    assert declarer(maison, ADRESSE, nom, juste if juste_d_abord else "zzzzzz").status_code in (202, 422)
    assert declarer(maison, ADRESSE, nom, juste).status_code == 422
    assert maison.trace["cause"] == "captcha_deja_utilise"


def test_un_identifiant_oublie_dit_a_qui_s_adresser(maison):
    lu = maison.personne.get("/identity/v1/identifiants/oublies").json()["message"]
    assert "la Caf" in lu and "administrateur" in lu


def test_une_connexion_depuis_une_adresse_nouvelle_est_dite_par_courriel_une_fois(maison):
    identifiant, _ = maison.une_session()
    assert "inhabituelle" not in str([courriel["Subject"] for courriel in maison.courriels()])
    for _ in range(2):
        assert maison.connecter(identifiant, CHOISI, "192.0.2.7").status_code == 201
    lettres = [lettre for lettre in maison.courriels() if "inhabituelle" in lettre["Subject"]]
    assert len(lettres) == 1 and "Adresse : 192.0.2.7" in lettres[0].get_content()
    maison.executer("UPDATE adresses_connues SET vue_a = vue_a - 91 * 86400")
    maison.connecter(identifiant, CHOISI, "192.0.2.7")
    assert len([lettre for lettre in maison.courriels() if "inhabituelle" in lettre["Subject"]]) == 2


def test_mon_compte_montre_mes_dernieres_connexions(maison):
    identifiant, jetons = maison.une_session()
    maison.connecter(identifiant, CHOISI, "192.0.2.7")
    moi = maison.avec_jeton(jetons["access_token"])
    vues = maison.personne.get("/identity/v1/comptes/moi", **moi).json()["dernieres_connexions"]
    assert [vue["adresse"] for vue in vues] == ["192.0.2.7", "testclient"]
    assert all(vue["ouverte_a"].endswith("Z") for vue in vues)
