"""A dossier that goes to another Caf: who could open it, and what its past still opens, through the API."""

import pytest
from fabrique import AUJOURD_HUI, il_y_a, saisie, un_dossier
from flux import numeros

from atelier import un_groupe, un_utilisateur
from cdap.adapters.fiches import FichesSql, Tenue
from cdap.domain.dossiers import Cle
from cdap.domain.fraicheur import accueillir, heriter, partir

ICI = "/cdap/v1/consultations"
LA_BAS = Cle("441", numeros(1)[0])


def groupe(*organismes: str, profil: str = "T18"):
    return un_groupe(profil=profil, portee="mono" if len(organismes) == 1 else "multi", organismes=organismes)


@pytest.fixture
def muter(banc, connait):
    """The household of `un_dossier` comes to Nantes on that day, where nothing else is known of it."""

    def faire(le=AUJOURD_HUI):
        from dataclasses import replace

        connait(un_dossier())
        arrive = replace(un_dossier(), cle=LA_BAS, liens=replace(un_dossier().liens, droits_rsa=None, mandats=None))
        with banc.engine.begin() as connexion:
            fiches = FichesSql(connexion)
            quittee = fiches.lire([un_dossier().cle])[un_dossier().cle].fiche
            fiche = heriter(accueillir(None, arrive, "2026-01-01"), quittee, le)
            fiches.ecrire([Tenue(fiche)], frozenset())
            fiches.ecrire([Tenue(partir(quittee, "441", le, "2026-01-01"))], {quittee.dossier.cle})

    return faire


def test_qui_l_ouvrait_avant_ne_l_ouvre_plus_et_le_refus_est_celui_de_tous(banc, connait, muter):
    agent = banc.en_tant_que(un_utilisateur(groupe("831", profil="T1")))
    connait(un_dossier())
    ouverte = agent.post(ICI, json=saisie())
    assert ouverte.status_code == 201
    muter()
    refus = agent.post(ICI, json=saisie())
    assert (refus.status_code, refus.json()["type"].rpartition(":")[2]) == (404, "dossier-non-accessible")
    assert banc.derniere_trace["cause"] == "dossier_parti"
    lue = agent.get(f"{ICI}/{ouverte.json()['id']}/rubriques/famille")
    assert lue.status_code == 403
    assert (banc.derniere_trace["issue"], banc.derniere_trace["cause"]) == ("refuse", "dossier_parti")


def test_un_depart_a_venir_n_empeche_rien_encore(banc, muter):
    muter(il_y_a(-2))
    assert banc.en_tant_que(un_utilisateur(groupe("831"))).post(ICI, json=saisie()).status_code == 201


@pytest.mark.parametrize("profil", ["T9", "T18"])
def test_la_nouvelle_caf_l_ouvre_sous_son_nouveau_numero_et_le_passe_compte(banc, muter, profil):
    muter()
    agent = banc.en_tant_que(un_utilisateur(groupe("441", profil=profil)))
    la = saisie(organisme=LA_BAS.organisme, numero_allocataire=LA_BAS.numero_allocataire)
    ouverte = agent.post(ICI, json=la)
    assert ouverte.status_code == 201, ouverte.text
    assert agent.get(f"{ICI}/{ouverte.json()['id']}/rubriques/synthese").status_code == 200
    assert agent.post(ICI, json=saisie()).status_code == 404
