"""Renewing and ending a session: rotation, the lost answer, the theft."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from atelier import un_referent, un_service, un_utilisateur

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
    avant, refus = maison.traces[-2:]
    assert (avant["type"], avant["data"]["issue"]) == ("identity.session.rafraichie", "accorde")
    assert (refus["data"]["issue"], refus["data"]["cause"]) == ("refuse", "jeton_rejoue")
    assert recu.headers["Audit-Receipt"] == refus["id"]
    assert (refus["data"]["sujet"], maison.revocations()) == (identifiant, [[refus["data"]["session"]]])
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


@pytest.mark.parametrize("jeton", ["r1.Zm9v", "'"])
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


def test_une_session_finit_douze_heures_apres_son_ouverture_meme_renouvelee(maison):
    _, jetons = maison.une_session()
    maison.executer("UPDATE sessions SET ouverte_a = ouverte_a - 39600, expire_a = expire_a - 39600")
    suivant = maison.rafraichir(jetons["refresh_token"]).json()
    ((reste,),) = maison.executer("SELECT max(j.expire_a) - s.expire_a FROM jetons_rafraichissement j, sessions s")
    assert reste <= 3600 * 8 and maison.executer("SELECT fin_a <= expire_a FROM sessions") == [(1,)]
    maison.executer("UPDATE sessions SET expire_a = expire_a - 3601")
    assert maison.rafraichir(suivant["refresh_token"]).status_code == 401
    assert maison.trace["cause"] == "session_expiree"


def test_un_vol_vu_seulement_sous_le_verrou_tue_aussi_la_famille_en_un_seul_acte(maison):
    """Both present the same old token at once, while habilitation is slow: only the lock tells them apart."""
    _, jetons = maison.une_session()
    premier = maison.rafraichir(jetons["refresh_token"]).json()
    maison.habilitation.avant_de_repondre = lambda: maison.rafraichir(premier["refresh_token"])
    recu = maison.rafraichir(jetons["refresh_token"])
    assert recu.status_code == 401
    trace = maison.trace
    assert (trace["type"], trace["issue"], trace["cause"]) == ("identity.session.rafraichie", "refuse", "jeton_rejoue")
    assert maison.executer("SELECT motif_fin FROM sessions") == [("jeton_rejoue",)]
    assert maison.revocations() == [[trace["session"]]]


def test_se_deconnecter_est_dit_a_la_passerelle_une_seule_fois(maison):
    _, jetons = maison.une_session()
    moi = maison.avec_jeton(jetons["access_token"])
    sid = maison.lire_jeton(jetons["access_token"])["sid"]
    for _ in range(2):
        maison.personne.delete("/identity/v1/sessions/courante", **moi)
    assert maison.revocations() == [[sid]]


def test_changer_son_mot_de_passe_dit_toutes_ses_sessions_a_la_passerelle(maison):
    identifiant, jetons = maison.une_session()
    autre = maison.connecter(identifiant, CHOISI).json()
    maison.changer(identifiant, CHOISI, "Nouveau+2027")
    sids = {maison.lire_jeton(lus["access_token"])["sid"] for lus in (jetons, autre)}
    assert [set(dits) for dits in maison.revocations()] == [sids]
    assert maison.revocations(apres=1) == []


def test_la_passerelle_attend_la_prochaine_fin_et_nul_autre_ne_la_lit(maison):
    _, jetons = maison.une_session()
    gateway = maison.en_tant_que(un_service("gateway", "identity"))
    with ThreadPoolExecutor(1) as fil:
        attendu = fil.submit(gateway.get, "/identity/v1/revocations?apres=0&attente=10")
        maison.personne.delete("/identity/v1/sessions/courante", **maison.avec_jeton(jetons["access_token"]))
        assert attendu.result(3).json()["entrees"][0]["numero"] == 1
    for autre in (un_service("cdap", "identity"), un_utilisateur(), un_referent()):
        assert maison.en_tant_que(autre).get("/identity/v1/revocations?apres=0").status_code == 403


def test_le_fil_demande_depuis_deux_endroits_a_la_fois_n_est_pas_lu(maison):
    recu = maison.en_tant_que(un_service("gateway", "identity")).get("/identity/v1/revocations?apres=0&apres=1")
    assert (recu.status_code, recu.json()["type"]) == (400, "urn:mcp:probleme:requete-invalide")


def test_chacun_voit_ses_sessions_en_cours_et_en_termine_une(maison):
    identifiant, jetons = maison.une_session()
    autre = maison.connecter(identifiant, CHOISI, adresse="192.0.2.7").json()
    moi = maison.avec_jeton(jetons["access_token"])
    vues = maison.personne.get("/identity/v1/sessions", **moi).json()["sessions"]
    sids = [maison.lire_jeton(lus["access_token"])["sid"] for lus in (autre, jetons)]
    assert [(vue["sid"], vue["courante"]) for vue in vues] == [(sids[0], False), (sids[1], True)]
    assert vues[0]["adresse"] == "192.0.2.7"
    assert maison.personne.delete(f"/identity/v1/sessions/{sids[0]}", **moi).status_code == 204
    assert (maison.trace["type"], maison.trace["objet"]) == ("identity.session.fermee", sids[0])
    assert maison.revocations() == [[sids[0]]]
    assert maison.rafraichir(autre["refresh_token"]).status_code == 401
    assert len(maison.personne.get("/identity/v1/sessions", **moi).json()["sessions"]) == 1


def test_la_session_d_une_autre_ne_se_termine_pas(maison):
    _, jetons = maison.une_session()
    autre = maison.en_tant_que(un_utilisateur(sub="ACC7ZZZZ"))
    sid = maison.lire_jeton(jetons["access_token"])["sid"]
    for inconnue in (sid, str(uuid4())):
        assert autre.delete(f"/identity/v1/sessions/{inconnue}").status_code == 404
        assert maison.trace["cause"] == "session_inconnue"
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 200
