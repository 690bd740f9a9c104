"""Who may create a group, delegate it, and move its members: one persona, one act, one verdict, one trace."""

from typing import Any

import pytest

from atelier import un_administrateur, un_referent, un_utilisateur

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET = "99900031800017", "73282932000074"


def un_responsable(maison: Any, groupe: str, sub: str = "ACC7RESP") -> Any:
    """The responsable of this group, by the token and by the data."""
    persona = maison.utilisateur(sub, responsable_de=[groupe])
    assert maison.confier(groupe, sub).status_code == 200
    return persona


def test_l_administrateur_cree_un_groupe_mono_sur_la_caf_referente(prete: Any) -> None:
    reponse = prete.creer_groupe()
    assert reponse.status_code == 201
    groupe = reponse.json()
    assert (groupe["portee"], groupe["organismes"], groupe["membres"]) == ("mono", ["831"], [])
    assert reponse.headers["Location"] == f"{V1}/groupes/{groupe['id']}"
    prete.l_accord("groupe.cree", groupe=groupe["id"], objet=groupe["id"], profil="T1", partenaire=SIRET)


@pytest.mark.parametrize(
    "persona, cause",
    [
        (un_administrateur(partenaire=AUTRE_SIRET), "autre_partenaire"),
        (un_administrateur(sub="ACC9ANCN", partenaire=SIRET), "administrateur_retire"),
    ],
)
def test_personne_d_autre_ne_cree_de_groupe_chez_ce_partenaire(
    prete: Any, probleme: Any, persona: Any, cause: str
) -> None:
    assert probleme(prete.creer_groupe(persona), 404, "ressource-inconnue")
    prete.le_refus("groupe.cree", cause, objet=SIRET, groupe=None)


@pytest.mark.parametrize("persona", [un_referent(), un_utilisateur(partenaire=SIRET)])
def test_ni_le_referent_ni_un_utilisateur_ne_creent_de_groupe(prete: Any, probleme: Any, persona: Any) -> None:
    assert probleme(prete.creer_groupe(persona), 403, "acces-refuse")
    prete.le_refus("groupe.cree", "regle_de_l_operation")


def test_sans_contrat_ni_bulletin_pas_de_groupe(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    maison.document(genre="convention")
    maison.utilisateur("ACC2ADMN")
    assert maison.designer("ACC2ADMN", "principal").status_code == 201
    assert probleme(maison.creer_groupe(), 409, "convention-incomplete")
    maison.le_refus("groupe.cree", "contrat_absent")
    maison.document(genre="contrat")
    assert probleme(maison.creer_groupe(), 409, "convention-incomplete")
    maison.le_refus("groupe.cree", "bulletin_absent")


@pytest.mark.parametrize(
    "champs, cause",
    [
        ({"profil": "T5"}, "profil_hors_bulletin"),
        ({"organismes": ["061"]}, "organisme_hors_caf_referente"),
        ({"portee": "multi", "organismes": ["061", "831"]}, "eligibilite_absente"),
        ({"portee": "nationale"}, "eligibilite_absente"),
    ],
)
def test_un_groupe_ne_depasse_pas_les_documents(prete: Any, probleme: Any, champs: Any, cause: str) -> None:
    assert probleme(prete.creer_groupe(**champs), 409, "hors-bulletin")
    prete.le_refus("groupe.cree", cause)


def test_une_portee_multi_sans_deux_organismes_est_refusee(prete: Any, probleme: Any) -> None:
    assert probleme(prete.creer_groupe(portee="multi", organismes=["061"]), 400, "requete-invalide")
    prete.le_refus("groupe.cree", "multi_sans_organismes")


@pytest.mark.parametrize("champs", [{"portee": "multi", "organismes": ["831", "061"]}, {"portee": "nationale"}])
def test_un_partenaire_eligible_suivi_par_les_yvelines_a_un_groupe_large(maison: Any, champs: Any) -> None:
    maison.conventionne(caf="781")
    assert maison.document(caf="781", genre="eligibilite").status_code == 201
    reponse = maison.creer_groupe(**champs)
    assert reponse.status_code == 201
    assert reponse.json()["organismes"] == sorted(champs.get("organismes", []))


def test_l_administrateur_et_le_responsable_lisent_le_groupe(prete: Any) -> None:
    groupe = prete.groupe()
    responsable = un_responsable(prete, groupe)
    for persona in (prete.administrateur, responsable):
        reponse = prete.en_tant_que(persona).get(f"{V1}/groupes/{groupe}")
        assert reponse.status_code == 200 and reponse.json()["responsable"] == "ACC7RESP"
        prete.l_accord("groupe.lu", groupe=groupe, objet=groupe, sujet=persona.identifiant)


def test_un_groupe_inconnu_n_est_pas_lu_et_ce_qui_fut_tape_n_est_pas_garde(prete: Any, probleme: Any) -> None:
    reponse = prete.en_tant_que(prete.administrateur).get(f"{V1}/groupes/Mme-Quelqu-Un")
    assert probleme(reponse, 404, "ressource-inconnue")
    prete.le_refus("groupe.lu", "groupe_inconnu", objet=None, groupe=None)


def test_l_administrateur_d_un_autre_partenaire_ne_lit_pas_le_groupe(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    etranger = prete.en_tant_que(un_administrateur(partenaire=AUTRE_SIRET))
    assert probleme(etranger.get(f"{V1}/groupes/{groupe}"), 404, "ressource-inconnue")
    prete.le_refus("groupe.lu", "autre_partenaire")


def test_l_administrateur_designe_le_responsable(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC7RESP")
    reponse = prete.confier(groupe, "ACC7RESP")
    assert (reponse.status_code, reponse.json()) == (200, {"identifiant": "ACC7RESP"})
    prete.l_accord("responsable.designe", groupe=groupe, objet="ACC7RESP")
    assert prete.droits("ACC7RESP")["responsable_de"] == [groupe]


def test_un_groupe_n_a_qu_un_responsable(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    un_responsable(prete, groupe)
    prete.utilisateur("ACC8AUTR")
    assert probleme(prete.confier(groupe, "ACC8AUTR"), 409, "place-occupee")
    prete.le_refus("responsable.designe", "place_occupee", groupe=groupe)


def test_le_responsable_est_une_personne_du_partenaire(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC8AUTR", siret=AUTRE_SIRET)
    assert probleme(prete.confier(groupe, "ACC8AUTR"), 404, "ressource-inconnue")
    prete.le_refus("responsable.designe", "compte_d_un_autre_partenaire")


def test_l_administrateur_d_un_autre_partenaire_ne_designe_pas_de_responsable(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC8AUTR", siret=AUTRE_SIRET)
    etranger = un_administrateur(partenaire=AUTRE_SIRET)
    assert probleme(prete.confier(groupe, "ACC8AUTR", etranger), 404, "ressource-inconnue")
    prete.le_refus("responsable.designe", "autre_partenaire", groupe=None)


def test_identity_en_panne_aucun_responsable_n_est_designe(prete: Any, probleme: Any) -> None:
    groupe, avant = prete.groupe(), prete.version
    prete.utilisateur("ACC7RESP")
    prete.comptes.en_panne = True
    assert probleme(prete.confier(groupe, "ACC7RESP"), 503, "voisin-indisponible")
    prete.le_refus("responsable.designe", "identity_injoignable", "echec")
    assert prete.version == avant


def test_l_administrateur_ajoute_un_utilisateur_au_groupe(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    reponse = prete.ajouter(groupe, "ACC3MEMB", motif="Prise de poste")
    assert (reponse.status_code, reponse.json()) == (201, {"identifiant": "ACC3MEMB", "motif": "Prise de poste"})
    prete.l_accord("membre.ajoute", groupe=groupe, objet="ACC3MEMB", profil="T1")
    assert [lu["id"] for lu in prete.droits("ACC3MEMB")["groups"]] == [groupe]


def test_l_administrateur_peut_se_mettre_lui_meme_dans_un_groupe(prete: Any) -> None:
    groupe = prete.groupe()
    assert not prete.droits("ACC2ADMN")["groups"]
    assert prete.ajouter(groupe, "ACC2ADMN").status_code == 201
    assert prete.droits("ACC2ADMN")["groups"]


def test_le_responsable_ajoute_et_retire_dans_son_groupe(prete: Any) -> None:
    groupe = prete.groupe()
    responsable = un_responsable(prete, groupe)
    prete.utilisateur("ACC3MEMB")
    assert prete.ajouter(groupe, "ACC3MEMB", responsable).status_code == 201
    assert prete.retirer(groupe, "ACC3MEMB", responsable).status_code == 204
    prete.l_accord("membre.retire", groupe=groupe, objet="ACC3MEMB", sujet="ACC7RESP")


def test_le_responsable_d_un_autre_groupe_n_ajoute_personne(prete: Any, probleme: Any) -> None:
    groupe, autre = prete.groupe(), prete.groupe()
    responsable = un_responsable(prete, autre)
    prete.utilisateur("ACC3MEMB")
    assert probleme(prete.ajouter(groupe, "ACC3MEMB", responsable), 404, "ressource-inconnue")
    prete.le_refus("membre.ajoute", "autre_groupe", objet="ACC3MEMB")


def test_un_jeton_qui_dit_responsable_ne_suffit_pas(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    pretendu = prete.utilisateur("ACC7RESP", responsable_de=[groupe])
    prete.utilisateur("ACC3MEMB")
    assert probleme(prete.ajouter(groupe, "ACC3MEMB", pretendu), 404, "ressource-inconnue")
    prete.le_refus("membre.ajoute", "responsable_retire")


def test_un_jeton_qui_dit_administrateur_ne_suffit_pas(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    retire = un_administrateur(sub="ACC9ANCN", partenaire=SIRET)
    assert probleme(prete.ajouter(groupe, "ACC3MEMB", retire), 404, "ressource-inconnue")
    prete.le_refus("membre.ajoute", "administrateur_retire")


def test_l_administrateur_d_un_autre_partenaire_n_ajoute_ni_ne_retire_personne(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    etranger = un_administrateur(partenaire=AUTRE_SIRET)
    assert probleme(prete.ajouter(groupe, "ACC8AUTR", etranger), 404, "ressource-inconnue")
    prete.le_refus("membre.ajoute", "autre_partenaire")
    assert probleme(prete.retirer(groupe, "ACC3MEMB", etranger), 404, "ressource-inconnue")
    prete.le_refus("membre.retire", "autre_partenaire")
    assert prete.droits("ACC3MEMB")["groups"]


def test_l_utilisateur_d_un_autre_partenaire_n_entre_pas_dans_le_groupe(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC8AUTR", siret=AUTRE_SIRET)
    assert probleme(prete.ajouter(groupe, "ACC8AUTR"), 404, "ressource-inconnue")
    prete.le_refus("membre.ajoute", "compte_d_un_autre_partenaire")


def test_un_utilisateur_n_a_qu_un_profil_cdap(prete: Any, probleme: Any) -> None:
    t1, t2 = prete.groupe(), prete.groupe(profil="T2")
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(t1, "ACC3MEMB")
    assert probleme(prete.ajouter(t2, "ACC3MEMB"), 409, "profil-unique")
    prete.le_refus("membre.ajoute", "profil_unique", groupe=t2, profil="T2")
    assert prete.ajouter(prete.groupe(), "ACC3MEMB").status_code == 201


def test_le_profil_se_libere_avec_la_derniere_appartenance(prete: Any, probleme: Any) -> None:
    premier, second, t2 = prete.groupe(), prete.groupe(), prete.groupe(profil="T2")
    prete.utilisateur("ACC3MEMB")
    for groupe in (premier, second):
        assert prete.ajouter(groupe, "ACC3MEMB").status_code == 201
    prete.retirer(premier, "ACC3MEMB")
    assert probleme(prete.ajouter(t2, "ACC3MEMB"), 409, "profil-unique")
    prete.retirer(second, "ACC3MEMB")
    assert prete.ajouter(t2, "ACC3MEMB").status_code == 201
    assert [lu["profil"] for lu in prete.droits("ACC3MEMB")["groups"]] == ["T2"]


def test_un_membre_n_est_pas_ajoute_deux_fois_mais_peut_revenir(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    assert probleme(prete.ajouter(groupe, "ACC3MEMB"), 409, "deja-existant")
    prete.le_refus("membre.ajoute", "deja_existant")
    assert prete.retirer(groupe, "ACC3MEMB").status_code == 204
    assert prete.ajouter(groupe, "ACC3MEMB").status_code == 201


def test_qui_n_est_pas_membre_n_est_pas_retire(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    assert probleme(prete.retirer(groupe, "ACC3MEMB"), 404, "ressource-inconnue")
    prete.le_refus("membre.retire", "non_membre", groupe=groupe)


def test_identity_en_panne_personne_n_entre_mais_on_peut_retirer(prete: Any, probleme: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.utilisateur("ACC4MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    prete.comptes.en_panne = True
    avant = prete.version
    assert probleme(prete.ajouter(groupe, "ACC4MEMB"), 503, "voisin-indisponible")
    prete.le_refus("membre.ajoute", "identity_injoignable", "echec")
    assert prete.version == avant and not prete.droits("ACC4MEMB")["groups"]
    assert prete.retirer(groupe, "ACC3MEMB").status_code == 204
