"""Authorization: who is sent back where, with what, and who is not."""

import base64
from urllib.parse import urlencode

import pyotp
import pytest
from navigateur import CHOISI, RACINE, RETOUR, Application, Navigateur, dit, scelle

from atelier import un_administrateur
from atelier.personas import SIRET
from atelier.signature import ISSUER
from identity.domain.autorisation import Demande
from identity.main import application as servir
from identity.usecases.formulaire import VIE, sceller
from socle.travail import maintenant


@pytest.fixture
def application(maison):
    return Application(maison)


@pytest.fixture
def navigateur(maison):
    return Navigateur(maison)


def test_la_decouverte_ne_promet_que_code_et_s256(maison):
    lu = maison.personne.get("/.well-known/openid-configuration").json()
    assert lu["issuer"] == ISSUER and lu["authorization_endpoint"] == f"{ISSUER}{RACINE}/autorisation"
    assert (lu["response_types_supported"], lu["code_challenge_methods_supported"]) == (["code"], ["S256"])


def test_la_page_de_connexion_est_sans_script_et_n_est_ni_gardee_ni_encadree(maison, application, navigateur):
    page = navigateur.demander(application.demande())
    politique = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in politique and "frame-ancestors 'none'" in politique and "script" not in politique
    assert "form-action 'self' https://application.example;" in politique
    assert page.headers["Cache-Control"] == "no-store" and "<script" not in page.text
    assert '<html lang="fr">' in page.text and page.text.count("<label") == page.text.count("<input id") == 3
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["objet"]) == (
        "identity.autorisation.demandee",
        "accorde",
        "formulaire",
    )
    assert (trace["client"], trace["sujet"], trace["id"]) == (application.id, None, page.headers["Audit-Receipt"])


def test_se_connecter_rend_un_code_avec_state_et_iss_intacts(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    recu = navigateur.connecter(navigateur.demander(application.demande()), identifiant, CHOISI)
    lu = dit(recu)
    assert (lu["state"], lu["iss"], set(lu)) == ("~ &=42", ISSUER, {"code", "state", "iss"})
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["sujet"]) == ("identity.session.ouverte", "accorde", identifiant)
    assert trace["client"] == application.id and recu.headers["Audit-Receipt"] == trace["id"]
    assert lu["code"] not in str(maison.executer("SELECT * FROM codes_oidc"))


def test_le_cookie_de_session_est_opaque_et_garde_par_son_empreinte(maison, application, navigateur):
    recu = navigateur.connecter(navigateur.demander(application.demande()), maison.un_compte_ouvert(), CHOISI)
    (pose,) = recu.headers.get_list("set-cookie")
    assert pose.startswith("mcp-session=") and "HttpOnly" in pose and "SameSite=Lax" in pose and "Path=/" in pose
    assert "Secure" not in pose and "Domain" not in pose
    valeur = pose.partition("=")[2].partition(";")[0]
    assert len(valeur) == 43 and valeur not in str(maison.executer("SELECT * FROM sessions"))


def test_sous_https_le_cookie_est_secure_et_lie_a_l_hote(maison_avec):
    maison = maison_avec()
    maison.banc.reglages = maison.banc.reglages.model_copy(update={"issuer": "https://mcp.example"})
    maison.banc.servir(servir(maison.banc.reglages))
    page = Navigateur(maison).demander(Application(maison).demande())
    pose = page.headers["set-cookie"]
    assert pose.startswith("__Host-mcp-formulaire=") and "Secure" in pose and "SameSite=Lax" in pose


def test_qui_est_connecte_ne_se_reconnecte_pas_pour_une_autre_application(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    navigateur.entrer(application, identifiant)
    autre = Application(maison, nom="Agenda")
    lu = dit(navigateur.demander(autre.demande(prompt="none")))
    trace = maison.trace
    assert (trace["type"], trace["objet"], trace["sujet"]) == ("identity.autorisation.demandee", "code", identifiant)
    assert autre.echanger(lu["code"]).status_code == 200
    assert len(maison.executer("SELECT * FROM sessions")) == 1


def test_prompt_login_et_max_age_redemandent_le_mot_de_passe(maison, application, navigateur):
    navigateur.entrer(application, maison.un_compte_ouvert())
    maison.executer("UPDATE sessions SET ouverte_a = ouverte_a - 61")
    for champs in ({"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "60"}):
        assert navigateur.demander(application.demande(**champs)).status_code == 200


def test_se_reconnecter_finit_la_session_que_le_navigateur_ne_porte_plus(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    lu = application.echanger(navigateur.entrer(application, identifiant)).json()
    (ancienne,) = maison.executer("SELECT sid FROM sessions")
    code = navigateur.entrer(application, identifiant, prompt="login")
    trace = maison.trace
    assert (trace["type"], trace["objet"]) == ("identity.session.ouverte", ancienne.sid)
    assert maison.executer("SELECT sid, motif_fin FROM sessions WHERE fermee_a IS NOT NULL") == [
        (ancienne.sid, "remplacee")
    ]
    assert maison.revocations() == [[ancienne.sid]]
    assert application.echanger(code).status_code == 200
    assert application.renouveler(lu["refresh_token"]).status_code == 400
    ailleurs = Navigateur(maison)
    ailleurs.entrer(application, identifiant)
    assert len(maison.revocations()) == 1, "a session of another browser goes on"


def test_une_reconnexion_refusee_ne_finit_rien(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    navigateur.entrer(application, identifiant)
    navigateur.connecter(navigateur.demander(application.demande(prompt="login")), identifiant, "Errone-2026&")
    assert (maison.executer("SELECT fermee_a FROM sessions"), maison.revocations()) == ([(None,)], [])


def test_max_age_admet_une_connexion_recente(maison, application, navigateur):
    navigateur.entrer(application, maison.un_compte_ouvert())
    assert "code" in dit(navigateur.demander(application.demande(max_age="60")))


@pytest.mark.parametrize("fin", ["fermee_a = 1", "fin_a = 1"])
def test_une_session_finie_ne_connecte_plus_personne(maison, application, navigateur, fin):
    navigateur.entrer(application, maison.un_compte_ouvert())
    maison.executer(f"UPDATE sessions SET {fin}")
    assert dit(navigateur.demander(application.demande(prompt="none")))["error"] == "login_required"


def test_prompt_none_sans_session_est_login_required(maison, application, navigateur):
    recu = navigateur.demander(application.demande(prompt="none"))
    assert dit(recu) == {"error": "login_required", "state": "~ &=42", "iss": ISSUER}
    trace = maison.trace
    assert (trace["issue"], trace["cause"], trace["id"]) == (
        "refuse",
        "connexion_requise",
        recu.headers["Audit-Receipt"],
    )


AUTRES_RETOURS = [
    None,
    "https://application.example/retour",
    "https://application.example/retour?page=1&x=2",
    "https://application.example/retour?page=2",
    "https://application.example/Retour?page=1",
    "https://application.example//retour?page=1",
    "https://application.example/retour/?page=1",
    "https://application.example:443/retour?page=1",
    "https://application.example:8443/retour?page=1",
    "HTTPS://application.example/retour?page=1",
    "http://application.example/retour?page=1",
    "https://application.example.pirate.example/retour?page=1",
    "https://pirate.example/retour?page=1",
    "https://application.example@pirate.example/retour?page=1",
    "https://application.example/retour?page=1#x",
    "//pirate.example/",
    "javascript:alert(1)",
    RETOUR + "\r\nSet-Cookie: a=b",
    RETOUR + " ",
    [RETOUR, RETOUR],
    [RETOUR, "https://pirate.example/"],
]


def test_un_retour_qui_n_est_pas_inscrit_au_caractere_pres_est_montre_et_jamais_suivi(maison, application, navigateur):
    for retour in AUTRES_RETOURS:
        recu = navigateur.demander(application.demande(redirect_uri=retour))
        assert (recu.status_code, recu.headers["Content-Type"]) == (400, "text/html; charset=utf-8"), retour
        assert "Location" not in recu.headers and "pirate" not in recu.text, retour
        assert (maison.trace["issue"], maison.trace["id"]) == ("refuse", recu.headers["Audit-Receipt"]), retour
        assert maison.trace["cause"] in ("retour_inconnu", "client_ou_retour_absent"), retour


def test_un_client_inconnu_est_montre_et_jamais_suivi(maison, application, navigateur):
    for client in (None, "portail", "oidc-000000000000", ["a", "b"], "<b>"):
        recu = navigateur.demander(application.demande(client_id=client))
        assert recu.status_code == 400 and "Location" not in recu.headers and "<b>" not in recu.text, client
        assert maison.trace["client"] is None, client


def test_une_application_retiree_n_obtient_plus_rien(maison, application, navigateur):
    page = navigateur.demander(application.demande())
    maison.executer("UPDATE clients_oidc SET retire_a = 1")
    assert navigateur.demander(application.demande()).status_code == 400
    recu = navigateur.connecter(page, maison.un_compte_ouvert(), CHOISI)
    assert (recu.status_code, maison.trace["cause"]) == (400, "client_inconnu")


FAUTES = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "id_token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_type": ["code", "code"]}, "invalid_request"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": None}, "invalid_scope"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "trop-court"}, "invalid_request"),
    ({"code_challenge": ["a" * 43, "b" * 43]}, "invalid_request"),
    ({"nonce": ["a", "b"]}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "inconnu"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "x"}, "invalid_request"),
    ({"request": "eyJ"}, "request_not_supported"),
    ({"request_uri": "https://pirate.example/"}, "request_uri_not_supported"),
]


def test_toute_autre_faute_retourne_a_l_application_avec_state_et_iss(maison, application, navigateur):
    for champs, erreur in FAUTES:
        recu = navigateur.demander(application.demande(**{"state": "s 1"} | champs))
        assert dit(recu) == {"error": erreur, "state": "s 1", "iss": ISSUER}, champs
        assert (maison.trace["issue"], maison.trace["client"]) == ("refuse", application.id), champs


def test_un_etat_double_ou_illisible_ne_retourne_pas(application, navigateur):
    for etat in (["a", "b"], "a\nb", "x" * 1025):
        assert dit(navigateur.demander(application.demande(state=etat))) == {"error": "invalid_request", "iss": ISSUER}


def test_un_parametre_inconnu_est_ignore_et_un_state_absent_reste_absent(maison, application, navigateur):
    code = navigateur.entrer(application, maison.un_compte_ouvert(), utm="x", autres="y", state=None, prompt="consent")
    assert code
    assert "state" not in dit(navigateur.demander(application.demande(state=None)))


def test_login_hint_remplit_le_champ_et_rien_d_autre(application, navigateur):
    page = navigateur.demander(application.demande(login_hint="ACC7K2MQ"))
    assert 'value="ACC7K2MQ"' in page.text
    for indice in ('"><script>', "claire@ccas.example"):
        assert indice not in navigateur.demander(application.demande(login_hint=indice)).text


def test_sans_le_cookie_du_navigateur_un_formulaire_n_est_rien(maison, application, navigateur):
    """Another site has a browser send a form: it has its own seal, or none, and not that browser's cookie."""
    identifiant, page = maison.un_compte_ouvert(), navigateur.demander(application.demande())
    autre = Navigateur(maison)
    autre_page = autre.demander(application.demande())
    for qui, champs in (
        (Navigateur(maison), {}),
        (autre, {}),
        (navigateur, {"formulaire": None}),
        (navigateur, {"formulaire": scelle(autre_page)}),
        (navigateur, {"formulaire": scelle(page).replace(".", "A.", 1)}),
        (navigateur, {"formulaire": "x.y.z.é"}),
        (navigateur, {"formulaire": [scelle(page), scelle(page)]}),
    ):
        recu = qui.connecter(page, identifiant, CHOISI, **champs)
        assert (recu.status_code, "Location" in recu.headers) == (403, False), champs
        assert maison.trace["cause"] in ("formulaire_sans_cookie", "formulaire_non_scelle")
        assert "mcp-session" not in recu.headers.get("set-cookie", "")
    assert maison.executer("SELECT * FROM sessions") == []
    assert navigateur.connecter(page, identifiant, CHOISI).status_code == 303


def test_deux_fenetres_se_connectent_l_une_apres_l_autre(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    pages = [navigateur.demander(application.demande()) for _ in range(2)]
    assert [navigateur.connecter(page, identifiant, CHOISI).status_code for page in pages] == [303, 303]


def test_une_fenetre_venue_d_un_autre_site_ne_perime_pas_le_formulaire_d_une_autre(maison, application, navigateur):
    """A browser brings a Lax cookie when a link leads here, and no Strict one: the second page keeps it."""
    premiere = navigateur.demander(application.demande())
    porte = navigateur.web.cookies["mcp-formulaire"]
    assert "SameSite=Lax" in premiere.headers["set-cookie"]
    navigateur.demander(application.demande())
    assert navigateur.web.cookies["mcp-formulaire"] == porte
    assert navigateur.connecter(premiere, maison.un_compte_ouvert(), CHOISI).status_code == 303


def test_un_formulaire_vieux_de_trente_minutes_est_perime(maison, application, navigateur):
    page = navigateur.demander(application.demande())
    demande = Demande.du_texte(base64.urlsafe_b64decode(scelle(page).split(".")[0]).decode())
    vieux = sceller(maison.cachet, demande, navigateur.web.cookies["mcp-formulaire"], maintenant() - VIE)
    recu = navigateur.connecter(page, maison.un_compte_ouvert(), CHOISI, formulaire=vieux)
    assert (recu.status_code, maison.trace["cause"]) == (403, "formulaire_perime")


def test_une_preuve_erronee_remontre_le_formulaire_sans_le_mot_de_passe(maison, application, navigateur):
    identifiant, page = maison.un_compte_ouvert(), navigateur.demander(application.demande())
    recu = navigateur.connecter(page, identifiant, "Errone-2026&")
    assert recu.status_code == 401 and 'role="alert"' in recu.text and scelle(recu) == scelle(page)
    assert f'value="{identifiant}"' in recu.text and "Errone" not in recu.text
    trace = maison.trace
    assert (trace["type"], trace["cause"]) == ("identity.session.ouverte", "mot_de_passe_errone")
    assert (trace["client"], trace["id"]) == (application.id, recu.headers["Audit-Receipt"])
    inconnu = navigateur.connecter(page, 'ACC"><script>', CHOISI)
    assert inconnu.status_code == 401 and "<script" not in inconnu.text
    assert navigateur.connecter(recu, identifiant, CHOISI).status_code == 303


def test_les_echecs_du_formulaire_ralentissent_comme_les_autres(maison, application, navigateur):
    identifiant, page = maison.un_compte_ouvert(), navigateur.demander(application.demande())
    maison.executer("DELETE FROM adresses_connues")
    for _ in range(5):
        assert navigateur.connecter(page, identifiant, "Errone-2026").status_code == 401
    recu = navigateur.connecter(page, identifiant, CHOISI)
    assert (recu.status_code, maison.trace["cause"]) == (429, "temporisation")
    assert recu.headers["Retry-After"] in recu.text
    assert maison.connecter(identifiant, CHOISI).status_code == 429


def test_un_mot_de_passe_provisoire_se_change_dans_la_page(maison, application, navigateur):
    identifiant, provisoire = maison.un_compte()
    page = navigateur.connecter(navigateur.demander(application.demande()), identifiant, provisoire)
    assert page.status_code == 403 and "mcp-session" not in page.headers.get("set-cookie", "")
    assert (maison.trace["cause"], provisoire in page.text) == ("mot_de_passe_a_changer", False)
    corps = {"formulaire": scelle(page), "identifiant": identifiant, "ancien": provisoire}

    def changer(nouveau, confirmation, qui=navigateur):
        choix = {"nouveau": nouveau, "confirmation": confirmation}
        return qui.web.post(f"{RACINE}/mot-de-passe", data=corps | choix)

    assert changer(CHOISI, CHOISI, Navigateur(maison)).status_code == 403
    assert (maison.trace["type"], maison.trace["cause"]) == ("identity.mot-de-passe.change", "formulaire_sans_cookie")
    differents = changer(CHOISI, "Autre-2026")
    assert differents.status_code == 422 and "ne sont pas les mêmes" in differents.text
    assert changer("faible", "faible").status_code == 422
    change = changer(CHOISI, CHOISI)
    assert change.status_code == 200 and CHOISI not in change.text and scelle(change) == scelle(page)
    assert maison.trace["type"] == "identity.mot-de-passe.change"
    assert navigateur.connecter(change, identifiant, CHOISI).status_code == 303


def test_un_second_facteur_en_service_est_demande(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    preuve = {"identifiant": identifiant, "mot_de_passe": CHOISI}
    secret = maison.personne.post("/identity/v1/second-facteur", json=preuve).json()["secret"]
    totp = pyotp.TOTP(secret)
    actif = maison.personne.post("/identity/v1/second-facteur/activation", json=preuve | {"code": totp.now()})
    recuperation = actif.json()["codes_de_recuperation"]
    page = navigateur.connecter(navigateur.demander(application.demande()), identifiant, CHOISI)
    assert page.status_code == 403 and "code de votre second facteur" in page.text
    errone = navigateur.connecter(page, identifiant, CHOISI, code="000000")
    assert (errone.status_code, maison.trace["cause"]) == (401, "second_facteur_errone")
    assert "code" in dit(navigateur.connecter(page, identifiant, CHOISI, code=recuperation[0]))


def test_la_page_dit_ou_mettre_en_service_le_second_facteur_exige(maison, application, navigateur):
    identifiant = maison.un_compte_ouvert()
    corps = {"partenaire": SIRET, "requis": True}
    exige = maison.en_tant_que(un_administrateur()).put("/identity/v1/second-facteur/exigence", json=corps)
    assert exige.status_code == 204, exige.text
    page = navigateur.connecter(navigateur.demander(application.demande()), identifiant, CHOISI)
    assert (page.status_code, maison.trace["cause"]) == (403, "second_facteur_a_enroler")
    assert "portail Mon Compte Partenaire : il vous le fait mettre en service" in page.text


def test_la_page_dit_que_faire_d_un_mot_de_passe_oublie(application, navigateur):
    assert "Mot de passe oublié : demandez-en un nouveau" in navigateur.demander(application.demande()).text


def test_sans_trace_possible_ni_code_ni_session(maison, application, navigateur):
    identifiant, page = maison.un_compte_ouvert(), navigateur.demander(application.demande())
    maison.executer("DROP TABLE outbox")
    recu = navigateur.connecter(page, identifiant, CHOISI)
    assert (recu.status_code, recu.json()["type"]) == (503, "urn:mcp:probleme:trace-impossible")
    assert maison.executer("SELECT * FROM sessions") == [] == maison.executer("SELECT * FROM codes_oidc")


def test_une_requete_brute_ne_change_pas_de_sens(application, navigateur):
    """What a careless reader would take for another parameter stays a value."""
    demande = urlencode(application.demande(state="a&redirect_uri=https://pirate.example/;b"))
    lu = dit(navigateur.demander(demande + "&prompt=none"))
    assert lu["state"] == "a&redirect_uri=https://pirate.example/;b"
