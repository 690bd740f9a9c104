"""Writing to the Caf about the consulted dossier: what is asked, what is refused, and that nothing is lost."""

from email import message_from_bytes, policy

import pytest
from fabrique import avec_liens, saisie, un_dossier
from sqlalchemy import text

from atelier import un_groupe, un_utilisateur
from cdap.adapters.envois import corvees
from cdap.adapters.spool import Spool
from cdap.adapters.tables import messages
from cdap.domain.profils import Profil
from socle.courriels import Poste, Smtp

ICI = "/cdap/v1/consultations"
FORMULAIRE = {
    "organisme": "CCAS de Sainte-Orsane",
    "nom": "Claire Montfort",
    "courriel": "claire.montfort@ccas.example",
    "message": "Bonjour,\nla quittance de janvier est partie le 12.\nÀ bientôt.",
}


@pytest.fixture
def consulte(banc, connait):
    """Open the dossier as this profile; gives who did, and the address of its messages."""

    def ouvrir(profil="T1", organisme="831", **claims):
        connait(un_dossier())
        appelant = banc.en_tant_que(un_utilisateur(un_groupe(profil=profil), **claims))
        ouverte = appelant.post(ICI, json=saisie(organisme=organisme))
        assert ouverte.status_code == 201, ouverte.text
        return appelant, f"{ICI}/{ouverte.json()['id']}/messages"

    return ouvrir


def recus(banc):
    dossier = banc.reglages.dossier_courriels
    fichiers = sorted(dossier.glob("*.eml")) if dossier.exists() else []
    return [message_from_bytes(fichier.read_bytes(), policy=policy.default) for fichier in fichiers]


@pytest.mark.parametrize("profil", list(Profil))
def test_chaque_profil_ecrit_a_la_caf_et_l_ecrit_laisse_un_evenement(banc, consulte, profil):
    appelant, ici = consulte(profil)
    reponse = appelant.post(ici, json=FORMULAIRE)
    trace = banc.derniere_trace
    assert (reponse.status_code, len(banc.traces)) == (201, 2)
    assert (trace["type"], trace["issue"], trace["profil"]) == ("cdap.message.ecrit", "accorde", profil)
    assert trace["dossier"] == {"organisme": "831", "numero_allocataire": "0412377"}
    assert reponse.headers["Audit-Receipt"] == trace["id"] == reponse.json()["id"]
    assert "quittance" not in str(banc.traces[-1]) and "Montfort" not in str(banc.traces[-1])


def test_le_message_part_par_courriel_a_la_caf_et_se_relit_avec_son_etat(banc, consulte, relais):
    appelant, ici = consulte()
    ecrit = appelant.post(ici, json=FORMULAIRE | {"numero_allocataire": "0412377"})
    assert ecrit.json()["etat"] == "en_attente"
    relais()
    relais()
    (lettre,) = recus(banc)
    assert (lettre["To"], lettre["Reply-To"]) == ("dialogue@caf831.example", FORMULAIRE["courriel"])
    assert ecrit.json()["id"] in lettre["Message-ID"]
    corps = lettre.get_content()
    for attendu in (*FORMULAIRE.values(), "0412377", "99900031800017", "ACC7K2MQ", ecrit.json()["id"]):
        assert attendu in corps
    assert "0412377" not in lettre["Subject"] and "Montfort" not in lettre["Subject"]
    garde = appelant.get(ecrit.headers["Location"]).json()
    assert {champ: garde[champ] for champ in FORMULAIRE} == FORMULAIRE
    assert (garde["etat"], garde["numero_allocataire"], garde["id"]) == ("remis", "0412377", ecrit.json()["id"])
    assert banc.derniere_trace["type"] == "cdap.message.lu"


def test_le_numero_est_facultatif_et_la_lettre_ne_le_dit_pas_sans_qu_on_le_donne(banc, consulte, relais):
    appelant, ici = consulte()
    ecrit = appelant.post(ici, json=FORMULAIRE | {"numero_allocataire": None})
    relais()
    assert "0412377" not in recus(banc)[0].get_content()
    assert appelant.get(ecrit.headers["Location"]).json()["numero_allocataire"] is None


def test_un_serveur_de_courriel_absent_ne_perd_rien(banc, consulte, relais):
    appelant, ici = consulte()
    lieu = appelant.post(ici, json=FORMULAIRE).headers["Location"]
    absent = Poste(Smtp("smtp://127.0.0.1:1", None), "mcp@caf.example")
    for corvee in corvees(banc.engine, Spool(banc.reglages.dossier_courriers), absent):
        corvee()
    assert appelant.get(lieu).json()["etat"] == "en_attente"
    relais()
    assert recus(banc) == []  # not asked again at once
    with banc.engine.begin() as connexion:
        connexion.execute(text("UPDATE messages SET prochain_essai_a = 0"))
    relais()
    assert len(recus(banc)) == 1
    assert appelant.get(lieu).json()["etat"] == "remis"


def test_le_meme_message_n_est_envoye_qu_une_fois_et_un_autre_l_est_aussi(banc, consulte, relais):
    appelant, ici = consulte()
    un, meme = (appelant.post(ici, json=FORMULAIRE).json()["id"] for _ in range(2))
    autre = appelant.post(ici, json=FORMULAIRE | {"message": "Autre chose."}).json()["id"]
    assert (un == meme, un == autre) == (True, False)
    assert [e["data"]["objet"] for e in banc.traces[1:]] == [un, un, autre]
    relais()
    assert len(recus(banc)) == 2


def test_vingt_messages_par_heure_et_par_personne(banc, consulte):
    appelant, ici = consulte()
    ecrits = [appelant.post(ici, json=FORMULAIRE | {"message": f"Message {n}."}) for n in range(20)]
    assert {ecrit.status_code for ecrit in ecrits} == {201}
    de_trop = appelant.post(ici, json=FORMULAIRE)
    assert (de_trop.status_code, de_trop.json()["type"]) == (429, "urn:mcp:probleme:trop-de-demandes")
    assert 3_500 < int(de_trop.headers["Retry-After"]) <= 3_600
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["cause"]) == ("cdap.message.ecrit", "refuse", "trop_de_messages")
    assert de_trop.headers["Audit-Receipt"] == trace["id"]
    encore = appelant.post(ici, json=FORMULAIRE | {"message": "Message 3."})  # kept already: nothing more is sent
    assert (encore.status_code, encore.json()["id"]) == (201, ecrits[3].json()["id"])
    autre = banc.en_tant_que(un_utilisateur(un_groupe(), sub="ACC9XYZ2"))
    la = f"{ICI}/{autre.post(ICI, json=saisie()).json()['id']}/messages"
    assert autre.post(la, json=FORMULAIRE).status_code == 201
    with banc.engine.begin() as connexion:
        connexion.execute(messages.update().where(messages.c.id == ecrits[0].json()["id"]).values(cree_a=0))
    assert appelant.post(ici, json=FORMULAIRE).status_code == 201
    assert appelant.post(ici, json=FORMULAIRE | {"message": "Un de plus."}).status_code == 429


def test_relire_un_message_dit_le_groupe_sous_lequel_il_fut_ecrit(banc, consulte):
    appelant, ici = consulte()
    lieu = appelant.post(ici, json=FORMULAIRE).headers["Location"]
    ecrit = banc.derniere_trace
    titre = ("groupe", "profil", "finalite", "fondement", "destinataire")
    appelant.get(lieu)
    assert ecrit["groupe"] and [banc.derniere_trace[nom] for nom in titre] == [ecrit[nom] for nom in titre]
    partie = banc.en_tant_que(un_utilisateur(un_groupe(id="0198f3c2-7f5b-7c3e-a2b4-000000000009", profil="T2")))
    assert partie.get(lieu).status_code == 200
    assert [banc.derniere_trace[nom] for nom in titre] == [ecrit["groupe"], None, None, None, None]


FAUTES = {
    "organisme absent": ("organisme", None),
    "organisme blanc": ("organisme", "   "),
    "nom vide": ("nom", ""),
    "nom sur deux lignes": ("nom", "Claire\r\nBcc: autre@ailleurs.example"),
    "nom trop long": ("nom", "x" * 101),
    "message absent": ("message", None),
    "message blanc": ("message", " \n "),
    "message avec une cloche": ("message", "Bonjour\a"),
    "message trop long": ("message", "x" * 4001),
    "courriel sans arobase": ("courriel", "claire.montfort"),
    "courriel sans extension": ("courriel", "claire@ccas"),
    "courriel a deux adresses": ("courriel", "a@ccas.example,b@ccas.example"),
    "courriel sur deux lignes": ("courriel", "a@ccas.example\nBcc: b@ccas.example"),
    "65 caracteres avant l'arobase": ("courriel", "x" * 65 + "@ccas.example"),
    "256 caracteres": ("courriel", "x" * 64 + "@" + "y" * 183 + ".example"),
    "numero d'un autre dossier": ("numero_allocataire", "0412378"),
    "numero mal forme": ("numero_allocataire", "412377"),
    "champ de trop": ("copie", "autre@ailleurs.example"),
}


@pytest.mark.parametrize("cas", FAUTES)
def test_un_champ_mal_rempli_est_nomme_sans_etre_repete(banc, consulte, relais, cas):
    champ, valeur = FAUTES[cas]
    appelant, ici = consulte()
    rempli = FORMULAIRE | {champ: valeur}
    reponse = appelant.post(ici, json={cle: v for cle, v in rempli.items() if v is not None})
    assert (reponse.status_code, reponse.json()["type"]) == (400, "urn:mcp:probleme:requete-invalide")
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == ([champ] if champ != "copie" else [""])
    assert not (valeur or "").strip() or valeur not in reponse.text
    relais()
    assert recus(banc) == []


def test_les_longueurs_permises_le_sont(consulte):
    appelant, ici = consulte()
    courriel = "x" * 64 + "@" + "y" * 182 + ".example"
    assert len(courriel) == 255
    rempli = FORMULAIRE | {"courriel": courriel, "nom": "é" * 100, "message": "ç" * 4000}
    assert appelant.post(ici, json=rempli).status_code == 201


def test_une_caf_sans_adresse_de_dialogue_le_dit(banc, consulte):
    from dataclasses import replace

    from cdap.adapters.depots import DossiersSql

    dossier = un_dossier()
    with banc.engine.begin() as connexion:
        DossiersSql(connexion).fusionner([replace(dossier, cle=replace(dossier.cle, organisme="131"))])
    appelant = banc.en_tant_que(un_utilisateur(un_groupe(organismes=("131",))))
    ouverte = appelant.post(ICI, json=saisie(organisme="131")).json()["id"]
    reponse = appelant.post(f"{ICI}/{ouverte}/messages", json=FORMULAIRE)
    assert (reponse.status_code, reponse.json()["type"]) == (409, "urn:mcp:probleme:dialogue-indisponible")
    assert banc.derniere_trace["cause"] == "adresse_de_la_caf_inconnue"


def test_le_controle_du_profil_est_refait_quand_on_ecrit(banc, consulte, connait):
    appelant, ici = consulte("T10")
    connait(avec_liens(numero_bailleur="831000004"))
    assert appelant.post(ici, json=FORMULAIRE).status_code == 403
    assert banc.derniere_trace["cause"] == "bailleur_incoherent"


def test_le_message_d_une_autre_personne_n_existe_pas(banc, consulte):
    appelant, ici = consulte()
    lieu = appelant.post(ici, json=FORMULAIRE).headers["Location"]
    autre = banc.en_tant_que(un_utilisateur(un_groupe(), sub="ACC9XYZ2"))
    for adresse, cause in ((lieu, "message_d_un_autre"), (f"{lieu}0", "message_inconnu")):
        reponse = autre.get(adresse)
        assert (reponse.status_code, banc.derniere_trace["cause"]) == (404, cause)
        assert "quittance" not in reponse.text
    assert autre.post(ici, json=FORMULAIRE).status_code == 404


def test_sans_trace_possible_rien_ne_part(banc, consulte, relais):
    appelant, ici = consulte()
    with banc.engine.begin() as connexion:
        connexion.execute(text("CREATE TRIGGER plein BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'full'); END"))
    assert appelant.post(ici, json=FORMULAIRE).status_code == 503
    relais()
    assert recus(banc) == []
