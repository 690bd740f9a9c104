"""Who may register, read and convention a partner: one persona, one act, one verdict, one trace."""

from typing import Any

import pytest

from atelier import un_administrateur, un_agent, un_referent, un_utilisateur

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET, LA_POSTE = "99900031800017", "73282932000074", "35600000049837"


def test_le_referent_enregistre_un_partenaire_de_sa_caf(maison: Any) -> None:
    reponse = maison.en_tant_que(un_referent(caf="061")).post(
        f"{V1}/partenaires", json={"siret": SIRET, "raison_sociale": "CCAS"}
    )
    assert reponse.status_code == 201
    assert reponse.json() == {"siret": SIRET, "raison_sociale": "CCAS", "caf_referente": "061"}
    assert reponse.headers["Location"] == f"{V1}/partenaires/{SIRET}"
    maison.l_accord("partenaire.cree", objet=SIRET, caf="061", id=reponse.headers["Audit-Receipt"])


def test_un_etablissement_de_la_poste_est_un_partenaire(maison: Any) -> None:
    assert maison.partenaire(LA_POSTE)


def test_un_siret_dont_la_cle_est_fausse_est_refuse_et_trace(maison: Any, probleme: Any) -> None:
    reponse = maison.en_tant_que(maison.referent).post(
        f"{V1}/partenaires", json={"siret": "99900031800016", "raison_sociale": "CCAS"}
    )
    assert probleme(reponse, 422, "siret-invalide")
    maison.le_refus("partenaire.cree", "siret_invalide")
    assert maison.version == 0


def test_un_partenaire_deja_enregistre_est_refuse_meme_par_une_autre_caf(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    reponse = maison.en_tant_que(un_referent(caf="061")).post(
        f"{V1}/partenaires", json={"siret": SIRET, "raison_sociale": "Autre"}
    )
    assert probleme(reponse, 409, "deja-existant")
    maison.le_refus("partenaire.cree", "deja_existant", objet=SIRET)


@pytest.mark.parametrize("persona", [un_utilisateur(), un_administrateur(), un_agent("caf:controleur")])
def test_personne_d_autre_que_le_referent_n_enregistre_un_partenaire(maison: Any, probleme: Any, persona: Any) -> None:
    reponse = maison.en_tant_que(persona).post(f"{V1}/partenaires", json={"siret": SIRET, "raison_sociale": "CCAS"})
    assert probleme(reponse, 403, "acces-refuse")
    maison.le_refus("partenaire.cree", "regle_de_l_operation")


def test_le_referent_lit_le_partenaire_entier(prete: Any) -> None:
    groupe = prete.groupe()
    reponse = prete.en_tant_que(prete.referent).get(f"{V1}/partenaires/{SIRET}")
    assert reponse.status_code == 200
    lu = reponse.json()
    assert [document["genre"] for document in lu["documents"]] == ["convention", "contrat", "bulletin"]
    assert lu["documents"][2]["profils"] == ["T1", "T2"]
    assert lu["administrateurs"] == [{"identifiant": "ACC2ADMN", "place": "principal"}]
    assert [lu["id"] for lu in lu["groupes"]] == [groupe]
    prete.l_accord("partenaire.lu", objet=SIRET)


def test_l_administrateur_lit_son_partenaire(prete: Any) -> None:
    assert prete.en_tant_que(prete.administrateur).get(f"{V1}/partenaires/{SIRET}").status_code == 200
    prete.l_accord("partenaire.lu", partenaire=SIRET)


@pytest.mark.parametrize(
    "persona, cause",
    [
        (un_referent(caf="061"), "autre_caf"),
        (un_administrateur(partenaire=AUTRE_SIRET), "autre_partenaire"),
        (un_administrateur(sub="ACC9ANCN", partenaire=SIRET), "administrateur_retire"),
    ],
)
def test_qui_ne_suit_ni_n_administre_le_partenaire_ne_le_lit_pas(
    prete: Any, probleme: Any, persona: Any, cause: str
) -> None:
    assert probleme(prete.en_tant_que(persona).get(f"{V1}/partenaires/{SIRET}"), 404, "ressource-inconnue")
    prete.le_refus("partenaire.lu", cause, objet=SIRET)


def test_un_partenaire_inconnu_et_celui_d_une_autre_caf_ont_la_meme_reponse(prete: Any) -> None:
    etranger = prete.en_tant_que(un_referent(caf="061"))
    reponses = [etranger.get(f"{V1}/partenaires/{siret}") for siret in (SIRET, AUTRE_SIRET)]
    corps = [{cle: valeur for cle, valeur in lu.json().items() if cle != "instance"} for lu in reponses]
    assert corps[0] == corps[1]
    prete.le_refus("partenaire.lu", "partenaire_inconnu")


def test_le_referent_enregistre_un_bulletin(prete: Any) -> None:
    prete.partenaire(AUTRE_SIRET)
    reponse = prete.document(AUTRE_SIRET, genre="convention")
    assert reponse.status_code == 201 and reponse.json()["id"]
    prete.l_accord("document.signe", objet=AUTRE_SIRET)


@pytest.mark.parametrize("genre", ["convention", "contrat", "eligibilite", "bulletin"])
def test_un_second_document_du_meme_genre_est_refuse(prete: Any, probleme: Any, genre: str) -> None:
    bulletin = {"service": "cdap", "profils": ["T5"], "finalite": "suivi", "fondement": "consentement"}
    prete.document(genre="eligibilite")
    reponse = prete.document(genre=genre, destinataire="referents", **bulletin)
    assert probleme(reponse, 409, "deja-existant")
    prete.le_refus("document.signe", "deja_existant")


@pytest.mark.parametrize(
    "champs, cause",
    [
        ({"profils": []}, "bulletin_incomplet"),
        ({"profils": ["T3"]}, "profil_inconnu"),
    ],
)
def test_un_bulletin_sans_profil_connu_est_refuse_et_trace(maison: Any, probleme: Any, champs: Any, cause: str) -> None:
    maison.partenaire()
    bulletin = {"service": "cdap", "finalite": "suivi", "fondement": "consentement", "destinataire": "referents"}
    assert probleme(maison.document(genre="bulletin", **bulletin, **champs), 400, "requete-invalide")
    maison.le_refus("document.signe", cause)


def test_une_date_qui_n_existe_pas_est_refusee(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    assert probleme(maison.document(genre="convention", signe_le="2026-02-30"), 400, "requete-invalide")


def test_le_referent_d_une_autre_caf_n_enregistre_aucun_document(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    assert probleme(maison.document(caf="061", genre="convention"), 404, "ressource-inconnue")
    maison.le_refus("document.signe", "autre_caf", objet=SIRET)


def test_le_referent_designe_un_administrateur_et_un_suppleant(prete: Any) -> None:
    prete.utilisateur("ACC4SUPP")
    reponse = prete.designer("ACC4SUPP", "suppleant")
    assert (reponse.status_code, reponse.json()) == (201, {"identifiant": "ACC4SUPP", "place": "suppleant"})
    prete.l_accord("administrateur.designe", objet="ACC4SUPP", partenaire=SIRET)
    assert prete.droits("ACC4SUPP")["administrateur"]


def test_un_troisieme_administrateur_n_a_pas_de_place(prete: Any, probleme: Any) -> None:
    prete.utilisateur("ACC5TRES")
    assert probleme(prete.designer("ACC5TRES", "principal"), 409, "place-occupee")
    prete.le_refus("administrateur.designe", "place_occupee", objet="ACC5TRES")


def test_une_personne_ne_tient_pas_les_deux_places(prete: Any, probleme: Any) -> None:
    assert probleme(prete.designer("ACC2ADMN", "suppleant"), 409, "deja-existant")
    prete.le_refus("administrateur.designe", "deja_existant")


def test_sans_convention_pas_d_administrateur(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    maison.utilisateur("ACC2ADMN")
    assert probleme(maison.designer("ACC2ADMN", "principal"), 409, "convention-incomplete")
    maison.le_refus("administrateur.designe", "convention_absente")


@pytest.mark.parametrize("compte, cause", [(AUTRE_SIRET, "compte_d_un_autre_partenaire"), (None, "compte_inconnu")])
def test_seul_un_compte_du_partenaire_devient_administrateur(
    prete: Any, probleme: Any, compte: str | None, cause: str
) -> None:
    prete.comptes.partenaires["ACC6AUTR"] = compte
    assert probleme(prete.designer("ACC6AUTR", "suppleant"), 404, "ressource-inconnue")
    prete.le_refus("administrateur.designe", cause)


def test_le_referent_d_une_autre_caf_ne_designe_personne(prete: Any, probleme: Any) -> None:
    prete.utilisateur("ACC4SUPP")
    assert probleme(prete.designer("ACC4SUPP", "suppleant", caf="061"), 404, "ressource-inconnue")
    prete.le_refus("administrateur.designe", "autre_caf")


def test_identity_en_panne_personne_n_est_designe_et_rien_n_est_ecrit(prete: Any, probleme: Any) -> None:
    avant = prete.version
    prete.utilisateur("ACC4SUPP")
    prete.comptes.en_panne = True
    reponse = prete.designer("ACC4SUPP", "suppleant")
    assert probleme(reponse, 503, "voisin-indisponible") and reponse.headers["Retry-After"]
    prete.le_refus("administrateur.designe", "identity_injoignable", "echec")
    assert prete.version == avant and not prete.droits("ACC4SUPP")["administrateur"]
