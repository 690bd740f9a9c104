"""The second factor: enrolled, asked for, never accepted twice, required, lost."""

import time

import pyotp
import pytest

from atelier import un_administrateur, un_referent, un_utilisateur
from atelier.personas import SIRET

CHOISI, ADRESSE = "Exemple-2026", "claire.montfort@ccas.example"
FACTEUR = "/identity/v1/second-facteur"


class Telephone:
    """Holds a secret; each code it shows is later than the one before."""

    def __init__(self, secret):
        self._totp = pyotp.TOTP(secret)
        self._pas = int(time.time()) // 30 - 2

    def code(self):
        self._pas += 1
        return self._totp.at(self._pas * 30)


def poster(maison, chemin, identifiant, **champs):
    corps = {"identifiant": identifiant, "mot_de_passe": CHOISI} | champs
    return maison.personne.post(chemin, json=corps)


def connecter(maison, identifiant, **champs):
    return poster(maison, "/identity/v1/sessions", identifiant, **champs)


def enroler(maison, identifiant, **champs):
    recu = poster(maison, FACTEUR, identifiant, **champs)
    assert recu.status_code == 201, recu.text
    telephone = Telephone(recu.json()["secret"])
    assert recu.json()["uri"].startswith("otpauth://totp/") and identifiant in recu.json()["uri"]
    return telephone


def activer(maison, identifiant, telephone):
    recu = poster(maison, f"{FACTEUR}/activation", identifiant, code=telephone.code())
    assert recu.status_code == 200, recu.text
    return recu.json()["codes_de_recuperation"]


@pytest.fixture
def armee(maison):
    identifiant = maison.un_compte_ouvert()
    telephone = enroler(maison, identifiant)
    return identifiant, telephone, activer(maison, identifiant, telephone)


def test_avec_un_second_facteur_le_mot_de_passe_seul_ne_suffit_plus(maison, armee):
    identifiant, telephone, _ = armee
    recu = connecter(maison, identifiant)
    assert (recu.status_code, recu.json()["type"]) == (403, "urn:mcp:probleme:second-facteur-requis")
    assert (maison.trace["cause"], maison.trace["sujet"]) == ("second_facteur_requis", identifiant)
    assert connecter(maison, identifiant, code=telephone.code()).status_code == 201


def test_un_code_ne_sert_qu_une_fois_ni_un_plus_ancien_apres_lui(maison, armee):
    identifiant, telephone, _ = armee
    ancien, code = telephone.code(), telephone.code()
    assert connecter(maison, identifiant, code=code).status_code == 201
    for rejoue in (code, ancien):
        recu = connecter(maison, identifiant, code=rejoue)
        assert (recu.status_code, maison.trace["cause"]) == (401, "second_facteur_rejoue")


def test_les_codes_errones_comptent_comme_des_echecs(maison, armee):
    identifiant, telephone, _ = armee
    recus = [connecter(maison, identifiant, code="000000") for _ in range(6)]
    assert [recu.status_code for recu in recus] == [401] * 5 + [429]
    assert connecter(maison, identifiant, code=telephone.code()).status_code == 429


def test_un_code_de_recuperation_sert_une_fois_comme_on_le_recopie(maison, armee):
    identifiant, _, codes = armee
    assert len(set(codes)) == 10 and codes[0] not in str(maison.executer("SELECT * FROM codes_de_recuperation"))
    assert connecter(maison, identifiant, code=codes[0].replace("-", " ").lower()).status_code == 201
    assert connecter(maison, identifiant, code=codes[0]).status_code == 401
    assert connecter(maison, identifiant, code=codes[1]).status_code == 201


def test_le_secret_est_scelle_dans_la_base(maison):
    identifiant = maison.un_compte_ouvert()
    secret = poster(maison, FACTEUR, identifiant).json()["secret"]
    assert secret not in str(maison.executer("SELECT * FROM seconds_facteurs"))
    assert connecter(maison, identifiant).status_code == 201  # not in force before its first code


def test_le_mot_de_passe_seul_ne_remplace_pas_un_second_facteur(maison, armee):
    identifiant, telephone, _ = armee
    recu = poster(maison, FACTEUR, identifiant)
    assert recu.json()["type"] == "urn:mcp:probleme:second-facteur-requis"
    neuf = enroler(maison, identifiant, code=telephone.code())
    assert poster(maison, f"{FACTEUR}/activation", identifiant, code="000000").status_code == 401
    assert connecter(maison, identifiant, code=telephone.code()).status_code == 201
    activer(maison, identifiant, neuf)
    assert connecter(maison, identifiant, code=neuf.code()).status_code == 201


def test_sans_la_preuve_du_mot_de_passe_rien_ne_s_enrole(maison):
    identifiant = maison.un_compte_ouvert()
    for qui in (identifiant, "ACCZZZZZ"):
        recu = poster(maison, FACTEUR, qui, mot_de_passe="Autre-2026!")
        assert (recu.status_code, recu.json()["type"]) == (401, "urn:mcp:probleme:identifiants-errones")
    autre, provisoire = maison.un_compte("autre@ccas.example")
    assert poster(maison, FACTEUR, autre, mot_de_passe=provisoire).status_code == 403
    assert maison.executer("SELECT * FROM seconds_facteurs") == []


def exiger(maison, persona, partenaire=SIRET, requis=True):
    corps = {"partenaire": partenaire, "requis": requis}
    return maison.en_tant_que(persona).put(f"{FACTEUR}/exigence", json=corps)


@pytest.mark.parametrize("persona", [un_administrateur(), un_referent()])
def test_exige_d_un_partenaire_il_faut_l_enroler_avant_de_continuer(maison, persona):
    identifiant = maison.un_compte_ouvert()
    assert exiger(maison, persona).status_code == 204
    assert (maison.trace["type"], maison.trace["objet"]) == ("identity.second-facteur.exige", SIRET)
    recu = connecter(maison, identifiant)
    assert (recu.status_code, recu.json()["type"]) == (403, "urn:mcp:probleme:second-facteur-a-enroler")
    telephone = enroler(maison, identifiant)
    activer(maison, identifiant, telephone)
    assert connecter(maison, identifiant, code=telephone.code()).status_code == 201


def test_ce_que_la_caf_exige_le_partenaire_ne_le_leve_pas(maison):
    identifiant = maison.un_compte_ouvert()
    exiger(maison, un_referent())
    exiger(maison, un_administrateur(), requis=False)
    assert connecter(maison, identifiant).status_code == 403
    exiger(maison, un_referent(), requis=False)
    assert connecter(maison, identifiant).status_code == 201


def test_la_caf_l_exige_de_ses_agents_et_de_personne_d_autre(maison):
    identifiant = maison.un_compte_ouvert()
    assert exiger(maison, un_referent(), partenaire=None).status_code == 204
    assert connecter(maison, identifiant).status_code == 201
    assert maison.executer("SELECT cible FROM exigences") == [("caf:831",)]
    assert exiger(maison, un_administrateur(), partenaire=None).status_code == 403
    assert maison.trace["cause"] == "sans_caf"


@pytest.mark.parametrize(
    "persona", [un_utilisateur(), un_referent(caf="441"), un_administrateur(partenaire="21830137700017")]
)
def test_nul_autre_n_exige_un_second_facteur(maison, persona):
    assert exiger(maison, persona).status_code == 403
    assert maison.executer("SELECT * FROM exigences") == []


def test_un_second_facteur_perdu_se_retire_et_les_sessions_se_terminent(maison, armee):
    identifiant, telephone, _ = armee
    connecter(maison, identifiant, code=telephone.code())
    retire = maison.en_tant_que(un_administrateur()).delete(f"/identity/v1/comptes/{identifiant}/second-facteur")
    assert (retire.status_code, maison.trace["type"]) == (204, "identity.second-facteur.retire")
    assert len(maison.revocations()) == 1 and connecter(maison, identifiant).status_code == 201
    assert maison.executer("SELECT * FROM codes_de_recuperation") == []
