"""What takes rights away: each act stops them at once, and tells the feed with the new version."""

from typing import Any

import pytest

from atelier import un_administrateur, un_agent, un_referent, un_service, un_utilisateur

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET = "99900031800017", "73282932000074"
PLACES = f"{V1}/partenaires/{SIRET}/administrateurs"


@pytest.fixture
def au_travail(prete: Any) -> Any:
    """ACC3MEMB is a member, ACC7RESP the responsable of `prete.le_groupe`."""
    prete.le_groupe = prete.groupe()
    for sub in ("ACC3MEMB", "ACC7RESP", "ACC4SUPP"):
        prete.utilisateur(sub)
    assert prete.ajouter(prete.le_groupe, "ACC3MEMB").status_code == 201
    assert prete.confier(prete.le_groupe, "ACC7RESP").status_code == 200
    return prete


def test_retirer_un_membre_coupe_ses_jetons(au_travail: Any) -> None:
    avant = au_travail.dernier_numero
    au_travail.retirer(au_travail.le_groupe, "ACC3MEMB")
    assert au_travail.coupes(avant) == [{"version": au_travail.version, "identifiants": ["ACC3MEMB"]}]


def test_donner_un_droit_ne_coupe_rien(au_travail: Any) -> None:
    avant = au_travail.dernier_numero
    au_travail.ajouter(au_travail.le_groupe, "ACC4SUPP")
    au_travail.designer("ACC4SUPP", "suppleant")
    assert au_travail.coupes(avant) == []


def test_le_referent_remplace_l_administrateur_en_un_acte(au_travail: Any) -> None:
    avant, version = au_travail.dernier_numero, au_travail.version
    reponse = au_travail.en_tant_que(au_travail.referent).put(
        f"{PLACES}/principal", json={"identifiant": "ACC4SUPP", "motif": "Départ"}
    )
    assert (reponse.status_code, reponse.json()) == (200, {"identifiant": "ACC4SUPP", "place": "principal"})
    au_travail.l_accord("administrateur.remplace", objet="ACC4SUPP", partenaire=SIRET)
    assert au_travail.version == version + 1
    assert au_travail.droits("ACC4SUPP")["administrateur"] and not au_travail.droits("ACC2ADMN")["administrateur"]
    assert au_travail.coupes(avant) == [{"version": version + 1, "identifiants": ["ACC2ADMN"]}]


def test_une_place_libre_ne_se_remplace_ni_ne_se_retire(au_travail: Any, probleme: Any) -> None:
    referent = au_travail.en_tant_que(au_travail.referent)
    assert probleme(referent.put(f"{PLACES}/suppleant", json={"identifiant": "ACC4SUPP"}), 404, "ressource-inconnue")
    au_travail.le_refus("administrateur.remplace", "place_libre")
    assert probleme(referent.delete(f"{PLACES}/suppleant"), 404, "ressource-inconnue")
    au_travail.le_refus("administrateur.retire", "place_libre")


@pytest.mark.parametrize(("sub", "place"), [("ACC2ADMN", "principal"), ("ACC4SUPP", "principal")])
def test_qui_tient_deja_une_place_n_en_remplace_pas_une(au_travail: Any, probleme: Any, sub: str, place: str) -> None:
    au_travail.designer("ACC4SUPP", "suppleant")
    reponse = au_travail.en_tant_que(au_travail.referent).put(f"{PLACES}/{place}", json={"identifiant": sub})
    assert probleme(reponse, 409, "deja-existant")
    au_travail.le_refus("administrateur.remplace", "deja_existant")
    assert au_travail.droits("ACC2ADMN")["administrateur"]


def test_le_referent_retire_l_administrateur(au_travail: Any, probleme: Any) -> None:
    avant = au_travail.dernier_numero
    assert au_travail.en_tant_que(au_travail.referent).delete(f"{PLACES}/principal").status_code == 204
    au_travail.l_accord("administrateur.retire", objet="ACC2ADMN", partenaire=SIRET)
    assert au_travail.coupes(avant) == [{"version": au_travail.version, "identifiants": ["ACC2ADMN"]}]
    assert probleme(au_travail.creer_groupe(), 404, "ressource-inconnue")


@pytest.mark.parametrize("persona", [un_administrateur(), un_agent("caf:controleur"), un_utilisateur()])
def test_personne_d_autre_ne_touche_aux_administrateurs(prete: Any, probleme: Any, persona: Any) -> None:
    appel = prete.en_tant_que(persona)
    assert probleme(appel.put(f"{PLACES}/principal", json={"identifiant": "ACC4SUPP"}), 403, "acces-refuse")
    prete.le_refus("administrateur.remplace", "regle_de_l_operation")
    assert probleme(appel.delete(f"{PLACES}/principal"), 403, "acces-refuse")
    prete.le_refus("administrateur.retire", "regle_de_l_operation")


def test_le_referent_d_une_autre_caf_ne_touche_pas_aux_administrateurs(prete: Any, probleme: Any) -> None:
    appel = prete.en_tant_que(un_referent(caf="061"))
    assert probleme(appel.put(f"{PLACES}/principal", json={"identifiant": "ACC4SUPP"}), 404, "ressource-inconnue")
    prete.le_refus("administrateur.remplace", "autre_caf")
    assert probleme(appel.delete(f"{PLACES}/principal"), 404, "ressource-inconnue")
    prete.le_refus("administrateur.retire", "autre_caf")


@pytest.mark.parametrize("qui", ["administrateur", "referent"])
def test_l_administrateur_et_le_referent_reprennent_la_delegation(au_travail: Any, qui: str) -> None:
    avant, ici = au_travail.dernier_numero, f"{V1}/groupes/{au_travail.le_groupe}/responsable"
    assert au_travail.en_tant_que(getattr(au_travail, qui)).delete(ici).status_code == 204
    au_travail.l_accord("responsable.retire", objet="ACC7RESP", groupe=au_travail.le_groupe)
    assert au_travail.droits("ACC7RESP")["responsable_de"] == []
    assert au_travail.coupes(avant) == [{"version": au_travail.version, "identifiants": ["ACC7RESP"]}]
    assert au_travail.confier(au_travail.le_groupe, "ACC4SUPP").status_code == 200


@pytest.mark.parametrize(
    ("persona", "cause"),
    [
        (un_administrateur(partenaire=AUTRE_SIRET), "autre_partenaire"),
        (un_referent(caf="061"), "autre_caf"),
        (un_administrateur(sub="ACC9ANCN"), "administrateur_retire"),
    ],
)
def test_personne_d_autre_ne_reprend_la_delegation(au_travail: Any, probleme: Any, persona: Any, cause: str) -> None:
    ici = f"{V1}/groupes/{au_travail.le_groupe}/responsable"
    assert probleme(au_travail.en_tant_que(persona).delete(ici), 404, "ressource-inconnue")
    au_travail.le_refus("responsable.retire", cause)
    assert au_travail.droits("ACC7RESP")["responsable_de"]


def test_un_responsable_ne_se_retire_pas_lui_meme_et_un_groupe_sans_responsable_n_en_perd_pas(
    au_travail: Any, probleme: Any
) -> None:
    ici = f"{V1}/groupes/{au_travail.le_groupe}/responsable"
    responsable = un_utilisateur(sub="ACC7RESP", responsable_de=[au_travail.le_groupe])
    assert probleme(au_travail.en_tant_que(responsable).delete(ici), 403, "acces-refuse")
    au_travail.en_tant_que(au_travail.administrateur).delete(ici)
    assert probleme(au_travail.en_tant_que(au_travail.administrateur).delete(ici), 404, "ressource-inconnue")
    au_travail.le_refus("responsable.retire", "sans_responsable")


def test_fermer_un_groupe_retire_tout_et_libere_les_profils(au_travail: Any, probleme: Any) -> None:
    avant, groupe = au_travail.dernier_numero, au_travail.le_groupe
    assert au_travail.en_tant_que(au_travail.administrateur).delete(f"{V1}/groupes/{groupe}").status_code == 204
    au_travail.l_accord("groupe.ferme", groupe=groupe, objet=groupe, profil="T1")
    version = au_travail.version
    assert au_travail.coupes(avant) == [
        {"version": version, "identifiants": ["ACC7RESP"]},
        {"version": version, "groupes": [groupe]},
    ]
    assert au_travail.droits("ACC3MEMB")["groups"] == [] and au_travail.droits("ACC7RESP")["responsable_de"] == []
    assert au_travail.ajouter(au_travail.groupe(profil="T2"), "ACC3MEMB").status_code == 201
    lu = au_travail.en_tant_que(au_travail.administrateur).get(f"{V1}/groupes/{groupe}")
    assert probleme(lu, 404, "ressource-inconnue")


def test_un_groupe_change_dans_ce_que_le_bulletin_accorde(au_travail: Any, probleme: Any) -> None:
    avant, groupe = au_travail.dernier_numero, au_travail.le_groupe
    reponse = au_travail.changer(groupe, profil="T2", nom="Accueil")
    assert reponse.status_code == 200
    lu = reponse.json()
    assert (lu["profil"], lu["nom"], lu["membres"], lu["responsable"]) == ("T2", "Accueil", ["ACC3MEMB"], "ACC7RESP")
    au_travail.l_accord("groupe.change", groupe=groupe, objet=groupe, profil="T2")
    assert au_travail.coupes(avant) == [{"version": au_travail.version, "groupes": [groupe]}]
    assert [lu["profil"] for lu in au_travail.droits("ACC3MEMB")["groups"]] == ["T2"]
    assert probleme(au_travail.changer(groupe, profil="T5"), 409, "hors-bulletin")
    au_travail.le_refus("groupe.change", "profil_hors_bulletin")
    assert probleme(au_travail.changer(groupe, portee="nationale"), 409, "hors-bulletin")
    au_travail.le_refus("groupe.change", "eligibilite_absente")


def test_renommer_un_groupe_ne_coupe_rien(au_travail: Any) -> None:
    avant = au_travail.dernier_numero
    assert au_travail.changer(au_travail.le_groupe, nom="Accueil").json()["nom"] == "Accueil"
    assert au_travail.coupes(avant) == []


def test_changer_de_profil_respecte_le_profil_unique_de_chaque_membre(au_travail: Any, probleme: Any) -> None:
    assert au_travail.ajouter(au_travail.groupe(), "ACC3MEMB").status_code == 201
    assert probleme(au_travail.changer(au_travail.le_groupe, profil="T2"), 409, "profil-unique")
    au_travail.le_refus("groupe.change", "profil_unique")
    assert {lu["profil"] for lu in au_travail.droits("ACC3MEMB")["groups"]} == {"T1"}


@pytest.mark.parametrize(
    ("persona", "statut", "cause"),
    [
        (un_administrateur(partenaire=AUTRE_SIRET), 404, "autre_partenaire"),
        (un_administrateur(sub="ACC9ANCN"), 404, "administrateur_retire"),
        (un_referent(), 403, "regle_de_l_operation"),
        (un_utilisateur(responsable_de=["un"]), 403, "regle_de_l_operation"),
    ],
)
def test_personne_d_autre_ne_change_ni_ne_ferme_un_groupe(prete: Any, persona: Any, statut: int, cause: str) -> None:
    groupe = prete.groupe()
    assert prete.changer(groupe, persona, nom="Accueil").status_code == statut
    prete.le_refus("groupe.change", cause)
    assert prete.en_tant_que(persona).delete(f"{V1}/groupes/{groupe}").status_code == statut
    prete.le_refus("groupe.ferme", cause)


@pytest.mark.parametrize("service, profil", [("adonis", "SAISIE"), ("dgfip", "OTD")])
def test_un_service_sans_responsable_n_en_a_pas(prete: Any, probleme: Any, service: str, profil: str) -> None:
    bulletin = {"finalite": "suivi", "fondement": "consentement", "destinataire": "referents"}
    assert prete.document(genre="bulletin", service=service, profils=[profil], **bulletin).status_code == 201
    groupe = prete.groupe(service=service, profil=profil)
    prete.utilisateur("ACC7RESP")
    assert probleme(prete.confier(groupe, "ACC7RESP"), 409, "sans-responsable")
    prete.le_refus("responsable.designe", "sans_responsable")


@pytest.mark.parametrize("persona", [un_service("identity", "habilitation"), un_referent(), un_administrateur(), None])
def test_la_passerelle_seule_suit_les_revocations(prete: Any, persona: Any) -> None:
    assert prete.en_tant_que(persona).get(f"{V1}/revocations", params={"apres": 0}).status_code in (401, 403)
