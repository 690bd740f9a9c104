"""The journey: from the first référent to the controller who reads the journal, on third-party data."""

import pytest

from atelier.cellules import CELLULES
from atelier.maison import Client, Maison

DEPARTEMENT, CRECHE = "99900021900017", "99900022700010"
pytestmark = pytest.mark.partout
RUBRIQUES_T5 = ["synthese", "droits", "famille", "ressources", "rsa", "donnees-complementaires"]


def premier_referent(maison: Maison, caf: str) -> Client:
    courriel = f"referent.{caf}@caf.example"
    mots = ("--caf", caf, "--nom", "Referent", "--prenom", "Essai", "--courriel", courriel)
    fait = maison.commande("identity", "bootstrap", *mots)
    assert fait.returncode == 0, fait.stderr
    return maison.client(maison.activer(courriel))


def conventionner(referent: Client, siret: str, nom: str, profils: list[str], finalite: str) -> None:
    referent.cree("/habilitation/v1/partenaires", siret=siret, raison_sociale=nom)
    ici = f"/habilitation/v1/partenaires/{siret}/documents"
    for genre in ("convention", "contrat"):
        referent.cree(ici, genre=genre, signe_le="2026-01-05")
    referent.cree(
        ici, genre="bulletin", signe_le="2026-01-05", service="cdap", profils=profils, finalite=finalite,
        fondement="mission-interet-public", destinataire="agents",
    )  # fmt: skip


def administrateur(maison: Maison, referent: Client, siret: str) -> Client:
    courriel = f"admin.{siret}@partenaire.example"
    compte = referent.cree(
        "/identity/v1/comptes", partenaire=siret, nom="Admin", prenom="Essai", courriel=courriel,
        theme="acces-aux-droits",
    )  # fmt: skip
    acces = maison.activer(compte["identifiant"])
    referent.cree(f"/habilitation/v1/partenaires/{siret}/administrateurs", **compte, place="principal")
    return maison.client(acces)


def utilisateur(maison: Maison, admin: Client, siret: str, profil: str, theme: str = "acces-aux-droits") -> Client:
    """Account, group, membership; then she logs in."""
    compte = admin.cree(
        "/identity/v1/comptes", partenaire=siret, nom="Agent", prenom=profil,
        courriel=f"{profil}.{siret}@partenaire.example".lower(), theme=theme,
    )  # fmt: skip
    groupe = admin.cree(
        f"/habilitation/v1/partenaires/{siret}/groupes", nom=f"Groupe {profil}", service="cdap", profil=profil,
        portee="mono",
    )  # fmt: skip
    admin.cree(f"/habilitation/v1/groupes/{groupe['id']}/membres", **compte, motif="Essai")
    return maison.client(maison.activer(compte["identifiant"]))


def test_le_parcours_d_une_consultation(maison, tierces):
    # The Caf of Haute-Marne conventions the département, that of Loire-Atlantique a crèche.
    haute_marne, loire = premier_referent(maison, "521"), premier_referent(maison, "441")
    conventionner(haute_marne, DEPARTEMENT, "Département d’essai", ["T5", "T2"], "suivi-rsa")
    conventionner(loire, CRECHE, "Crèche d’essai", ["T2"], "tarification-creche")
    admin, admin_creche = (
        administrateur(maison, haute_marne, DEPARTEMENT),
        administrateur(maison, loire, CRECHE),
    )
    t5, t2_521 = (utilisateur(maison, admin, DEPARTEMENT, profil) for profil in ("T5", "T2"))
    t2_441 = utilisateur(maison, admin_creche, CRECHE, "T2", theme="enfance")

    # The dossiers come in from real files.
    flux = maison.commande("cdap", "import", str(tierces / "flux-rsa" / "RSABEM.xml"))
    assert flux.returncode == 0, flux.stderr
    assert "2 dossier(s) importé(s)" in flux.stdout
    assert "annonce 1 foyer(s) et en contient 2" in flux.stdout
    quotients = maison.commande("cdap", "import", "--organisme", "441", str(tierces / "quotient-familial"))
    assert "19 importé(s), 3 rejet(s)" in quotients.stdout

    # A T5 reads the RSA of a household that has no DEM: its CJT answers the name check, whichever.
    dossier = {"organisme": "521", "numero_allocataire": "2055990", "nom": "Tifour"}
    ouverte = t5.ouvrir(dossier)
    assert ouverte.status_code == 201, ouverte.text
    assert sorted(ouverte.json()["rubriques"]) == sorted(RUBRIQUES_T5)
    assert t5.ouvrir(dossier | {"nom": "KELLER"}).status_code == 201
    assert t5.ouvrir(dossier | {"nom": "SOPHIE"}).status_code == 404
    rsa = t5.lire(ouverte.json()["id"], "rsa")
    assert rsa.status_code == 200
    assert (rsa.json()["etat_code"], rsa.json()["cloture"]["le"]) == ("5", "2021-11-30")
    assert t5.lire(ouverte.json()["id"], "creances").status_code == 403

    # A T2 of the crèche gets the QF of the household; where there is none it is said, never 0.
    ouverte_qf = t2_441.ouvrir({"organisme": "441", "numero_allocataire": "4400100", "nom": "dupont"}).json()
    synthese = t2_441.lire(ouverte_qf["id"], "synthese")
    assert synthese.json()["quotient_familial"] == {"valeur": 600, "mois": "2023-07", "libelle": "600\u202f€"}
    assert synthese.json()["blocs"] == {}
    sans_qf = t2_521.lire(t2_521.ouvrir(dossier).json()["id"], "synthese")
    assert sans_qf.json()["quotient_familial"]["libelle"] == "Donnée indisponible"
    assert t2_441.ouvrir(dossier).status_code == 404

    # The controller of that Caf finds each access by its receipt, and the verifier says yes.
    nommee = haute_marne.cree(
        "/identity/v1/agents", nom="Controle", prenom="Essai", courriel="controle@caf.example",
        roles=["caf:controleur"],
    )  # fmt: skip
    controleur = maison.client(maison.activer(nommee["identifiant"]))
    recu = rsa.headers["Audit-Receipt"]
    maison.attendre(lambda: controleur.get(f"/audit/v1/evenements/{recu}").status_code == 200, 2)
    evenement = controleur.get(f"/audit/v1/evenements/{recu}").json()
    assert (evenement["source"], evenement["type"], evenement["rubrique"]) == ("cdap", "cdap.rubrique.lue", "rsa")
    assert (evenement["issue"], evenement["profil"], evenement["finalite"]) == ("accorde", "T5", "suivi-rsa")
    assert (evenement["partenaire"], evenement["adresse"]) == (DEPARTEMENT, maison.adresse_des_clients)
    assert evenement["dossier"] == {"organisme": "521", "numero_allocataire": "2055990"}
    du_dossier = controleur.post("/audit/v1/evenements/recherche", json={"dossier": evenement["dossier"]}).json()
    issues = [(e["type"], e["issue"], e["cause"]) for e in reversed(du_dossier["evenements"])]
    assert issues == [
        ("cdap.consultation.ouverte", "accorde", None),
        ("cdap.consultation.ouverte", "accorde", None),
        ("cdap.consultation.ouverte", "refuse", "nom_errone"),
        ("cdap.rubrique.lue", "accorde", None),
        ("cdap.rubrique.lue", "refuse", "rubrique_hors_profil"),
        ("cdap.consultation.ouverte", "accorde", None),
        ("cdap.rubrique.lue", "accorde", None),
        ("cdap.consultation.ouverte", "refuse", "hors_portee"),
    ]
    assert controleur.get(f"/audit/v1/evenements/{synthese.headers['Audit-Receipt']}").status_code == 404
    verdict = maison.verifier_le_journal()
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("profil", CELLULES)
def test_chaque_profil_a_ses_cases_a_travers_la_passerelle(maison, profil):
    """The 224 cells, each with the right verdict and exactly one event in the journal."""
    compte = maison.compte(profil)
    client = maison.client(compte)
    ouverte = client.ouvrir(compte["dossier"])
    assert ouverte.status_code == 201, ouverte.text
    recus = {ouverte.headers["Audit-Receipt"]: "accorde"}
    rubriques = maison.client().get("/openapi.json").json()["components"]["schemas"]["cdap_Rubrique"]["enum"]
    assert len(rubriques) == 14
    for rubrique in rubriques:
        lue = client.lire(ouverte.json()["id"], rubrique)
        permise = rubrique in CELLULES[profil]
        assert lue.status_code == (200 if permise else 403)
        recus[lue.headers["Audit-Receipt"]] = "accorde" if permise else "refuse"
    assert len(recus) == 15
    controleur = maison.client(maison.compte_de_role("caf:controleur"))

    def lus():
        page = controleur.get("/audit/v1/evenements", params={"sujet": compte["identifiant"], "service": "cdap"})
        ici = ouverte.json()["id"]
        return {e["id"]: e["issue"] for e in page.json()["evenements"] if e["consultation"] == ici}

    maison.attendre(lambda: lus() == recus, 3)
