"""No raw code in the extract: what can stand in an event of a dossier has its words."""

import pytest
from local.personnages import PARTENAIRES

from audit.domain.libelles import (
    DESTINATAIRES,
    FINALITES,
    FONDEMENTS,
    LETTRE_REDEMANDEE,
    PROFILS,
    RUBRIQUES,
    TYPES,
    acte,
    libelle,
    profil,
)
from contracts import evenements, openapi


def test_chaque_evenement_de_cdap_a_son_libelle_et_aucun_autre():
    assert TYPES.keys() == {type for type in evenements() if type.startswith("cdap.")}


def test_chaque_rubrique_et_chaque_fondement_des_contrats_a_son_libelle():
    assert RUBRIQUES.keys() == set(openapi("cdap")["components"]["schemas"]["Rubrique"]["enum"])
    bulletin = openapi("habilitation")["components"]["schemas"]["NouveauDocument"]["properties"]
    assert FONDEMENTS.keys() == set(bulletin["fondement"]["enum"])


def test_chaque_profil_et_chaque_bulletin_de_la_demonstration_a_son_libelle():
    assert PROFILS.keys() >= {code for partenaire in PARTENAIRES for code in partenaire.profils}
    assert FINALITES.keys() == {partenaire.finalite for partenaire in PARTENAIRES}
    assert DESTINATAIRES.keys() == {partenaire.destinataire for partenaire in PARTENAIRES}


@pytest.mark.parametrize(
    ("type", "rubrique", "objet", "dit"),
    [
        ("cdap.rubrique.lue", "creances", None, "Lecture d’une rubrique : Créances"),
        ("cdap.attestation.delivree", "attestation-paiement", "courrier", "Délivrance d’une attestation de paiement"),
        ("cdap.attestation.delivree", "attestation-paiement", "courrier:deja-demandee:x", LETTRE_REDEMANDEE),
        ("cdap.autre.chose", None, None, "Autre accès au dossier"),
    ],
)
def test_ce_qui_a_ete_fait_se_lit(type, rubrique, objet, dit):
    assert acte(type, rubrique, objet) == dit


def test_un_code_inconnu_se_lit_dans_ses_mots():
    assert libelle(FINALITES, "aide-a-domicile") == "Aide a domicile"
    assert (profil("T1"), profil("S1")) == ("T1 – Assistants de service social, CESF", "S1")
