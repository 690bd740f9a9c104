"""Codes, tokens and their end, for the front ends of others."""

import base64
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from urllib.parse import quote_plus, urlencode

import pytest
from navigateur import CHOISI, RACINE, RETOUR, SORTIE, Application, Navigateur, dit, scelle

from atelier.signature import ISSUER
from identity.adapters.menage import faire_le_menage


@pytest.fixture
def application(maison):
    return Application(maison)


@pytest.fixture
def navigateur(maison):
    return Navigateur(maison)


@pytest.fixture
def entree(maison, application, navigateur):
    """Somebody who has just logged in: her identifiant, and the code."""
    identifiant = maison.un_compte_ouvert()
    return identifiant, navigateur.entrer(application, identifiant)


def est(recu, statut, erreur, maison, cause):
    assert (recu.status_code, recu.json()) == (statut, {"error": erreur})
    trace = maison.trace
    assert (trace["issue"], trace["cause"], trace["id"]) == ("refuse", cause, recu.headers["Audit-Receipt"])


def test_un_code_donne_les_memes_jetons_que_le_portail_au_nom_du_client(maison, application, entree):
    identifiant, code = entree
    recu = application.echanger(code)
    lu = recu.json()
    assert recu.status_code == 200 and (lu["token_type"], lu["expires_in"], lu["scope"]) == ("Bearer", 300, "openid")
    acces = maison.lire_jeton(lu["access_token"])
    assert (acces["client_id"], acces["sub"], acces["aud"]) == (application.id, identifiant, "mcp")
    assert acces["groups"] and acces["droits"] == 12
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["sujet"]) == ("identity.code.echange", "accorde", identifiant)
    assert (trace["client"], trace["session"]) == (application.id, acces["sid"])
    moi = maison.avec_jeton(lu["access_token"])
    assert maison.personne.get(f"{RACINE}/sujet", **moi).json() == {"sub": identifiant}


def test_l_id_token_dit_qui_et_quand_et_ne_nomme_personne(maison, application, entree):
    identifiant, code = entree
    lu = application.echanger(code).json()
    claims = maison.lire_jeton(lu["id_token"], audience=application.id)
    demi = sha256(lu["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(demi).rstrip(b"=").decode()
    assert (claims["sub"], claims["nonce"], claims["iss"]) == (identifiant, "n-0S6", ISSUER)
    ((sid, ouverte_a),) = maison.executer("SELECT sid, ouverte_a FROM sessions")
    assert (claims["sid"], claims["auth_time"]) == (sid, int(ouverte_a))
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "auth_time", "sid", "at_hash", "nonce"}


def test_un_id_token_n_ouvre_rien(maison, application, entree):
    lu = application.echanger(entree[1]).json()
    assert maison.personne.get("/identity/v1/comptes/moi", **maison.avec_jeton(lu["id_token"])).status_code == 401


def test_un_code_rejoue_ferme_la_session_qu_il_a_donnee(maison, application, entree):
    lu = application.echanger(entree[1]).json()
    est(application.echanger(entree[1]), 400, "invalid_grant", maison, "code_rejoue")
    sid = maison.lire_jeton(lu["access_token"])["sid"]
    assert maison.revocations() == [[sid]] and maison.executer("SELECT motif_fin FROM sessions") == [("code_rejoue",)]
    est(application.renouveler(lu["refresh_token"]), 400, "invalid_grant", maison, "session_fermee")
    assert maison.trace["type"] == "identity.session.rafraichie"


def test_deux_echanges_a_la_fois_ne_donnent_pas_deux_fois(maison, application, entree):
    maison.habilitation.avant_de_repondre = lambda: application.echanger(entree[1])
    recu = application.echanger(entree[1])
    est(recu, 400, "invalid_grant", maison, "code_rejoue")
    assert maison.executer("SELECT motif_fin FROM sessions") == [("code_rejoue",)]


def test_huit_echanges_a_la_fois_donnent_au_plus_une_fois(maison, application, entree):
    with ThreadPoolExecutor(8) as fils:
        statuts = [recu.status_code for recu in fils.map(lambda _: application.echanger(entree[1]), range(8))]
    assert sorted(statuts) == [200] + [400] * 7


@pytest.mark.parametrize(
    ("champs", "cause"),
    [
        ({"code_verifier": "x" * 43}, "verificateur_errone"),
        ({"code_verifier": None}, "verificateur_errone"),
        ({"redirect_uri": None}, "retour_different"),
        ({"redirect_uri": RETOUR + "/"}, "retour_different"),
    ],
)
def test_un_code_mal_presente_ne_donne_plus_rien(maison, application, entree, champs, cause):
    est(application.echanger(entree[1], **champs), 400, "invalid_grant", maison, cause)
    est(application.echanger(entree[1]), 400, "invalid_grant", maison, "code_rejoue")
    assert maison.executer("SELECT fermee_a FROM sessions") == [(None,)]


def test_un_code_sert_au_client_qui_l_a_demande_et_a_nul_autre(maison, application, entree):
    autre = Application(maison, secret=True, nom="Agenda")
    autre.verificateur = application.verificateur
    est(autre.echanger(entree[1]), 400, "invalid_grant", maison, "code_d_un_autre_client")
    assert maison.trace["client"] == autre.id


def test_un_code_vaut_soixante_secondes(maison, application, entree):
    maison.executer("UPDATE codes_oidc SET expire_a = expire_a - 60")
    est(application.echanger(entree[1]), 400, "invalid_grant", maison, "code_expire")


def test_un_code_ne_survit_pas_a_sa_session(maison, application, entree):
    maison.executer("UPDATE sessions SET fermee_a = 1")
    est(application.echanger(entree[1]), 400, "invalid_grant", maison, "session_fermee")


def test_sans_habilitation_le_code_n_est_pas_consomme(maison, application, entree):
    maison.habilitation.statut = 500
    recu = application.echanger(entree[1])
    assert (recu.status_code, recu.json()["type"]) == (503, "urn:mcp:probleme:voisin-indisponible")
    assert (maison.trace["type"], maison.trace["issue"]) == ("identity.code.echange", "echec")
    maison.habilitation.statut = None
    assert application.echanger(entree[1]).status_code == 200


def test_une_demande_de_jetons_mal_faite_dit_le_mot_de_la_norme(maison, application, entree):
    for champs, erreur, cause in (
        ({"grant_type": "password"}, "unsupported_grant_type", "octroi_inconnu"),
        ({"grant_type": None}, "unsupported_grant_type", "octroi_inconnu"),
        ({"code": None}, "invalid_request", "code_absent"),
        ({"code": [entree[1], entree[1]]}, "invalid_request", "parametre_double"),
        ({"code": "inconnu"}, "invalid_grant", "code_inconnu"),
    ):
        est(application.echanger(**{"code": entree[1]} | champs), 400, erreur, maison, cause)
    assert application.echanger(entree[1]).status_code == 200


def test_une_application_avec_secret_le_prouve_de_deux_facons_et_d_une_seule_a_la_fois(maison, navigateur):
    application = Application(maison, secret=True)
    identifiant = maison.un_compte_ouvert()

    def code():
        return dit(navigateur.demander(application.demande(prompt="none")))["code"]

    def basic(client, secret):
        mots = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
        return {"Authorization": f"Basic {base64.b64encode(mots).decode()}"}

    def corps(code, **champs):
        return {"grant_type": "authorization_code", "code": code, "redirect_uri": RETOUR,
                "code_verifier": application.verificateur} | champs  # fmt: skip

    assert application.echanger(navigateur.entrer(application, identifiant)).status_code == 200
    assert application.secret not in str(maison.executer("SELECT * FROM clients_oidc"))
    recu = application.jetons(corps(code()), headers=basic(application.id, application.secret))
    assert recu.status_code == 200
    for champs, entetes, erreur, cause in (
        ({"client_id": application.id}, {}, "invalid_client", "secret_errone"),
        ({"client_id": application.id, "client_secret": "x"}, {}, "invalid_client", "secret_errone"),
        ({}, basic(application.id, "x"), "invalid_client", "secret_errone"),
        ({}, basic("oidc-0", "x"), "invalid_client", "client_inconnu"),
        ({}, {"Authorization": "Basic é".encode("latin-1")}, "invalid_client", "client_inconnu"),
        ({}, {}, "invalid_client", "client_inconnu"),
        ({"client_secret": application.secret}, basic(application.id, application.secret), "invalid_request",
         "client_prouve_deux_fois"),
        ({"client_id": "autre"}, basic(application.id, application.secret), "invalid_request",
         "client_prouve_deux_fois"),
    ):  # fmt: skip
        recu = application.jetons(corps(code(), **champs), headers=entetes)
        est(recu, 401 if erreur == "invalid_client" else 400, erreur, maison, cause)
        assert recu.headers.get("WWW-Authenticate", "").startswith("Basic") == (erreur == "invalid_client")
    publique = Application(maison, nom="Agenda")
    recu = publique.jetons(corps(code(), client_id=publique.id, client_secret="x"))
    est(recu, 401, "invalid_client", maison, "secret_errone")


def test_renouveler_tourne_et_un_vol_ferme_la_session(maison, application, entree):
    premier = application.echanger(entree[1]).json()
    second = application.renouveler(premier["refresh_token"]).json()
    lu = maison.lire_jeton(second["access_token"])
    assert lu["client_id"] == application.id and "id_token" not in second
    assert (maison.trace["type"], maison.trace["client"]) == ("identity.session.rafraichie", application.id)
    assert application.renouveler(second["refresh_token"]).status_code == 200
    est(application.renouveler(premier["refresh_token"]), 400, "invalid_grant", maison, "jeton_rejoue")
    assert maison.revocations() == [[lu["sid"]]]


def test_un_jeton_de_renouvellement_ne_sert_qu_a_l_application_qui_l_a_recu(maison, application, entree):
    jeton = application.echanger(entree[1]).json()["refresh_token"]
    assert maison.rafraichir(jeton).status_code == 401 and maison.trace["cause"] == "jeton_d_un_autre_client"
    autre = Application(maison, nom="Agenda")
    est(autre.renouveler(jeton), 400, "invalid_grant", maison, "jeton_d_un_autre_client")
    du_portail = maison.connecter(entree[0], CHOISI).json()["refresh_token"]
    est(application.renouveler(du_portail), 400, "invalid_grant", maison, "jeton_d_un_autre_client")
    assert application.renouveler(jeton).status_code == 200


def test_une_application_retiree_ne_renouvelle_plus(maison, application, entree):
    jeton = application.echanger(entree[1]).json()["refresh_token"]
    maison.executer("UPDATE clients_oidc SET retire_a = 1")
    est(application.renouveler(jeton), 401, "invalid_client", maison, "client_inconnu")


def sortir(navigateur, **champs):
    return navigateur.web.get(f"{RACINE}/deconnexion?{urlencode(champs, doseq=True)}")


def test_se_deconnecter_depuis_l_application_y_ramene_et_finit_partout(maison, application, navigateur, entree):
    lu = application.echanger(entree[1]).json()
    recu = sortir(navigateur, id_token_hint=lu["id_token"], post_logout_redirect_uri=SORTIE, state="s 1&x")
    assert (recu.status_code, recu.headers["Location"]) == (303, SORTIE + "?state=s+1%26x")
    assert 'mcp-session="";' in recu.headers["set-cookie"] or "mcp-session=;" in recu.headers["set-cookie"]
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["sujet"]) == ("identity.session.fermee", "accorde", entree[0])
    assert (trace["client"], maison.revocations()) == (application.id, [[trace["session"]]])
    assert dit(navigateur.demander(application.demande(prompt="none")))["error"] == "login_required"
    est(application.renouveler(lu["refresh_token"]), 400, "invalid_grant", maison, "session_fermee")
    assert sortir(navigateur, id_token_hint=lu["id_token"]).status_code == 200


def test_une_sortie_qui_n_est_pas_inscrite_n_est_jamais_suivie_mais_la_session_finit(
    maison, application, navigateur, entree
):
    jeton = application.echanger(entree[1]).json()["id_token"]
    for adresse in (SORTIE + "/", SORTIE + "?x=1", RETOUR, "https://pirate.example/", SORTIE.upper()):
        recu = sortir(navigateur, id_token_hint=jeton, post_logout_redirect_uri=adresse)
        assert (recu.status_code, "Location" in recu.headers, "pirate" in recu.text) == (200, False, False), adresse
    assert maison.executer("SELECT motif_fin FROM sessions") == [("deconnexion",)]


def test_un_indice_qui_se_contredit_est_montre_et_ne_finit_rien(maison, application, navigateur, entree):
    jeton = application.echanger(entree[1]).json()["id_token"]
    for champs in ({"client_id": "oidc-autre"}, {"post_logout_redirect_uri": [SORTIE, SORTIE]}):
        recu = sortir(navigateur, id_token_hint=jeton, **champs)
        assert (recu.status_code, "Location" in recu.headers) == (400, False)
    assert maison.executer("SELECT fermee_a FROM sessions") == [(None,)]


def test_sans_indice_valable_on_confirme_et_un_autre_site_ne_le_peut_pas(maison, application, navigateur, entree):
    jetons = application.echanger(entree[1]).json()
    for indice in ({}, {"id_token_hint": "x"}, {"id_token_hint": jetons["access_token"]},
                   {"id_token_hint": jetons["id_token"][:-4] + "AAAA"}):  # fmt: skip
        page = sortir(navigateur, post_logout_redirect_uri=SORTIE, **indice)
        assert page.status_code == 200 and "Voulez-vous" in page.text and "Location" not in page.headers
    ailleurs = Navigateur(maison)
    ailleurs.entrer(application, entree[0])
    for sceau in ("x", scelle(sortir(ailleurs))):
        recu = navigateur.web.post(f"{RACINE}/deconnexion", data={"formulaire": sceau})
        assert (recu.status_code, maison.trace["cause"]) == (403, "formulaire_non_scelle")
    assert maison.executer("SELECT fermee_a FROM sessions") == [(None,), (None,)]
    recu = navigateur.web.post(f"{RACINE}/deconnexion", data={"formulaire": scelle(page)})
    assert recu.status_code == 200 and "Vous êtes déconnecté" in recu.text
    assert sorted(maison.executer("SELECT motif_fin FROM sessions"), key=str) == [("deconnexion",), (None,)]


def test_l_indice_d_une_autre_personne_ne_deconnecte_pas_sans_confirmation(maison, application, navigateur, entree):
    """Anybody has an ID token of her own, and may send others to an address with it."""
    pirate = Navigateur(maison)
    code = pirate.entrer(application, entree[0])
    indice = {"id_token_hint": application.echanger(code).json()["id_token"], "post_logout_redirect_uri": SORTIE}
    page = sortir(navigateur, **indice)
    assert page.status_code == 200 and "Voulez-vous" in page.text and "Location" not in page.headers
    assert "mcp-session" not in page.headers["set-cookie"] and maison.trace["objet"] == "formulaire"
    assert maison.executer("SELECT fermee_a FROM sessions") == [(None,), (None,)]
    assert "code" in dit(navigateur.demander(application.demande(prompt="none")))
    recu = navigateur.web.post(f"{RACINE}/deconnexion", data={"formulaire": scelle(page)})
    assert "Vous êtes déconnecté" in recu.text and "mcp-session" in recu.headers["set-cookie"]
    assert dit(navigateur.demander(application.demande(prompt="none")))["error"] == "login_required"
    assert "code" in dit(pirate.demander(application.demande(prompt="none")))


@pytest.mark.parametrize("avec_indice", [True, False])
def test_un_envoi_d_un_autre_site_ne_touche_pas_au_cookie_qu_il_ne_porte_pas(maison, application, entree, avec_indice):
    """Browsers leave a Lax cookie out of a POST that comes from another site."""
    indice = {"id_token_hint": application.echanger(entree[1]).json()["id_token"]} if avec_indice else {}
    recu = Navigateur(maison).web.post(f"{RACINE}/deconnexion", data=indice | {"state": "x"})
    assert recu.status_code == 200 and "Vous êtes déconnecté" not in recu.text
    assert "mcp-session" not in recu.headers.get("set-cookie", "")
    assert maison.executer("SELECT motif_fin FROM sessions") == [("deconnexion" if avec_indice else None,)]


def test_les_codes_sont_oublies_apres_un_jour(maison, application, entree):
    maison.faire_les_corvees()
    assert len(maison.executer("SELECT * FROM codes_oidc")) == 1
    maison.executer("UPDATE codes_oidc SET expire_a = expire_a - 86461")
    faire_le_menage(maison.banc.engine)
    assert maison.executer("SELECT * FROM codes_oidc") == []
