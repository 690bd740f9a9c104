"""The examples of the contract are what the service answers for the dossier of the examples, to the byte."""

import json
from dataclasses import fields
from datetime import date
from importlib import resources
from urllib.parse import parse_qsl

import msgspec
import pytest

import contracts
from cdap.adapters.ndjson import decoder
from cdap.domain.profils import Rubrique
from cdap.domain.rubriques import contenu
from cdap.domain.vues import Cadrage, Vue, vue_de
from contracts.lecture import operations

LE = date(2026, 1, 25)
DOSSIER = decoder(
    json.dumps(json.loads(resources.files("contracts").joinpath("cdap/exemple.dossier.json").read_bytes())).encode()
)
(LECTURE,) = (o for o in operations(contracts.openapi("cdap")) if o["operationId"] == "consultations.lire_rubrique")
EXEMPLES = LECTURE["responses"]["200"]["content"]["application/json"]["examples"]


def demande(sommaire):
    """What the summary of an example says was asked: « rubriques/paiements?vue=periode »."""
    chemin, _, question = sommaire.partition("?")
    bornes = dict(parse_qsl(question))
    entiers = {nom: int(bornes.pop(nom)) for nom in ("numero", "annee") if nom in bornes}
    vue = Vue(bornes.pop("vue")) if question else None
    return Rubrique(chemin.removeprefix("rubriques/")), Cadrage(vue=vue, **entiers, **bornes)


@pytest.mark.parametrize("nom", EXEMPLES)
def test_l_exemple_est_la_reponse_du_service(nom):
    rubrique, cadrage = demande(EXEMPLES[nom]["summary"])
    lue = vue_de(rubrique, contenu(DOSSIER, rubrique, frozenset(Rubrique), LE), cadrage, LE)
    rendue = msgspec.json.decode(msgspec.json.Encoder(decimal_format="number").encode(lue))
    assert EXEMPLES[nom]["value"] == rendue


def test_chaque_rubrique_et_chaque_vue_a_son_exemple():
    demandes = [demande(exemple["summary"]) for exemple in EXEMPLES.values()]
    assert {rubrique for rubrique, cadrage in demandes if cadrage.vue is None} == set(Rubrique)
    assert {(str(rubrique), str(cadrage.vue)) for rubrique, cadrage in demandes if cadrage.vue} == {
        ("paiements", "paiement"), ("paiements", "periode"), ("droits", "mois"), ("droits", "periode"),
        ("ressources", "annee"), ("ressources", "mois"), ("courriers", "recents"),
    }  # fmt: skip


def test_le_dossier_des_exemples_ne_laisse_aucune_section_vide():
    """A page can be designed on it: several dependants, an AEEH, an alternating residence, every state of a right."""
    assert [champ.name for champ in fields(DOSSIER) if not getattr(DOSSIER, champ.name)] == []
    personnes, complements = DOSSIER.personnes or (), DOSSIER.donnees_complementaires
    assert len(personnes) >= 5 and any(personne.residence_alternee for personne in personnes)
    assert complements and complements.enfants_aeeh and complements.autres_personnes
    droits = DOSSIER.droits or ()
    assert {(bool(droit.sous_seuil), bool(droit.suspension)) for droit in droits} == {
        (False, False), (True, False), (False, True),
    }  # fmt: skip
    assert DOSSIER.ressources and {releve.annee for releve in DOSSIER.ressources.annuelles or ()} == {2024, 2025}
    assert any(paiement.retenue for paiement in DOSSIER.paiements or ())
