"""Documents: step by step to the signature, no right before, and none after the end."""

from typing import Any

import pytest

from atelier import un_administrateur, un_agent, un_referent

V1 = "/habilitation/v1"
SIRET = "99900031800017"
ICI = f"{V1}/partenaires/{SIRET}/documents"
BULLETIN = {
    "genre": "bulletin",
    "service": "cdap",
    "profils": ["T1"],
    "finalite": "suivi",
    "fondement": "consentement",
    "destinataire": "referents",
}


def avancer(maison: Any, document: str, etat: str, le: str = "2026-01-12", persona: Any = None) -> Any:
    return maison.en_tant_que(persona or maison.referent).post(
        f"{ICI}/{document}/etapes", json={"etat": etat, "le": le}
    )


def clore(maison: Any, document: str, persona: Any = None) -> Any:
    return maison.en_tant_que(persona or maison.referent).post(
        f"{ICI}/{document}/fin", json={"motif": "Convention dénoncée"}
    )


def les_documents(maison: Any) -> Any:
    return maison.en_tant_que(maison.referent).get(f"{V1}/partenaires/{SIRET}").json()


def test_un_document_avance_d_etape_en_etape_et_chacune_dit_par_qui(maison: Any) -> None:
    maison.partenaire()
    id = maison.document(genre="convention", etat="envoye", le="2026-01-05").json()["id"]
    assert [lu["etat"] for lu in les_documents(maison)["demarches"]] == ["envoye"]
    for etat in ("recu", "complet", "signe"):
        assert avancer(maison, id, etat).status_code == 200
        maison.l_accord("document.avance", objet=id, partenaire=SIRET)
    lu = les_documents(maison)
    assert lu["demarches"] == []
    [convention] = lu["documents"]
    assert (convention["id"], convention["etat"], convention["signe_le"]) == (id, "signe", "2026-01-12")
    etapes = [(etape["etat"], etape["par"]) for etape in convention["etapes"]]
    assert etapes == [(etat, "ACC3AGNT") for etat in ("envoye", "recu", "complet", "signe")]


def test_aucun_droit_avant_que_tout_soit_signe(maison: Any, probleme: Any) -> None:
    maison.conventionne()
    for lu in les_documents(maison)["documents"]:
        assert clore(maison, lu["id"]).status_code == 204
    champs = ({"genre": "convention"}, {"genre": "contrat"}, BULLETIN)
    ids = [maison.document(**corps, etat="complet", le="2026-01-05").json()["id"] for corps in champs]
    assert probleme(maison.creer_groupe(), 404, "ressource-inconnue")  # without convention, no administrateur
    for rang, id in enumerate(ids):
        assert avancer(maison, id, "signe").status_code == 200
        assert maison.creer_groupe().status_code == (201 if rang == 2 else 409)


@pytest.mark.parametrize("etat", ["complet", "signe"])
def test_un_document_ne_saute_pas_d_etape(maison: Any, probleme: Any, etat: str) -> None:
    maison.partenaire()
    id = maison.document(genre="convention", etat="envoye", le="2026-01-05").json()["id"]
    assert probleme(avancer(maison, id, etat), 409, "etape-impossible")
    maison.le_refus("document.avance", "etape_impossible", objet=id)


def test_une_etape_ne_precede_pas_celle_d_avant(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    id = maison.document(genre="convention", etat="envoye", le="2026-01-05").json()["id"]
    reponse = avancer(maison, id, "recu", "2026-01-04")
    assert probleme(reponse, 400, "requete-invalide") and reponse.json()["erreurs"][0]["champ"] == "le"
    maison.le_refus("document.avance", "etape_avant_la_precedente")


@pytest.mark.parametrize("lequel", [0, 1, 2])
def test_mettre_fin_a_un_document_retire_les_droits_et_coupe_les_jetons(prete: Any, lequel: int) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    prete.confier(groupe, "ACC3MEMB")
    avant, document = prete.dernier_numero, les_documents(prete)["documents"][lequel]["id"]
    assert clore(prete, document).status_code == 204
    prete.l_accord("document.clos", objet=document, partenaire=SIRET)
    droits = prete.droits("ACC3MEMB")
    assert (droits["groups"], droits["responsable_de"]) == ([], [])
    assert prete.droits("ACC2ADMN")["administrateur"] is (lequel != 0)
    assert prete.coupes(avant) == [{"version": prete.version, "partenaires": [SIRET]}]


@pytest.mark.parametrize(
    ("persona", "statut", "cause"),
    [
        (un_referent(caf="061"), 404, "autre_caf"),
        (un_administrateur(), 403, "regle_de_l_operation"),
        (un_agent("caf:controleur"), 403, "regle_de_l_operation"),
    ],
)
def test_le_referent_de_la_caf_seul_fait_avancer_et_clot(prete: Any, persona: Any, statut: int, cause: str) -> None:
    document = les_documents(prete)["documents"][0]["id"]
    assert avancer(prete, document, "signe", persona=persona).status_code == statut
    prete.le_refus("document.avance", cause)
    assert clore(prete, document, persona).status_code == statut
    prete.le_refus("document.clos", cause)


def test_un_document_inconnu_n_avance_ni_ne_se_clot(prete: Any, probleme: Any) -> None:
    assert probleme(avancer(prete, "inconnu", "signe"), 404, "ressource-inconnue")
    prete.le_refus("document.avance", "document_inconnu", objet=SIRET)
    assert probleme(clore(prete, "inconnu"), 404, "ressource-inconnue")
    prete.le_refus("document.clos", "document_inconnu", objet=SIRET)


def test_un_bulletin_incomplet_nomme_ce_qui_manque(maison: Any, probleme: Any) -> None:
    maison.partenaire()
    reponse = maison.document(genre="bulletin", service="cdap", finalite="suivi")
    assert probleme(reponse, 400, "requete-invalide")
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == ["profils", "fondement", "destinataire"]


@pytest.mark.parametrize(
    ("service", "profils"),
    [
        ("afas", ["FDA", "FDF", "FDI", "APPROBATEUR"]),
        ("adonis", ["SAISIE", "CONSULTATION"]),
        ("bailleur", ["GESTION", "CONSULTATION"]),
        ("dgfip", ["OTD", "COMMUNICATION"]),
    ],
)
def test_chaque_service_a_son_bulletin_et_ses_roles(
    prete: Any, probleme: Any, service: str, profils: list[str]
) -> None:
    bulletin = BULLETIN | {"service": service}
    assert probleme(prete.document(**bulletin | {"profils": ["T1"]}), 400, "requete-invalide")
    assert prete.document(**bulletin | {"profils": profils}).status_code == 201
    prete.utilisateur("ACC3MEMB")
    for profil in profils:
        assert prete.ajouter(prete.groupe(service=service, profil=profil), "ACC3MEMB").status_code == 201
    assert sorted(lu["profil"] for lu in prete.droits("ACC3MEMB")["groups"]) == sorted(profils)
