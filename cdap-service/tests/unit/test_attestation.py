"""The attestation de paiement of the last month paid, or the reason why there is none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from cdap.domain.attestation import LIBELLES, Attestation, Motif, attestation
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.foyer import Civilite, Personne, Role, Situation, SituationDossier
from cdap.domain.versements import LignePaiement, Paiement, QuotientFamilial

LE = date(2022, 1, 7)


def _paiement(emis_le: date, periode: str, *lignes: tuple[str, str]) -> Paiement:
    return Paiement(
        emis_le=emis_le,
        periode=periode,
        lignes=tuple(LignePaiement(prestation=nom, montant=Decimal(montant)) for nom, montant in lignes),
    )


# The payments of the webinar's screens: at the 7th of January 2022, December 2021 is the last month paid.
DOSSIER = Dossier(
    cle=Cle("831", "0412377"),
    personnes=(
        Personne(role=Role.DEM, civilite=Civilite.MR, nom_usage="AUBRAC", date_naissance=date(1985, 11, 30)),
        Personne(role=Role.ENF, nom_usage="AUBRAC"),
    ),
    quotient_familial=QuotientFamilial(valeur=1057, mois="2021-12"),
    paiements=(
        _paiement(date(2022, 1, 25), "2022-01", ("APL", "273.87")),
        _paiement(date(2022, 1, 5), "2021-12", ("AAH", "503.60"), ("MVA", "104.77")),
        _paiement(date(2021, 12, 27), "2021-12", ("APL", "273.87")),
        _paiement(date(2021, 12, 5), "2021-11", ("AAH", "1.00")),
    ),
)


def test_l_attestation_certifie_le_dernier_mois_paye():
    lue = msgspec.to_builtins(attestation(DOSSIER, LE))
    assert lue["mois"] == "2021-12"
    assert lue["le"] == "2022-01-07"
    assert [(ligne["prestation"], ligne["montant"]) for ligne in lue["lignes"]] == [
        ("AAH", "503.60"),
        ("MVA", "104.77"),
        ("APL", "273.87"),
    ]
    assert lue["total"] == "882.24"
    assert lue["quotient_familial"] == {"valeur": 1057, "mois": "2021-12"}
    assert [personne["nom"] for personne in lue["personnes"]] == ["AUBRAC"]


def test_un_paiement_a_venir_n_est_pas_certifie():
    assert attestation(DOSSIER, date(2022, 1, 25)).mois == "2022-01"
    assert attestation(DOSSIER, date(2022, 1, 24)).mois == "2021-12"


def test_un_mois_dont_seule_l_aide_au_logement_est_payee_n_est_pas_certifie():
    """On the 25th the APL of January goes; its monthly payment goes on the 5th of February."""
    apl, mensuel, *anciens = DOSSIER.paiements
    janvier = replace(mensuel, emis_le=date(2022, 2, 5), periode="2022-01", type_traitement="Mensuel émis")
    paiements = (janvier, apl, replace(mensuel, type_traitement="Mensuel émis"), *anciens)
    dossier = replace(DOSSIER, paiements=paiements)
    avant, apres = attestation(dossier, date(2022, 1, 31)), attestation(dossier, date(2022, 2, 5))
    assert (avant.mois, avant.total) == ("2021-12", Decimal("882.24"))
    assert (apres.mois, apres.total) == ("2022-01", Decimal("882.24"))


def test_sans_aucun_mensuel_c_est_le_dernier_mois_paye():
    paiements = tuple(replace(paiement, type_traitement="APL émis") for paiement in DOSSIER.paiements)
    assert attestation(replace(DOSSIER, paiements=paiements), date(2022, 1, 25)).mois == "2022-01"


def _lignes(*lignes: LignePaiement | None) -> tuple[Paiement, ...]:
    return (Paiement(emis_le=LE, periode="2022-01", lignes=lignes or None),)


@pytest.mark.parametrize(
    ("changement", "motif"),
    [
        ({"situation": Situation(dossier=SituationDossier.RADIATION)}, "dossier_radie"),
        ({"situation": Situation(dossier=SituationDossier.SUSPENSION)}, "dossier_suspendu"),
        ({"situation": Situation(dossier=SituationDossier.EN_COURS)}, "affiliation_en_cours"),
        ({"personnes": None}, "responsable_inconnu"),
        ({"personnes": (Personne(role=Role.ENF, nom_usage="AUBRAC"),)}, "responsable_inconnu"),
        ({"paiements": None}, "paiements_indisponibles"),
        ({"paiements": ()}, "aucun_paiement"),
        ({"paiements": (_paiement(date(2022, 1, 8), "2022-01", ("APL", "1.00")),)}, "aucun_paiement"),
        ({"paiements": (Paiement(emis_le=LE),)}, "aucun_paiement"),
        ({"paiements": _lignes()}, "detail_indisponible"),
        ({"paiements": _lignes(LignePaiement(prestation="APL"))}, "detail_indisponible"),
        ({"paiements": _lignes(LignePaiement(montant=Decimal("1.00")))}, "detail_indisponible"),
        ({"quotient_familial": None}, "quotient_familial_indisponible"),
        ({"quotient_familial": QuotientFamilial(mois="2021-12")}, "quotient_familial_indisponible"),
        ({"quotient_familial": QuotientFamilial(valeur=1057)}, "quotient_familial_indisponible"),
        ({"quotient_familial": QuotientFamilial(valeur=0, mois="2021-12")}, "quotient_familial_nul"),
        ({"personnes": (Personne(role=Role.DEM), Personne(role=Role.CJT, nom_usage="AUBRAC"))}, "responsable_inconnu"),
        ({"personnes": (Personne(role=Role.DEM, nom_usage="AUBRAC"), Personne(role=Role.CJT))}, "responsable_inconnu"),
        ({"personnes": (Personne(role=Role.DEM, nom_usage=" "),)}, "responsable_inconnu"),
        ({"personnes": (Personne(role=Role.DEM, nom_usage="AUBRAC", date_deces=LE),)}, "deces"),
        ({"paiements": (_paiement(LE, "2022-01", ("APL", "20.00"), ("APL", "-20.00")),)}, "aucun_droit"),
        ({"paiements": (_paiement(LE, "2022-01", ("APL", "-20.00")),)}, "aucun_droit"),
    ],
)
def test_sans_l_une_des_donnees_il_n_y_a_pas_d_attestation(changement, motif):
    assert isinstance(attestation(DOSSIER, LE), Attestation)
    assert msgspec.to_builtins(attestation(replace(DOSSIER, **changement), LE)) == {"indisponible": motif}


def test_une_affiliation_a_son_attestation():
    dossier = replace(DOSSIER, situation=Situation(dossier=SituationDossier.AFFILIATION))
    assert isinstance(attestation(dossier, LE), Attestation)


def test_un_deces_a_venir_ou_celui_d_un_enfant_n_empeche_rien():
    responsable = replace(DOSSIER.personnes[0], date_deces=date(2022, 1, 8))
    enfant = Personne(role=Role.ENF, nom_usage="AUBRAC", date_deces=date(2020, 1, 1))
    assert isinstance(attestation(replace(DOSSIER, personnes=(responsable, enfant)), LE), Attestation)


def test_chaque_motif_a_sa_phrase():
    assert LIBELLES.keys() == set(Motif)
