"""Slowing guesses down: who is made to wait, who is not, and that it tells nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

CHOISI, FAUX = "Exemple-2026", "Autre-2026!"
ICI, AILLEURS, ENCORE = "192.0.2.7", "198.51.100.9", "203.0.113.5"


def sans_instance(reponse):
    corps = reponse.json()
    del corps["instance"]
    entetes = {nom: valeur for nom, valeur in reponse.headers.items() if nom not in ("date", "audit-receipt")}
    return reponse.status_code, corps, entetes


def echouer(maison, identifiant, fois, adresse=AILLEURS):
    return [maison.connecter(identifiant, FAUX, adresse).status_code for _ in range(fois)]


@pytest.fixture
def titulaire(maison):
    identifiant = maison.un_compte_ouvert()
    assert maison.connecter(identifiant, CHOISI, ICI).status_code == 201
    return identifiant


def test_apres_cinq_echecs_meme_le_bon_mot_de_passe_attend_et_cela_se_trace(maison, titulaire):
    assert echouer(maison, titulaire, 5) == [401] * 5
    recu = maison.connecter(titulaire, CHOISI, AILLEURS)
    assert (recu.status_code, recu.json()["type"]) == (429, "urn:mcp:probleme:trop-de-demandes")
    assert 55 <= int(recu.headers["Retry-After"]) <= 60
    trace = maison.trace
    assert recu.headers["Audit-Receipt"] == trace["id"]
    assert (trace["type"], trace["issue"], trace["cause"]) == ("identity.session.ouverte", "refuse", "temporisation")
    assert trace["sujet"] == titulaire


def test_les_echecs_du_changement_de_mot_de_passe_comptent_avec_ceux_de_la_connexion(maison, titulaire):
    assert [maison.changer(titulaire, FAUX, "x", AILLEURS).status_code for _ in range(3)] == [401] * 3
    assert echouer(maison, titulaire, 3) == [401, 401, 429]
    assert maison.changer(titulaire, CHOISI, "Nouveau+2027", AILLEURS).status_code == 429


def test_attendre_en_insistant_ne_prolonge_pas_l_attente_et_le_delai_double(maison, titulaire):
    echouer(maison, titulaire, 5)
    assert echouer(maison, titulaire, 3) == [429] * 3
    maison.executer("UPDATE freins SET dernier_a = dernier_a - 61")
    assert echouer(maison, titulaire, 2) == [401, 429]
    assert 100 <= int(maison.connecter(titulaire, FAUX, AILLEURS).headers["Retry-After"]) <= 120


def test_depuis_son_adresse_habituelle_on_se_connecte_pendant_qu_un_inconnu_s_acharne_ailleurs(maison, titulaire):
    for adresse in (AILLEURS, ENCORE):
        echouer(maison, titulaire, 7, adresse)
    assert maison.connecter(titulaire, CHOISI, ENCORE).status_code == 429
    assert maison.connecter(titulaire, CHOISI, ICI).status_code == 201


def test_a_son_adresse_habituelle_aussi_on_est_ralenti_par_ses_propres_echecs(maison, titulaire):
    assert echouer(maison, titulaire, 6, ICI) == [401] * 5 + [429]
    assert maison.connecter(titulaire, CHOISI, ICI).status_code == 429


def test_une_connexion_reussie_remet_le_compte_de_l_habituee_a_zero(maison, titulaire):
    echouer(maison, titulaire, 4, ICI)
    assert maison.connecter(titulaire, CHOISI, ICI).status_code == 201
    assert echouer(maison, titulaire, 5, ICI) == [401] * 5


def test_une_adresse_qui_essaie_beaucoup_d_identifiants_attend_et_pas_ses_voisines(maison, titulaire):
    inconnus = [f"ACC{'23456789ABCDEFGH'[n // 16]}{'23456789ABCDEFGH'[n % 16]}ZZZ" for n in range(31)]
    recus = [maison.connecter(inconnu, FAUX, AILLEURS).status_code for inconnu in inconnus]
    assert recus == [401] * 30 + [429]
    assert maison.connecter(titulaire, CHOISI, AILLEURS).status_code == 429
    assert maison.connecter(titulaire, CHOISI, ENCORE).status_code == 201


def test_un_habitue_derriere_une_adresse_partagee_ne_paie_pas_pour_ses_voisins(maison, titulaire):
    for n in range(31):
        maison.connecter(f"ACC{'23456789ABCDEFGH'[n // 16]}{'23456789ABCDEFGH'[n % 16]}ZZZ", FAUX, ICI)
    assert maison.connecter("ACCZZZZZ", FAUX, ICI).status_code == 429
    assert maison.connecter(titulaire, CHOISI, ICI).status_code == 201


def test_un_abonne_d_ipv6_ne_gagne_rien_a_changer_d_adresse_dans_son_reseau(maison, titulaire):
    assert [maison.connecter(titulaire, FAUX, f"2001:db8:1:2::{n}").status_code for n in range(1, 7)][-1] == 429


def test_un_identifiant_inconnu_est_ralenti_avec_les_memes_octets_et_n_est_pas_garde(maison, titulaire):
    def essais(identifiant, adresse):
        return [sans_instance(maison.connecter(identifiant, FAUX, adresse)) for _ in range(6)]

    connu, inconnu = essais(titulaire, AILLEURS), essais("ACCZZZZZ", ENCORE)
    assert connu == inconnu and connu[-1][0] == 429
    assert (maison.trace["sujet"], maison.trace["cause"]) == (None, "temporisation")
    assert "ACCZZZZZ" not in str(maison.executer("SELECT * FROM freins")) + str(maison.traces)
    assert titulaire not in str(maison.executer("SELECT * FROM freins"))


def test_le_mot_de_passe_oublie_est_une_issue_qu_aucun_acharnement_ne_ferme(maison, titulaire):
    echouer(maison, titulaire, 6)
    maison.oublier("claire.montfort@ccas.example")
    secours = maison.dernier_provisoire()
    assert maison.connecter(titulaire, secours, AILLEURS).status_code == 403
    assert maison.changer(titulaire, secours, "Nouveau+2027", AILLEURS).status_code == 204
    assert maison.connecter(titulaire, "Nouveau+2027", AILLEURS).status_code == 201


def test_une_salve_d_essais_a_la_fois_ne_donne_pas_un_essai_de_plus(maison, titulaire):
    with ThreadPoolExecutor(8) as fils:
        recus = list(fils.map(lambda _: maison.connecter(titulaire, FAUX, AILLEURS).status_code, range(16)))
    assert Counter(recus) == {401: 5, 429: 11}
