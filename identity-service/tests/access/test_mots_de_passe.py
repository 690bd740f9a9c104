"""The provisional password, from its mail to the password that one has chosen."""

from atelier import un_administrateur, un_utilisateur
from atelier.personas import SIRET

CHOISI = "Exemple-2026"


def test_le_courriel_donne_de_quoi_choisir_son_mot_de_passe_et_se_connecter(maison):
    identifiant, provisoire = maison.un_compte()
    (courriel,) = maison.courriels()
    assert courriel["To"] == "claire.montfort@ccas.example"
    texte = courriel.get_content()
    assert f"Identifiant : {identifiant}\n" in texte and "24 heures" in texte and "(heure de Paris)" in texte
    recu = maison.changer(identifiant, provisoire, CHOISI)
    assert recu.status_code == 204 and recu.content == b""
    assert recu.headers["Audit-Receipt"] == maison.trace["id"]
    assert (maison.trace["type"], maison.trace["sujet"]) == ("identity.mot-de-passe.change", identifiant)
    assert maison.connecter(identifiant, provisoire).status_code == 401
    assert maison.connecter(identifiant, CHOISI).status_code == 201


def test_le_courriel_envoye_est_efface_de_la_file_et_ne_part_qu_une_fois(maison):
    maison.un_compte()
    ((texte, envoye_a),) = maison.executer("SELECT texte, envoye_a FROM courriels")
    assert texte == "" and envoye_a is not None
    assert len(maison.courriels()) == 1


def test_le_mot_de_passe_choisi_n_est_ecrit_nulle_part_en_clair(maison):
    identifiant, provisoire = maison.un_compte()
    maison.changer(identifiant, provisoire, CHOISI)
    ecrits = [fichier for fichier in maison.banc.reglages.var.rglob("*") if fichier.is_file()]
    assert len(ecrits) > 3 and not any(CHOISI.encode() in fichier.read_bytes() for fichier in ecrits)
    ((hash,),) = maison.executer("SELECT hash FROM mots_de_passe")
    assert hash.startswith("$argon2id$")


def test_un_mot_de_passe_faible_est_refuse_et_trace(maison):
    identifiant, provisoire = maison.un_compte()
    recu = maison.changer(identifiant, provisoire, "Exemple€2026")
    assert (recu.status_code, recu.json()["type"]) == (422, "urn:mcp:probleme:mot-de-passe-faible")
    assert "€" not in recu.text and "Exemple" not in recu.text
    assert (maison.trace["cause"], maison.trace["sujet"]) == ("mot_de_passe_faible", identifiant)
    assert maison.connecter(identifiant, provisoire).status_code == 403


def test_le_nouveau_mot_de_passe_n_est_pas_l_ancien(maison):
    identifiant, provisoire = maison.un_compte()
    assert maison.changer(identifiant, provisoire, provisoire).status_code == 422
    assert maison.trace["cause"] == "mot_de_passe_identique"


def test_changer_son_mot_de_passe_ferme_ses_sessions_ouvertes(maison):
    identifiant, jetons = maison.une_session()
    assert maison.changer(identifiant, CHOISI, "Nouveau+2027").status_code == 204
    ((fermee_a, motif),) = maison.executer("SELECT fermee_a, motif_fin FROM sessions")
    assert fermee_a is not None and motif == "mot_de_passe_change"
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 401
    assert maison.trace["cause"] == "session_fermee"


def test_le_mot_de_passe_d_une_autre_ne_ferme_pas_ma_session(maison):
    _, jetons = maison.une_session()
    autre, provisoire = maison.un_compte("autre@ccas.example")
    maison.changer(autre, provisoire, CHOISI)
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 200


def test_chacun_lit_son_compte_et_cela_se_trace(maison):
    identifiant = maison.un_compte_ouvert()
    recu = maison.en_tant_que(un_utilisateur(sub=identifiant)).get("/identity/v1/comptes/moi")
    assert recu.status_code == 200
    assert (recu.json()["nom"], recu.json()["partenaire"], recu.json()["caf"]) == ("Montfort", SIRET, None)
    assert (maison.trace["type"], maison.trace["objet"]) == ("identity.compte.lu", identifiant)
    assert recu.headers["Audit-Receipt"] == maison.trace["id"]


def test_un_compte_qui_n_existe_pas_ne_se_lit_pas(maison):
    assert maison.en_tant_que(un_administrateur()).get("/identity/v1/comptes/moi").status_code == 404
    assert maison.trace["issue"] == "refuse"
