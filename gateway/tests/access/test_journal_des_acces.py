"""What the door says of a request in its logs and metrics: the operation, never what was asked."""

import logging
from typing import Any

import pytest

from atelier import un_groupe, un_utilisateur
from socle.mesures import exposer

MARQUES = ("Marque-Chemin", "Marque-Question", "Marque-Corps", "Marque-Agent", "Marque-Mal-Forme")


def test_ni_chemin_ni_question_ni_corps_ni_jeton_dans_les_journaux(
    porte: Any, caplog: pytest.LogCaptureFixture
) -> None:
    persona = un_utilisateur(un_groupe())
    jeton = porte.banc.signataire.signer(persona.claims)
    trace = "a" * 31 + "b"
    entetes = [("Content-Type", "application/json"), ("User-Agent", "Marque-Agent")]
    lire = "/cdap/v1/consultations/Marque-Chemin/rubriques/rsa?q=Marque-Question"
    with caplog.at_level(logging.DEBUG):
        porte.demander("GET", lire, jeton=jeton, entetes=[("traceparent", f"00-{trace}-{'c' * 16}-01")])
        porte.demander("POST", "/cdap/v1/consultations", jeton=jeton, entetes=entetes, corps=b'"Marque-Corps"')
        porte.demander("GET", "/Marque-Chemin", jeton=jeton)
        porte.demander("GET", "/cdap", jeton=jeton, entetes=[("X", "a"), ("Host", "Marque-Mal-Forme")])
    lignes = [ligne for ligne in caplog.records if ligne.name == "acces"]
    assert [ligne.__dict__["operation"] for ligne in lignes] == [
        "cdap.consultations.lire_rubrique", "cdap.consultations.ouvrir", "gateway.inconnue"
    ]  # fmt: skip
    assert lignes[0].__dict__["trace"] == trace and lignes[0].__dict__["statut"] == 200
    dit = "".join(str(ligne.__dict__) for ligne in caplog.records) + exposer().decode()
    assert [marque for marque in (*MARQUES, *jeton.split(".")) if marque in dit] == []


def test_le_service_recoit_la_trace_du_client_et_un_pas_neuf(porte: Any) -> None:
    recu = f"00-{'d' * 32}-{'e' * 16}-01"
    lire = ("GET", "/cdap/v1/consultations/x/rubriques/rsa")
    porte.demander(*lire, persona=un_utilisateur(un_groupe()), entetes=[("traceparent", recu)])
    porte.demander(*lire, persona=un_utilisateur(un_groupe()), entetes=[("traceparent", "faux")])
    suivie, neuve = (recue.valeurs("traceparent")[0] for recue in porte.cdap.recues)
    assert suivie.startswith(f"00-{'d' * 32}-") and "e" * 16 not in suivie
    assert neuve.startswith("00-") and "faux" not in neuve
