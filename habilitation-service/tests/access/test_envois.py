"""A change of what has changed since is refused; a creation sent twice under one key is done once."""

from typing import Any

import pytest

from atelier import un_administrateur, un_referent

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET = "99900031800017", "73282932000074"
CLE = {"Idempotency-Key": "0198f3c2-7f5b"}


def lire(maison: Any, chemin: str, persona: Any = None) -> Any:
    reponse = maison.en_tant_que(persona or maison.administrateur).get(f"{V1}{chemin}")
    assert reponse.status_code == 200
    return reponse


def test_qui_a_lu_le_groupe_tel_qu_il_est_le_change(prete: Any) -> None:
    groupe = prete.groupe()
    etiquette = lire(prete, f"/groupes/{groupe}").headers["ETag"]
    appel = prete.en_tant_que(prete.administrateur)
    change = appel.demander("PATCH", f"{V1}/groupes/{groupe}", json={"nom": "Accueil"}, headers={"If-Match": etiquette})
    assert change.status_code == 200
    assert change.headers["ETag"] == lire(prete, f"/groupes/{groupe}").headers["ETag"] != etiquette


@pytest.mark.parametrize(
    ("methode", "suite", "corps", "type"),
    [
        ("PATCH", "", {"nom": "Accueil"}, "groupe.change"),
        ("DELETE", "", None, "groupe.ferme"),
        ("PUT", "/responsable", {"identifiant": "ACC3MEMB"}, "responsable.designe"),
        ("DELETE", "/responsable", None, "responsable.retire"),
        ("POST", "/membres", {"identifiant": "ACC4MEMB"}, "membre.ajoute"),
        ("DELETE", "/membres/ACC3MEMB", None, "membre.retire"),
    ],
)
def test_un_groupe_qui_a_change_depuis_n_est_pas_change(
    prete: Any, probleme: Any, methode: str, suite: str, corps: Any, type: str
) -> None:
    groupe = prete.groupe()
    etiquette = lire(prete, f"/groupes/{groupe}").headers["ETag"]
    for sub in ("ACC3MEMB", "ACC4MEMB"):
        prete.utilisateur(sub)
    prete.ajouter(groupe, "ACC3MEMB")
    avant = prete.version
    reponse = prete.en_tant_que(prete.administrateur).demander(
        methode, f"{V1}/groupes/{groupe}{suite}", json=corps, headers={"If-Match": etiquette}
    )
    assert probleme(reponse, 412, "version-perimee")
    prete.le_refus(type, "version_perimee")
    assert prete.version == avant


@pytest.mark.parametrize(
    ("methode", "suite", "corps", "type"),
    [
        ("POST", "/documents", {"genre": "eligibilite", "signe_le": "2026-01-05"}, "document.signe"),
        ("POST", "/documents/{document}/fin", {"motif": "Fin"}, "document.clos"),
        ("POST", "/administrateurs", {"identifiant": "ACC4MEMB", "place": "suppleant"}, "administrateur.designe"),
        ("PUT", "/administrateurs/principal", {"identifiant": "ACC4MEMB"}, "administrateur.remplace"),
        ("DELETE", "/administrateurs/principal", None, "administrateur.retire"),
        ("POST", "/suspensions", {"service": "cdap", "motif": "Contrôle"}, "suspension.prononcee"),
    ],
)
def test_un_partenaire_qui_a_change_depuis_n_est_pas_change(
    prete: Any, probleme: Any, methode: str, suite: str, corps: Any, type: str
) -> None:
    lu = lire(prete, f"/partenaires/{SIRET}", prete.referent)
    prete.utilisateur("ACC4MEMB")
    prete.groupe()
    chemin = f"{V1}/partenaires/{SIRET}{suite.format(document=lu.json()['documents'][0]['id'])}"
    reponse = prete.en_tant_que(prete.referent).demander(
        methode, chemin, json=corps, headers={"If-Match": lu.headers["ETag"]}
    )
    assert probleme(reponse, 412, "version-perimee")
    prete.le_refus(type, "version_perimee")


@pytest.mark.parametrize("si", ["*", '"autre", {etiquette}'])
def test_une_etiquette_parmi_plusieurs_suffit(prete: Any, si: str) -> None:
    groupe = prete.groupe()
    etiquette = lire(prete, f"/groupes/{groupe}").headers["ETag"]
    reponse = prete.en_tant_que(prete.administrateur).delete(
        f"{V1}/groupes/{groupe}", headers={"If-Match": si.format(etiquette=etiquette)}
    )
    assert reponse.status_code == 204


def creations(maison: Any) -> list[tuple[Any, str, dict[str, Any], str]]:
    """Who creates what where, and the type of its event."""
    groupe = maison.groupe()
    for sub in ("ACC3MEMB", "ACC4SUPP"):
        maison.utilisateur(sub)
    partenaire = f"/partenaires/{SIRET}"
    document = {"genre": "eligibilite", "signe_le": "2026-01-05"}
    suppleant = {"identifiant": "ACC4SUPP", "place": "suppleant"}
    un_groupe = {"nom": "Accueil", "service": "cdap", "profil": "T2", "portee": "mono"}
    suspension = {"service": "cdap", "motif": "Contrôle"}
    return [
        (maison.referent, "/partenaires", {"siret": AUTRE_SIRET, "raison_sociale": "CCAS"}, "partenaire.cree"),
        (maison.referent, f"{partenaire}/documents", document, "document.signe"),
        (maison.referent, f"{partenaire}/administrateurs", suppleant, "administrateur.designe"),
        (maison.administrateur, f"{partenaire}/groupes", un_groupe, "groupe.cree"),
        (maison.administrateur, f"/groupes/{groupe}/membres", {"identifiant": "ACC3MEMB"}, "membre.ajoute"),
        (maison.referent, f"{partenaire}/suspensions", suspension, "suspension.prononcee"),
    ]


@pytest.mark.parametrize("laquelle", range(6))
def test_la_meme_creation_sous_la_meme_cle_n_est_faite_qu_une_fois(prete: Any, probleme: Any, laquelle: int) -> None:
    persona, chemin, corps, type = creations(prete)[laquelle]
    appel = prete.en_tant_que(persona)
    premiere = appel.post(f"{V1}{chemin}", json=corps, headers=CLE)
    assert premiere.status_code == 201
    version, traces = prete.version, len(prete.traces)
    seconde = appel.post(f"{V1}{chemin}", json=corps, headers=CLE)
    assert (seconde.status_code, seconde.json()) == (201, premiere.json())
    assert seconde.headers["Location"] == premiere.headers["Location"]
    assert (prete.version, len(prete.traces)) == (version, traces + 1)
    assert (prete.derniere_trace["issue"], prete.derniere_trace["cause"]) == ("accorde", "rejeu")
    sans_cle = appel.post(f"{V1}{chemin}", json=corps)
    assert sans_cle.status_code == (201 if type == "groupe.cree" else 409)


def test_une_autre_demande_sous_la_meme_cle_est_refusee(prete: Any, probleme: Any) -> None:
    assert prete.creer_groupe(headers=CLE).status_code == 201
    assert probleme(prete.creer_groupe(headers=CLE, nom="Autre"), 422, "cle-reutilisee")
    prete.le_refus("groupe.cree", "cle_reutilisee")


def test_la_reponse_rendue_est_celle_d_alors(prete: Any) -> None:
    premiere = prete.creer_groupe(headers=CLE).json()
    prete.changer(premiere["id"], profil="T2", nom="Accueil")
    assert prete.creer_groupe(headers=CLE).json() == premiere


def test_la_cle_d_un_autre_ne_dit_rien_de_lui(prete: Any) -> None:
    premiere = prete.creer_groupe(headers=CLE).json()
    prete.utilisateur("ACC4SUPP")
    prete.designer("ACC4SUPP", "suppleant")
    autre = prete.creer_groupe(un_administrateur(sub="ACC4SUPP"), headers=CLE)
    assert autre.status_code == 201 and autre.json()["id"] != premiere["id"]


def test_qui_n_en_a_plus_le_droit_ne_recoit_plus_la_reponse(prete: Any, probleme: Any) -> None:
    prete.creer_groupe(headers=CLE)
    prete.en_tant_que(un_referent()).delete(f"{V1}/partenaires/{SIRET}/administrateurs/principal")
    assert probleme(prete.creer_groupe(headers=CLE), 404, "ressource-inconnue")
    prete.le_refus("groupe.cree", "administrateur_retire")


def test_une_demande_refusee_se_refait_sous_la_meme_cle(prete: Any, probleme: Any) -> None:
    assert probleme(prete.creer_groupe(headers=CLE, profil="T5"), 409, "hors-bulletin")
    assert prete.creer_groupe(headers=CLE).status_code == 201
