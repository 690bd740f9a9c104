"""Nobody's data leaves by the back door: what was typed or read stands in no log, and files are their owner's."""

import stat

import pytest


@pytest.mark.partout
def test_ni_nom_ni_numero_ni_mot_de_passe_ni_jeton_dans_les_journaux_des_processus(maison):
    compte = maison.compte("T1")
    dossier = compte["dossier"]
    client = maison.client(compte)
    consultation = client.ouvrir(dossier).json()["id"]
    assert client.lire(consultation, "famille").status_code == 200
    client.ouvrir(dossier | {"nom": "NomQuiNestPasLeSien", "numero_allocataire": "7654321"})
    client.post("/cdap/v1/consultations", json={"organisme": "831", "nom": 12345678901})
    client.post("/identity/v1/sessions", json={"identifiant": "Inconnu-Marque", "mot_de_passe": "MotDePasse-Marque-1"})
    client.get("/cdap/v1/consultations/Marque-Chemin/rubriques/rsa?q=Marque-Question")
    marques = [
        dossier["nom"],
        dossier["numero_allocataire"],
        "NomQuiNestPasLeSien",
        "7654321",
        "12345678901",
        "Inconnu-Marque",
        "Marque-",
        compte["mot_de_passe"],
        client.jeton,
        client.jeton.split(".")[1],
    ]
    for nom, dit in maison.journaux.items():
        assert [marque for marque in marques if marque in dit] == [], nom


def test_ce_que_la_maison_ecrit_n_est_lisible_que_de_son_proprietaire(maison):
    assert stat.S_IMODE(maison.var.stat().st_mode) == 0o700
    secrets = [f for f in (maison.var / "secrets").rglob("*") if f.is_file()]
    assert len(secrets) >= 10
    for fichier in (*secrets, *(maison.var / "courriels").iterdir(), maison.var / "demo.json"):
        assert stat.S_IMODE(fichier.stat().st_mode) == 0o600, fichier.name
