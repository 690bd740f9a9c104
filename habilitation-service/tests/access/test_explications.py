"""Why someone may or may not, now and before; and who could, on a day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from atelier import un_administrateur, un_agent, un_referent, un_utilisateur
from socle.travail import jour_de

V1 = "/habilitation/v1"
SIRET, AUTRE_SIRET = "99900031800017", "73282932000074"
ICI, TOUS = f"{V1}/partenaires/{SIRET}/explication", f"{V1}/explication"
ACTE = {"identifiant": "ACC3MEMB", "service": "cdap", "profil": "T1", "organisme": "831"}
CHAINE = [
    "convention",
    "contrat",
    "bulletin",
    "profil",
    "service",
    "organisme",
    "groupe",
    "groupe-actif",
    "appartenance",
    "utilisateur",
    "portee",
]


@pytest.fixture
def au_travail(prete: Any) -> Any:
    """ACC3MEMB is a member of `prete.le_groupe`."""
    prete.le_groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    assert prete.ajouter(prete.le_groupe, "ACC3MEMB", motif="Prise de poste").status_code == 201
    return prete


def expliquer(maison: Any, persona: Any = None, **champs: Any) -> Any:
    return maison.en_tant_que(persona or maison.referent).get(ICI, params=ACTE | champs)


def habilites(maison: Any, persona: Any = None, **champs: Any) -> Any:
    params = {"service": "cdap", "profils": "T1,T2", "organisme": "831", "le": aujourd_hui()} | champs
    return maison.en_tant_que(persona or maison.referent).get(TOUS, params=params)


def aujourd_hui(decalage: int = 0) -> str:
    return (jour_de(datetime.now(UTC)) + timedelta(days=decalage)).isoformat()


def maintenant() -> str:
    return datetime.now(UTC).isoformat()


def test_un_droit_s_explique_maillon_par_maillon(au_travail: Any) -> None:
    for persona in (au_travail.referent, au_travail.administrateur, un_agent("caf:controleur")):
        lu = expliquer(au_travail, persona).json()
        assert (lu["accorde"], lu["manquant"], lu["groupe"]) == (True, None, au_travail.le_groupe)
        assert [anneau["maillon"] for anneau in lu["chaine"]] == CHAINE
        au_travail.l_accord("explication.lue", objet="ACC3MEMB", partenaire=SIRET, profil="T1")
    [entree] = [anneau for anneau in lu["chaine"] if anneau["maillon"] == "appartenance"]
    assert (entree["par"], entree["motif"], entree["reference"]) == ("ACC2ADMN", "Prise de poste", "ACC3MEMB")


@pytest.mark.parametrize(
    ("champs", "manquant"),
    [
        ({"profil": "T5"}, "profil_hors_bulletin"),
        ({"profil": "T2"}, "groupe_absent"),
        ({"service": "afas", "profil": "FDA"}, "bulletin_absent"),
        ({"organisme": "061"}, "organisme_hors_portee"),
        ({"identifiant": "ACC4AUTR"}, "appartenance_absente"),
    ],
)
def test_un_refus_s_explique_par_le_premier_maillon_qui_manque(au_travail: Any, champs: Any, manquant: str) -> None:
    lu = expliquer(au_travail, **champs).json()
    assert (lu["accorde"], lu["manquant"]) == (False, manquant)
    assert [anneau["tient"] for anneau in lu["chaine"]].count(False) == 1 and not lu["chaine"][-1]["tient"]


@pytest.mark.parametrize(
    ("cible", "manquant"),
    [("service", "service_suspendu"), ("groupe", "groupe_suspendu"), ("identifiant", "utilisateur_suspendu")],
)
def test_une_suspension_s_explique_et_le_passe_reste_tel_qu_il_fut(au_travail: Any, cible: str, manquant: str) -> None:
    avant = maintenant()
    au_travail.suspendre(**{cible: {"service": "cdap", "groupe": au_travail.le_groupe}.get(cible, "ACC3MEMB")})
    lu = expliquer(au_travail).json()
    assert lu["manquant"] == manquant and lu["chaine"][-1]["motif"] == "Connexions atypiques"
    assert expliquer(au_travail, a=avant).json()["accorde"]


def test_le_passe_s_explique_a_l_instant_pres(au_travail: Any) -> None:
    pendant = maintenant()
    au_travail.retirer(au_travail.le_groupe, "ACC3MEMB")
    apres = maintenant()
    au_travail.ajouter(au_travail.le_groupe, "ACC3MEMB")
    verdicts = [expliquer(au_travail, a=a).json()["manquant"] for a in (pendant, apres, maintenant())]
    assert verdicts == [None, "appartenance_absente", None]
    assert expliquer(au_travail, a="2020-01-01T00:00:00+01:00").json()["manquant"] == "partenaire_inconnu"


@pytest.mark.parametrize("a", ["2999-01-01T00:00:00Z", "2026-01-01T00:00:00", "hier"])
def test_un_instant_a_venir_ou_sans_decalage_ne_s_explique_pas(au_travail: Any, probleme: Any, a: str) -> None:
    reponse = expliquer(au_travail, a=a)
    assert probleme(reponse, 400, "requete-invalide") and reponse.json()["erreurs"][0]["champ"] == "a"
    assert au_travail.derniere_trace["type"] == "habilitation.explication.lue"


@pytest.mark.parametrize(
    ("persona", "statut", "cause"),
    [
        (un_referent(caf="061"), 404, "autre_caf"),
        (un_agent("caf:controleur", caf="061"), 404, "autre_caf"),
        (un_administrateur(partenaire=AUTRE_SIRET), 404, "autre_partenaire"),
        (un_utilisateur(sub="ACC3MEMB"), 403, "regle_de_l_operation"),
    ],
)
def test_personne_d_autre_ne_recoit_d_explication(au_travail: Any, persona: Any, statut: int, cause: str) -> None:
    assert expliquer(au_travail, persona).status_code == statut
    au_travail.le_refus("explication.lue", cause)


def test_qui_pouvait_un_jour_et_par_quelle_chaine(au_travail: Any) -> None:
    for persona in (au_travail.referent, un_agent("caf:controleur")):
        lu = habilites(au_travail, persona).json()
        assert [(qui["identifiant"], qui["profil"], qui["groupe"]) for qui in lu["personnes"]] == [
            ("ACC3MEMB", "T1", au_travail.le_groupe)
        ]
        assert [anneau["maillon"] for anneau in lu["personnes"][0]["chaine"]] == CHAINE
        assert lu["suivant"] is None
        au_travail.l_accord("habilites.lus", objet="831")


def test_qui_fut_retire_dans_la_journee_pouvait_ce_jour_la_mais_pas_la_veille(au_travail: Any) -> None:
    au_travail.retirer(au_travail.le_groupe, "ACC3MEMB")
    assert [qui["identifiant"] for qui in habilites(au_travail).json()["personnes"]] == ["ACC3MEMB"]
    assert habilites(au_travail, le=aujourd_hui(-1)).json()["personnes"] == []


@pytest.mark.parametrize("champs", [{"organisme": "061"}, {"profils": "T2"}, {"service": "afas", "profils": "FDA"}])
def test_qui_ne_pouvait_pas_n_est_pas_nomme(au_travail: Any, champs: Any) -> None:
    assert habilites(au_travail, **champs).json()["personnes"] == []


def test_le_controleur_d_une_caf_voit_qui_lit_ses_dossiers_d_ailleurs_et_le_referent_non(maison: Any) -> None:
    maison.conventionne(caf="781")
    maison.document(caf="781", genre="eligibilite")
    maison.utilisateur("ACC3MEMB")
    maison.ajouter(maison.groupe(portee="multi", organismes=["061", "831"]), "ACC3MEMB")
    assert habilites(maison, un_agent("caf:controleur", caf="831")).json()["personnes"]
    assert habilites(maison, un_agent("caf:controleur", caf="781")).json()["personnes"]
    assert habilites(maison, un_agent("caf:controleur", caf="441")).json()["personnes"] == []
    assert habilites(maison, un_referent(caf="831")).json()["personnes"] == []


def test_un_jour_a_venir_n_a_pas_de_reponse(prete: Any, probleme: Any) -> None:
    assert probleme(habilites(prete, le=aujourd_hui(1)), 400, "requete-invalide")
    prete.le_refus("habilites.lus", "jour_a_venir")


@pytest.mark.parametrize("persona", [un_administrateur(), un_utilisateur(), un_agent("caf:superviseur")])
def test_personne_d_autre_ne_cherche_qui_pouvait(prete: Any, probleme: Any, persona: Any) -> None:
    assert probleme(habilites(prete, persona), 403, "acces-refuse")
    prete.le_refus("habilites.lus", "regle_de_l_operation")
