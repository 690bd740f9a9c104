"""Logging in: every cause, one neutral answer, one trace each."""

import json
from importlib.resources import files

import jsonschema
import jwt

from atelier.personas import SIRET

CHOISI = "Exemple-2026"
SCHEMA = json.loads((files("contracts") / "claims.schema.json").read_text())


def sans_instance(reponse):
    lu = reponse.json()
    del lu["instance"]
    return reponse.status_code, lu, {nom for nom in reponse.headers if nom != "date"}


def test_une_utilisatrice_se_connecte_et_son_jeton_dit_exactement_ses_droits(maison):
    identifiant = maison.un_compte_ouvert()
    recu = maison.connecter(identifiant, CHOISI)
    assert recu.status_code == 201
    assert recu.json()["token_type"] == "Bearer" and recu.json()["expires_in"] == 300
    jeton = recu.json()["access_token"]
    assert jwt.get_unverified_header(jeton) == {
        "alg": "RS256",
        "typ": "at+jwt",
        "kid": maison.trousse.jeu.kid,
    }
    claims = maison.lire_jeton(jeton)
    jsonschema.validate(claims, SCHEMA)
    assert set(claims) == set(SCHEMA["properties"])
    assert claims["sub"] == identifiant and claims["exp"] - claims["iat"] == 300
    assert claims["groups"] == maison.habilitation.droits["groups"] and claims["droits"] == 12
    assert claims["partenaire"] == SIRET and claims["caf"] is None and claims["roles"] == []
    trace = maison.trace
    assert recu.headers["Audit-Receipt"] == trace["id"]
    assert (trace["type"], trace["issue"], trace["sujet"]) == ("identity.session.ouverte", "accorde", identifiant)
    assert (trace["session"], trace["partenaire"], trace["caf"]) == (claims["sid"], SIRET, "831")


def test_habilitation_est_interrogee_avec_un_jeton_de_service_d_identity(maison):
    identifiant = maison.un_compte_ouvert()
    maison.connecter(identifiant, CHOISI)
    chemin, corps, jeton = maison.habilitation.demandes[-1]
    assert chemin == "/habilitation/v1/droits-en-vigueur"
    assert corps == {"identifiant": identifiant, "partenaire": SIRET}
    claims = maison.lire_jeton(jeton, audience="habilitation")
    assert set(claims) == {"iss", "aud", "client_id", "iat", "exp", "jti"}
    assert claims["client_id"] == "identity" and claims["exp"] - claims["iat"] == 900


def test_un_identifiant_inconnu_n_est_jamais_garde(maison):
    recu = maison.connecter("ACCZZZZZ", CHOISI)
    assert recu.status_code == 401
    assert (maison.trace["sujet"], maison.trace["cause"]) == (None, "identifiant_inconnu")
    assert "ACCZZZZZ" not in json.dumps(maison.traces)


def test_un_identifiant_impossible_est_un_identifiant_inconnu(maison):
    for saisi in ("robert'); --", "acc7k2mq", "ACC0OIl1"):
        recu = maison.connecter(saisi, CHOISI)
        assert (recu.status_code, maison.trace["cause"]) == (401, "identifiant_inconnu")


def test_un_mot_de_passe_errone_est_trace_avec_le_compte(maison):
    identifiant = maison.un_compte_ouvert()
    assert maison.connecter(identifiant, "Autre-2026").status_code == 401
    trace = maison.trace
    assert (trace["issue"], trace["cause"], trace["sujet"]) == ("refuse", "mot_de_passe_errone", identifiant)
    assert trace["session"] is None and trace["partenaire"] == SIRET


def test_un_mot_de_passe_illisible_n_est_pas_une_demande(maison):
    identifiant = maison.un_compte_ouvert()
    avant = len(maison.traces)
    octets = json.dumps({"identifiant": identifiant, "mot_de_passe": "\ud800"})
    recu = maison.personne.post("/identity/v1/sessions", content=octets, headers={"Content-Type": "application/json"})
    assert (recu.status_code, len(maison.traces)) == (400, avant)


def test_le_bon_mot_de_passe_provisoire_ne_donne_pas_de_jeton(maison):
    identifiant, provisoire = maison.un_compte()
    recu = maison.connecter(identifiant, provisoire)
    assert (recu.status_code, recu.json()["type"]) == (403, "urn:mcp:probleme:mot-de-passe-a-changer")
    assert (maison.trace["cause"], maison.trace["sujet"]) == ("mot_de_passe_a_changer", identifiant)
    assert maison.executer("SELECT * FROM sessions") == []


def test_un_mot_de_passe_provisoire_ne_vaut_plus_rien_apres_24_heures(maison):
    identifiant, provisoire = maison.un_compte()
    maison.executer("UPDATE mots_de_passe SET expire_a = expire_a - 86401, cree_a = cree_a - 86401")
    assert maison.connecter(identifiant, provisoire).status_code == 401
    assert maison.trace["cause"] == "mot_de_passe_provisoire_expire"
    assert maison.changer(identifiant, provisoire, CHOISI).status_code == 401
    assert maison.trace["cause"] == "mot_de_passe_provisoire_expire"


def test_tous_les_refus_de_la_preuve_se_ressemblent(maison):
    identifiant, provisoire = maison.un_compte()
    refus = [maison.connecter("ACCZZZZZ", CHOISI), maison.connecter("x", CHOISI), maison.connecter(identifiant, CHOISI)]
    refus += [maison.changer("ACCZZZZZ", CHOISI, "a"), maison.changer(identifiant, CHOISI, "a")]
    maison.executer("UPDATE mots_de_passe SET expire_a = 1")
    refus.append(maison.connecter(identifiant, provisoire))
    premier = sans_instance(refus[0])
    assert premier[0] == 401 and premier[1]["type"] == "urn:mcp:probleme:identifiants-errones"
    assert all(sans_instance(reponse) == premier for reponse in refus)
    assert len({len(reponse.content) for reponse in refus}) == 1


def test_sans_habilitation_personne_d_un_partenaire_ne_se_connecte(maison):
    identifiant = maison.un_compte_ouvert()
    maison.habilitation.statut = 500
    recu = maison.connecter(identifiant, CHOISI)
    assert (recu.status_code, recu.json()["type"]) == (503, "urn:mcp:probleme:voisin-indisponible")
    assert recu.headers["Retry-After"]
    assert (maison.trace["issue"], maison.trace["cause"]) == ("echec", "reponse_500")
    assert (maison.trace["sujet"], maison.trace["session"]) == (identifiant, None)
    assert maison.executer("SELECT * FROM sessions") == []


def test_une_habilitation_injoignable_est_dite_dans_la_trace(maison):
    identifiant = maison.un_compte_ouvert()
    maison.habilitation.arreter()
    assert maison.connecter(identifiant, CHOISI).status_code == 503
    assert maison.trace["cause"] == "habilitation_injoignable"


def test_des_droits_illisibles_ne_font_pas_un_jeton(maison):
    identifiant = maison.un_compte_ouvert()
    maison.habilitation.droits["administrateur"] = "non"
    assert maison.connecter(identifiant, CHOISI).status_code == 503
    assert maison.trace["cause"] == "habilitation_reponse_illisible"


def test_sans_trace_possible_aucun_jeton_ne_sort(maison):
    identifiant = maison.un_compte_ouvert()
    maison.executer("DROP TABLE outbox")
    recu = maison.connecter(identifiant, CHOISI)
    assert (recu.status_code, recu.json()["type"]) == (503, "urn:mcp:probleme:trace-impossible")
    assert "access_token" not in recu.text and maison.executer("SELECT * FROM sessions") == []
