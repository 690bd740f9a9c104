"""Through the running house: the attestation in both channels, the dialogue, the views; and that nothing leaks."""

import io
import json
from hashlib import sha256

import pytest
from pypdf import PdfReader

pytestmark = pytest.mark.partout
TEXTE = "Bonjour, la quittance Marque-Message est partie le 12."


def payable(client, maison):
    """A consultation of a dossier that can have its attestation, by post as well."""
    for dossier in maison.demo["dossiers"]:
        ouverte = client.ouvrir(dossier)
        if ouverte.status_code == 201:
            lue = client.lire(ouverte.json()["id"], "attestation-paiement").json()
            if "indisponible" not in lue and lue["adresse"]:
                return dossier, ouverte.json()["id"], lue
    raise AssertionError("no dossier of the demonstration can have an attestation")


def au_journal(maison, recu):
    controleur = maison.client(maison.compte_de_role("caf:controleur"))
    maison.attendre(lambda: controleur.get(f"/audit/v1/evenements/{recu}").status_code == 200, 5)
    return controleur.get(f"/audit/v1/evenements/{recu}").json()


def test_l_attestation_se_telecharge_ou_se_poste_avec_sa_preuve(maison):
    client = maison.client(maison.compte("T1"))
    dossier, consultation, lue = payable(client, maison)
    ici = f"/cdap/v1/consultations/{consultation}/attestations"
    pdf = client.post(ici, json={"canal": "telechargement"})
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.headers["Cache-Control"] == "no-store"
    texte = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert pdf.headers["Audit-Receipt"] in texte and dossier["numero_allocataire"] in texte
    assert f"{lue['total']:,.2f}".replace(",", "\u202f").replace(".", ",") in texte
    evenement = au_journal(maison, pdf.headers["Audit-Receipt"])
    assert (evenement["type"], evenement["objet"]) == ("cdap.attestation.delivree", "telechargement")
    assert evenement["dossier"]["numero_allocataire"] == dossier["numero_allocataire"]

    postee = client.post(ici, json={"canal": "courrier"})
    assert (postee.status_code, postee.json()["etat"]) == (202, "en_attente")
    lieu = postee.headers["Location"]
    maison.attendre(lambda: client.get(lieu).json()["etat"] == "remis", 10)
    lettre = maison.courriers / f"{postee.json()['id']}.pdf"
    assert sha256(lettre.read_bytes()).hexdigest() == client.get(lieu).json()["empreinte"]
    assert json.loads(lettre.with_suffix(".json").read_bytes())["evenement"] == postee.headers["Audit-Receipt"]


def test_le_message_arrive_a_la_caf_et_rien_ne_fuit(maison):
    client = maison.client(maison.compte("T10"))
    compte = maison.compte("T10")
    ouverte = client.ouvrir(compte["dossier"]).json()["id"]
    saisie = {
        "organisme": "Marque-Organisme",
        "nom": "Marque-Nom Claire",
        "courriel": "marque.courriel@bailleur.example",
        "numero_allocataire": compte["dossier"]["numero_allocataire"],
        "message": TEXTE,
    }
    ecrit = client.post(f"/cdap/v1/consultations/{ouverte}/messages", json=saisie)
    assert ecrit.status_code == 201, ecrit.text
    lettre = maison.courriel("Marque-Message")
    assert "partenaires.831@caf.example" in lettre
    maison.attendre(lambda: client.get(ecrit.headers["Location"]).json()["etat"] == "remis", 10)
    assert client.get(ecrit.headers["Location"]).json()["message"] == TEXTE
    assert maison.client(maison.compte("T1")).get(ecrit.headers["Location"]).status_code == 404
    assert au_journal(maison, ecrit.headers["Audit-Receipt"])["type"] == "cdap.message.ecrit"
    for nom, dit in maison.journaux.items():
        assert "Marque-" not in dit and "marque.courriel" not in dit, nom


def test_une_vue_passe_la_passerelle_et_un_parametre_inconnu_non(maison):
    client = maison.client(maison.compte("T1"))
    _, consultation, _ = payable(client, maison)
    vue = client.lire(consultation, "paiements?vue=periode&depuis=2020-01")
    assert (vue.status_code, vue.json()["depuis"]) == (200, "2020-01")
    assert client.lire(consultation, "droits?vue=mois").status_code == 200
    assert client.lire(consultation, "droits?vue=annee").status_code == 400
    assert client.lire(consultation, "droits?couleur=verte").status_code == 400
