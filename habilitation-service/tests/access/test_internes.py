"""What identity reads: rights in force with their version, and whether a partner exists."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from sqlalchemy import text

from atelier import un_administrateur, un_referent, un_service

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET = "99900031800017", "73282932000074"
IDENTITY = un_service("identity", "habilitation")
CLAIMS = json.loads((files("contracts") / "claims.schema.json").read_text(encoding="utf-8"))


def test_les_droits_en_vigueur_ont_la_forme_que_le_jeton_attend(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    droits = prete.droits("ACC3MEMB")
    for claim in ("administrateur", "caf_referente", "responsable_de", "droits", "groups"):
        jsonschema.validate(droits[claim], CLAIMS["properties"][claim])
    assert droits["caf_referente"] == "831" and droits["droits"] == prete.version
    [lu] = droits["groups"]
    assert (lu["finalite"], lu["fondement"], lu["destinataire"]) == (
        "accompagnement-social",
        "mission-interet-public",
        "travailleurs-sociaux",
    )


def test_un_inconnu_n_a_aucun_droit_mais_la_version_quand_meme(prete: Any) -> None:
    vides = {"administrateur": False, "caf_referente": None, "responsable_de": [], "groups": []}
    assert prete.droits("ACC9ZZZZ", None) == {"droits": prete.version} | vides
    assert prete.droits("ACC9ZZZZ", AUTRE_SIRET) == {"droits": prete.version} | vides
    assert prete.droits("ACC9ZZZZ") == {"droits": prete.version} | vides | {"caf_referente": "831"}


def test_les_droits_ne_sont_que_ceux_du_partenaire_demande(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    prete.confier(groupe, "ACC3MEMB")
    prete.partenaire(AUTRE_SIRET)
    droits = prete.droits("ACC3MEMB", AUTRE_SIRET)
    assert (droits["groups"], droits["responsable_de"]) == ([], [])


@pytest.mark.parametrize(
    "lien",
    [
        "documents WHERE genre = 'convention'",
        "documents WHERE genre = 'contrat'",
        "documents WHERE genre = 'bulletin'",
        "groupes",
        "habilitations",
        "appartenances",
        "partenaires",
    ],
)
def test_un_seul_maillon_ferme_et_le_groupe_ne_donne_plus_rien(prete: Any, lien: str) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    table, _, lesquels = lien.partition(" ")
    fermeture = "SET jusqu_a = '2999-01-01T00:00:00.000000Z', clos_par = 'ACC3AGNT'"
    with prete.engine.begin() as connexion:
        connexion.execute(text(f"UPDATE {table} {fermeture} {lesquels}"))
    assert prete.droits("ACC3MEMB")["groups"] == []


def test_les_droits_en_vigueur_ne_laissent_pas_d_evenement(prete: Any) -> None:
    avant = len(prete.traces)
    prete.droits("ACC3MEMB")
    assert len(prete.traces) == avant


@pytest.mark.parametrize(
    "persona",
    [un_referent(), un_administrateur(), un_service("gateway", "habilitation"), un_service("identity", "cdap")],
)
def test_personne_d_autre_qu_identity_ne_lit_les_droits(prete: Any, persona: Any) -> None:
    reponse = prete.en_tant_que(persona).post(
        f"{V1}/droits-en-vigueur", json={"identifiant": "ACC3MEMB", "partenaire": SIRET}
    )
    assert reponse.status_code in (401, 403) and "groups" not in reponse.text


def test_identity_apprend_la_caf_referente_d_un_partenaire(prete: Any, probleme: Any) -> None:
    identity = prete.en_tant_que(IDENTITY)
    connue = identity.post(f"{V1}/partenaires/verification", json={"siret": SIRET})
    assert (connue.status_code, connue.json()) == (200, {"caf_referente": "831"})
    inconnue = identity.post(f"{V1}/partenaires/verification", json={"siret": AUTRE_SIRET})
    assert probleme(inconnue, 404, "ressource-inconnue")


def test_la_version_bouge_d_un_a_chaque_changement_de_droits_et_jamais_autrement(maison: Any) -> None:
    def de_combien(acte: Any) -> int:
        avant = maison.version
        acte()
        return maison.version - avant

    maison.utilisateur("ACC2ADMN")
    maison.utilisateur("ACC3MEMB")
    bulletin = {"service": "cdap", "profils": ["T1"], "finalite": "suivi", "fondement": "consentement"}
    assert de_combien(maison.partenaire) == 1
    assert de_combien(lambda: maison.document(genre="convention")) == 1
    assert de_combien(lambda: maison.document(genre="convention")) == 0
    assert de_combien(lambda: maison.document(genre="contrat")) == 1
    assert de_combien(lambda: maison.document(genre="bulletin", destinataire="referents", **bulletin)) == 1
    assert de_combien(lambda: maison.designer("ACC2ADMN", "principal")) == 1
    assert de_combien(lambda: maison.designer("ACC3MEMB", "principal")) == 0
    assert de_combien(maison.creer_groupe) == 1
    groupe = maison.groupe()
    assert de_combien(lambda: maison.confier(groupe, "ACC3MEMB")) == 1
    assert de_combien(lambda: maison.confier(groupe, "ACC2ADMN")) == 0
    assert de_combien(lambda: maison.ajouter(groupe, "ACC3MEMB")) == 1
    assert de_combien(lambda: maison.ajouter(groupe, "ACC3MEMB")) == 0
    assert de_combien(lambda: maison.en_tant_que(maison.administrateur).get(f"{V1}/groupes/{groupe}")) == 0
    assert de_combien(lambda: maison.droits("ACC3MEMB")) == 0
    assert de_combien(lambda: maison.retirer(groupe, "ACC3MEMB")) == 1
    assert de_combien(lambda: maison.retirer(groupe, "ACC3MEMB")) == 0


def test_un_retrait_se_voit_dans_les_droits_avec_une_version_plus_haute(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    avant = prete.droits("ACC3MEMB")
    prete.retirer(groupe, "ACC3MEMB")
    apres = prete.droits("ACC3MEMB")
    assert avant["groups"] and not apres["groups"] and apres["droits"] == avant["droits"] + 1
