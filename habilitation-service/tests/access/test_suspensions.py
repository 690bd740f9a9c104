"""Suspension à titre conservatoire: who may, what it stops at once, and what stays written."""

from typing import Any

import pytest

from atelier import un_administrateur, un_agent, un_referent, un_utilisateur

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET = "99900031800017", "73282932000074"
ICI = f"{V1}/partenaires/{SIRET}/suspensions"


@pytest.fixture
def au_travail(prete: Any) -> Any:
    """ACC3MEMB is a member, ACC7RESP the responsable of `prete.le_groupe`."""
    prete.le_groupe = prete.groupe()
    for sub in ("ACC3MEMB", "ACC7RESP"):
        prete.utilisateur(sub)
    assert prete.ajouter(prete.le_groupe, "ACC3MEMB").status_code == 201
    assert prete.confier(prete.le_groupe, "ACC7RESP").status_code == 200
    return prete


def cible(maison: Any, champ: str) -> dict[str, str]:
    return {champ: {"service": "cdap", "groupe": maison.le_groupe, "identifiant": "ACC3MEMB"}[champ]}


@pytest.mark.parametrize("champ", ["service", "groupe", "identifiant"])
def test_ce_que_le_referent_suspend_ne_donne_plus_rien_et_redonne_une_fois_leve(au_travail: Any, champ: str) -> None:
    assert au_travail.droits("ACC3MEMB")["groups"]
    reponse = au_travail.suspendre(**cible(au_travail, champ))
    assert reponse.status_code == 201
    au_travail.l_accord("suspension.prononcee", objet=cible(au_travail, champ)[champ], partenaire=SIRET)
    assert au_travail.droits("ACC3MEMB")["groups"] == []
    assert au_travail.lever(reponse.json()["id"]).status_code == 204
    au_travail.l_accord("suspension.levee", partenaire=SIRET)
    assert au_travail.droits("ACC3MEMB")["groups"]


@pytest.mark.parametrize(
    ("champ", "attendu"),
    [
        ("service", [{"partenaires": [SIRET]}]),
        ("groupe", [{"identifiants": ["ACC7RESP"]}, {"groupes": ["le_groupe"]}]),
        ("identifiant", [{"identifiants": ["ACC3MEMB"]}]),
    ],
)
def test_une_suspension_coupe_les_jetons_d_avant(au_travail: Any, champ: str, attendu: Any) -> None:
    avant = au_travail.dernier_numero
    assert au_travail.suspendre(**cible(au_travail, champ)).status_code == 201
    for entree in attendu:
        entree["version"] = au_travail.version
        if "groupes" in entree:
            entree["groupes"] = [au_travail.le_groupe]
    assert au_travail.coupes(avant) == attendu


def test_l_administrateur_suspendu_n_administre_plus(au_travail: Any, probleme: Any) -> None:
    assert au_travail.suspendre(identifiant="ACC2ADMN").status_code == 201
    assert not au_travail.droits("ACC2ADMN")["administrateur"]
    assert probleme(au_travail.creer_groupe(), 404, "ressource-inconnue")
    au_travail.le_refus("groupe.cree", "utilisateur_suspendu")


@pytest.mark.parametrize("champ", ["service", "groupe"])
def test_le_responsable_d_un_groupe_suspendu_ne_deplace_plus_personne(
    au_travail: Any, probleme: Any, champ: str
) -> None:
    responsable = un_utilisateur(sub="ACC7RESP", responsable_de=[au_travail.le_groupe])
    assert au_travail.suspendre(**cible(au_travail, champ)).status_code == 201
    assert au_travail.droits("ACC7RESP")["responsable_de"] == []
    assert probleme(au_travail.retirer(au_travail.le_groupe, "ACC3MEMB", responsable), 404, "ressource-inconnue")
    au_travail.le_refus("membre.retire", "responsable_retire")


def test_un_service_suspendu_n_a_pas_de_nouveau_groupe(au_travail: Any, probleme: Any) -> None:
    assert au_travail.suspendre(service="cdap").status_code == 201
    assert probleme(au_travail.creer_groupe(), 409, "habilitation-suspendue")
    au_travail.le_refus("groupe.cree", "service_suspendu")


def test_l_administrateur_voit_la_suspension_mais_ne_la_leve_pas(au_travail: Any, probleme: Any) -> None:
    id = au_travail.suspendre(service="cdap").json()["id"]
    lu = au_travail.en_tant_que(au_travail.administrateur).get(f"{V1}/partenaires/{SIRET}").json()
    assert [(vue["id"], vue["cible"], vue["motif"]) for vue in lu["suspensions"]] == [
        (id, "service", "Connexions atypiques")
    ]
    assert probleme(au_travail.lever(id, au_travail.administrateur), 403, "acces-refuse")
    au_travail.le_refus("suspension.levee", "regle_de_l_operation")


def test_l_histoire_d_une_suspension_dit_qui_pourquoi_et_quand(au_travail: Any) -> None:
    au_travail.lever(au_travail.suspendre(groupe=au_travail.le_groupe).json()["id"])
    for persona in (au_travail.referent, au_travail.administrateur, un_agent("caf:controleur")):
        [lue] = au_travail.en_tant_que(persona).get(ICI).json()["suspensions"]
        assert (lue["par"], lue["motif"]) == ("ACC3AGNT", "Connexions atypiques")
        assert (lue["levee"]["par"], lue["levee"]["motif"]) == ("ACC3AGNT", "Explications reçues")
        assert lue["depuis"] < lue["levee"]["depuis"]
        au_travail.l_accord("suspension.lue", objet=SIRET)


@pytest.mark.parametrize(
    "persona, cause",
    [
        (un_referent(caf="061"), "autre_caf"),
        (un_agent("caf:controleur", caf="061"), "autre_caf"),
        (un_administrateur(partenaire=AUTRE_SIRET), "autre_partenaire"),
    ],
)
def test_qui_ne_suit_pas_le_partenaire_ne_lit_pas_ses_suspensions(
    prete: Any, probleme: Any, persona: Any, cause: str
) -> None:
    assert probleme(prete.en_tant_que(persona).get(ICI), 404, "ressource-inconnue")
    prete.le_refus("suspension.lue", cause)


@pytest.mark.parametrize("persona", [un_administrateur(), un_agent("caf:controleur"), un_utilisateur()])
def test_personne_d_autre_que_le_referent_ne_suspend(prete: Any, probleme: Any, persona: Any) -> None:
    assert probleme(prete.suspendre(persona, service="cdap"), 403, "acces-refuse")
    prete.le_refus("suspension.prononcee", "regle_de_l_operation")


def test_le_referent_d_une_autre_caf_ne_suspend_ni_ne_leve(prete: Any, probleme: Any) -> None:
    id, ailleurs = prete.suspendre(service="cdap").json()["id"], un_referent(caf="061")
    assert probleme(prete.suspendre(ailleurs, service="cdap"), 404, "ressource-inconnue")
    prete.le_refus("suspension.prononcee", "autre_caf")
    assert probleme(prete.lever(id, ailleurs), 404, "ressource-inconnue")
    prete.le_refus("suspension.levee", "autre_caf")


def test_une_suspension_vise_une_chose_et_une_seule(prete: Any, probleme: Any) -> None:
    reponse = prete.suspendre(service="cdap", identifiant="ACC3MEMB")
    assert probleme(reponse, 400, "requete-invalide")
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == ["service", "identifiant"]
    prete.le_refus("suspension.prononcee", "cible_ambigue")


def test_le_groupe_d_un_autre_partenaire_ne_se_suspend_pas_ici(prete: Any, probleme: Any) -> None:
    assert probleme(prete.suspendre(groupe="inconnu"), 404, "ressource-inconnue")
    prete.le_refus("suspension.prononcee", "groupe_inconnu")


def test_une_suspension_deja_levee_ne_se_leve_plus(prete: Any, probleme: Any) -> None:
    id = prete.suspendre(service="cdap").json()["id"]
    assert prete.lever(id).status_code == 204
    assert probleme(prete.lever(id), 404, "ressource-inconnue")
    prete.le_refus("suspension.levee", "suspension_inconnue")


def test_identity_en_panne_qui_travaille_ici_est_suspendu_quand_meme(au_travail: Any, probleme: Any) -> None:
    au_travail.comptes.en_panne = True
    assert au_travail.suspendre(identifiant="ACC3MEMB").status_code == 201
    assert probleme(au_travail.suspendre(identifiant="ACC9ZZZZ"), 503, "voisin-indisponible")
    au_travail.le_refus("suspension.prononcee", "identity_injoignable", "echec", objet=SIRET)


def test_le_compte_d_un_autre_partenaire_n_est_pas_suspendu_ici(prete: Any, probleme: Any) -> None:
    prete.utilisateur("ACC8AUTR", siret=AUTRE_SIRET)
    assert probleme(prete.suspendre(identifiant="ACC8AUTR"), 404, "ressource-inconnue")
    prete.le_refus("suspension.prononcee", "compte_d_un_autre_partenaire", objet=SIRET)
