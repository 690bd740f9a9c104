"""The demonstration: invented, whole, repeatable, with every case of the checks."""

import time
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from cdap.adapters import ndjson
from cdap.adapters.fiction_foyer import FORMES, OCCUPATION
from cdap.adapters.generateur import engendrer
from cdap.domain.attestation import Attestation, attestation
from cdap.domain.calendrier import il_y_a
from cdap.domain.controles import Demande, controler
from cdap.domain.dossiers import noms_admis
from cdap.domain.foyer import SituationDossier
from cdap.domain.profils import Profil
from cdap.domain.revenus import Ressources
from cdap.domain.versements import QuotientFamilial

LE = date(2026, 3, 31)
SIRETS = ("13002526500013", "21830137000013")
TAILLES = (10, 40, 300)


def _dossiers(nombre: int = 40, graine: int = 7, le: date = LE):
    return list(engendrer(nombre, "831", graine, le, SIRETS))


def test_la_meme_graine_et_le_meme_jour_donnent_les_memes_octets():
    premiers = [ndjson.encoder(dossier) for dossier in _dossiers()]
    assert premiers == [ndjson.encoder(dossier) for dossier in _dossiers()]
    assert premiers != [ndjson.encoder(dossier) for dossier in _dossiers(graine=8)]
    assert premiers != [ndjson.encoder(dossier) for dossier in _dossiers(le=date(2026, 4, 1))]


@pytest.mark.parametrize("nombre", [0, 1, 2, 40])
def test_il_y_en_a_autant_que_demande_et_tous_sont_fictifs(nombre):
    dossiers = _dossiers(nombre)
    assert len(dossiers) == nombre
    assert all(dossier.fictif and dossier.cle.organisme == "831" for dossier in dossiers)


def test_les_numeros_sont_uniques_et_certains_commencent_par_zero():
    numeros = [dossier.cle.numero_allocataire for dossier in _dossiers()]
    assert len(set(numeros)) == 40
    assert all(numero.isascii() and numero.isdigit() and len(numero) == 7 for numero in numeros)
    assert sum(numero.startswith("0") for numero in numeros) >= 2


def _rsa(dossier) -> str:
    if not dossier.liens.droits_rsa:
        return "jamais"
    fin = dossier.liens.droits_rsa[0].jusqu_a
    return {None: "ouvert", il_y_a(12, LE): "12 mois", il_y_a(30, LE): "30 mois"}[fin]


def _tutelle(dossier, siret: str) -> str:
    for mandat in dossier.liens.mandats:
        if mandat.siret == siret:
            if mandat.depuis > LE:
                return "future"
            return "en cours" if mandat.jusqu_a is None or mandat.jusqu_a >= LE else "passee"
    return "aucune"


@pytest.mark.parametrize("nombre", TAILLES)
@pytest.mark.parametrize("graine", [1, 2])
def test_chaque_cas_des_controles_est_la_deux_fois_et_une_fois_sur_dix(nombre, graine):
    dossiers = _dossiers(nombre, graine)
    cas = Counter()
    for dossier in dossiers:
        cas[f"rsa {_rsa(dossier)}"] += 1
        cas[f"instructeur {bool(dossier.liens.numeros_instructeur)}"] += 1
        cas[f"bailleur {dossier.liens.numero_bailleur is not None}"] += 1
        for siret in SIRETS:
            cas[f"mandat {siret} {_tutelle(dossier, siret)}"] += 1
    assert len(cas) == 4 + 2 + 2 + 2 * 4
    assert min(cas.values()) >= max(2, nombre / 10)


@pytest.mark.parametrize("nombre", TAILLES)
def test_chaque_absence_est_la(nombre):
    dossiers = _dossiers(nombre)
    absences = {
        "QF inconnu": [d.quotient_familial in (None, QuotientFamilial()) for d in dossiers],
        "paiements inconnus": [d.paiements is None for d in dossiers],
        "aucun paiement": [d.paiements == () for d in dossiers],
        "droits inconnus": [d.droits is None for d in dossiers],
        "créances inconnues": [d.creances is None for d in dossiers],
        "aucune créance": [d.creances == () for d in dossiers],
        "courriers inconnus": [d.courriers is None for d in dossiers],
        "aucun courrier": [d.courriers == () for d in dossiers],
        "logement inconnu": [d.logement is None for d in dossiers],
        "ressources inconnues": [d.ressources is None for d in dossiers],
        "aucune ressource": [d.ressources == Ressources(annuelles=(), aide_au_logement=()) for d in dossiers],
        "compléments inconnus": [d.donnees_complementaires is None for d in dossiers],
        "cmu inconnue": [d.cmu_rsa is None for d in dossiers],
    }
    for absence, vues in absences.items():
        assert sum(vues) >= max(2, nombre / 10), absence
        assert not all(vues), absence


def test_chaque_rubrique_est_remplie_pour_beaucoup_de_dossiers():
    dossiers = _dossiers(300)
    for section in [
        "personnes",
        "adresse",
        "situation",
        "quotient_familial",
        "droits",
        "paiements",
        "logement",
        "ressources",
        "rsa",
        "creances",
        "courriers",
        "cmu_rsa",
        "cmuc_ressources",
        "donnees_complementaires",
    ]:
        assert sum(bool(getattr(dossier, section)) for dossier in dossiers) >= 60, section
    assert sum(isinstance(attestation(dossier, LE), Attestation) for dossier in dossiers) >= 60
    complements = [d.donnees_complementaires for d in dossiers if d.donnees_complementaires]
    assert sum(bool(c.enfants_aeeh) for c in complements) >= 10
    assert sum(bool(c.autres_personnes) for c in complements) >= 10
    droits = [droit for dossier in dossiers for droit in dossier.droits or ()]
    assert any(droit.sous_seuil for droit in droits)
    assert any(droit.suspension for droit in droits)


def test_les_paiements_tombent_juste():
    paiements = [paiement for dossier in _dossiers(300) for paiement in dossier.paiements or ()]
    assert any(paiement.retenue for paiement in paiements)
    for paiement in paiements:
        assert paiement.montant_paye == paiement.montant_total - paiement.retenue
        assert paiement.montant_paye > 0
        assert paiement.montant_total == sum(ligne.montant for ligne in paiement.lignes)
        assert paiement.emis_le <= LE


def test_ce_qui_est_sous_le_seuil_ou_suspendu_n_est_pas_paye():
    for dossier in _dossiers(300):
        retenus = {d.prestation for d in dossier.droits or () if d.sous_seuil or d.suspension}
        payes = {ligne.prestation for p in dossier.paiements or () for ligne in p.lignes}
        assert not retenus & payes


def test_un_rsa_ouvert_et_versable_est_un_droit():
    for dossier in _dossiers(300):
        prestations = {droit.prestation_code for droit in dossier.droits or ()}
        if dossier.droits:
            assert ("RSA" in prestations) == (_rsa(dossier) == "ouvert")
        if dossier.rsa:
            assert (dossier.rsa.etat_code in {"2", "3", "4"}) == (_rsa(dossier) == "ouvert")


def test_chaque_etat_des_rubriques_est_la():
    dossiers = _dossiers(1000)
    assert {d.rsa.etat_code for d in dossiers if d.rsa} == set("0123456")
    for dossier in dossiers:
        if dossier.rsa:
            etats = {"1": dossier.rsa.refus, "3": dossier.rsa.suspensions_droit}
            etats |= {"4": dossier.rsa.suspensions_versement, "5": dossier.rsa.cloture, "6": dossier.rsa.cloture}
            assert etats.get(dossier.rsa.etat_code, True)
    assert {d.situation.dossier for d in dossiers} == set(SituationDossier)
    assert {d.situation.surendettement for d in dossiers} == {True, False, None}
    assert {d.situation.familiale.code for d in dossiers} == {forme[0] for forme in FORMES}
    assert {len(d.personnes) for d in dossiers} >= {1, 2, 3, 4, 5, 6}
    assert {d.logement.type_occupation_code for d in dossiers if d.logement} == set(OCCUPATION.values())
    motifs = {repr(attestation(d, LE)) for d in dossiers if not isinstance(attestation(d, LE), Attestation)}
    assert len(motifs) >= 4


@pytest.mark.parametrize(("annee", "rsa"), [(2024, "635.71"), (2025, "646.52"), (2026, "651.69")])
def test_les_montants_sont_ceux_de_l_annee(annee, rsa):
    dossiers = _dossiers(300, le=date(annee, 5, 15))
    verses = [d.montant for dossier in dossiers for d in dossier.droits or () if d.prestation_code == "RSA"]
    assert Decimal(rsa) in verses
    couple_et_quatre_enfants = Decimal(rsa) * Decimal("2.9")
    assert max(verses) <= couple_et_quatre_enfants.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_chaque_controle_a_des_dossiers_qui_passent_et_d_autres_non():
    dossiers = _dossiers()
    for profil in (Profil.T4, Profil.T9, Profil.T10, Profil.T18, Profil.T19):
        verdicts = Counter()
        for dossier in dossiers:
            liens = dossier.liens
            demande = Demande(
                siret=SIRETS[0],
                numero_instructeur=liens.numeros_instructeur[0] if liens.numeros_instructeur else "083C9999900000",
                numero_bailleur=liens.numero_bailleur or "831999999",
            )
            verdicts[controler(profil, liens, demande, LE)] += 1
        assert verdicts[None] >= 2
        assert 40 - verdicts[None] >= 2


def test_tout_dossier_s_ouvre_par_un_nom_et_respecte_le_schema():
    for dossier in _dossiers(300):
        assert noms_admis(dossier)
        assert ndjson.decoder(ndjson.encoder(dossier)) == dossier


@pytest.mark.parametrize("organisme", ["441", "971", "781"])
def test_une_autre_caf_a_ses_dossiers(organisme):
    dossiers = list(engendrer(40, organisme, 1, LE))
    assert all(ndjson.decoder(ndjson.encoder(dossier)) == dossier for dossier in dossiers)
    assert any(dossier.liens.numeros_instructeur for dossier in dossiers)


def test_un_29_fevrier_ou_un_1er_janvier_vont_aussi():
    for le in (date(2028, 2, 29), date(2026, 1, 1)):
        assert len(_dossiers(40, le=le)) == 40


def test_mille_dossiers_en_moins_de_deux_secondes():
    debut = time.process_time()
    taille = sum(len(ndjson.encoder(dossier)) for dossier in _dossiers(1000))
    assert time.process_time() - debut < 2
    assert 1_000_000 < taille < 4_000_000
