"""The chain of rights, link by link: what is missing, and what each portée needs."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from habilitation.domain.chaine import Maillon, exiger_convention, habiliter, maillon_manquant
from habilitation.domain.documents import Adhesion, DemandeDocument, Document, Fondement, Genre
from habilitation.domain.groupes import DemandeGroupe, Portee
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.refus import ConventionIncomplete, HorsBulletin, RequeteInvalide
from habilitation.domain.services import ROLES, Service

JOUR = date(2026, 3, 1)
VEILLE, LENDEMAIN = date(2026, 2, 28), date(2026, 3, 2)
ADHESION = Adhesion(Service.CDAP, ("T1", "T2"), "accompagnement-social", Fondement.CONSENTEMENT, "travailleurs-sociaux")
CONVENTION = Document("c", Genre.CONVENTION, VEILLE)
CONTRAT = Document("k", Genre.CONTRAT, VEILLE)
BULLETIN = Document("b", Genre.BULLETIN, JOUR, ADHESION)
ELIGIBILITE = Document("e", Genre.ELIGIBILITE, VEILLE)


def un_partenaire(*documents: Document, caf: str = "831") -> Partenaire:
    return Partenaire("99900031800017", "CCAS", caf, documents or (CONVENTION, CONTRAT, BULLETIN))


def une_demande(profil: str = "T1", portee: Portee = Portee.MONO, *organismes: str) -> DemandeGroupe:
    return DemandeGroupe("Accompagnement", Service.CDAP, profil, portee, organismes)


def test_la_liste_des_profils_de_cdap_est_celle_du_webinaire() -> None:
    assert len(ROLES[Service.CDAP]) == 16
    assert ROLES[Service.CDAP].isdisjoint({"T3", "T7", "T17"})


def test_un_groupe_mono_prend_la_caf_referente_par_defaut() -> None:
    habilitation = habiliter(un_partenaire(), une_demande(), JOUR)
    assert (habilitation.organismes, habilitation.bulletin) == (("831",), "b")


def test_un_groupe_mono_ne_couvre_que_la_caf_referente() -> None:
    assert habiliter(un_partenaire(), une_demande("T1", Portee.MONO, "831"), JOUR).organismes == ("831",)
    for organismes in (("061",), ("061", "831")):
        with pytest.raises(HorsBulletin):
            habiliter(un_partenaire(), une_demande("T1", Portee.MONO, *organismes), JOUR)


@pytest.mark.parametrize("absent", [CONVENTION, CONTRAT, BULLETIN])
def test_sans_convention_contrat_ou_bulletin_rien_n_est_habilite(absent: Document) -> None:
    documents = [document for document in (CONVENTION, CONTRAT, BULLETIN) if document is not absent]
    with pytest.raises(ConventionIncomplete):
        habiliter(un_partenaire(*documents), une_demande(), JOUR)


@pytest.mark.parametrize("tardif", [CONVENTION, CONTRAT, BULLETIN])
def test_un_document_signe_demain_ne_vaut_pas_aujourd_hui(tardif: Document) -> None:
    documents = [
        replace(document, signe_le=LENDEMAIN) if document is tardif else document
        for document in (CONVENTION, CONTRAT, BULLETIN)
    ]
    with pytest.raises(ConventionIncomplete):
        habiliter(un_partenaire(*documents), une_demande(), JOUR)
    assert habiliter(un_partenaire(*documents), une_demande(), LENDEMAIN)


def test_un_profil_que_le_bulletin_n_accorde_pas_est_refuse() -> None:
    with pytest.raises(HorsBulletin) as refus:
        habiliter(un_partenaire(), une_demande("T5"), JOUR)
    assert refus.value.cause == "profil_hors_bulletin"


@pytest.mark.parametrize("portee, organismes", [(Portee.MULTI, ("061", "831")), (Portee.NATIONALE, ())])
def test_multi_et_nationale_veulent_l_eligibilite_et_la_caf_des_yvelines(
    portee: Portee, organismes: tuple[str, ...]
) -> None:
    documents = (CONVENTION, CONTRAT, BULLETIN)
    demande = une_demande("T1", portee, *organismes)
    with pytest.raises(HorsBulletin) as sans_eligibilite:
        habiliter(un_partenaire(*documents, caf="781"), demande, JOUR)
    with pytest.raises(HorsBulletin) as ailleurs:
        habiliter(un_partenaire(*documents, ELIGIBILITE, caf="831"), demande, JOUR)
    assert (sans_eligibilite.value.cause, ailleurs.value.cause) == (
        "eligibilite_absente",
        "caf_referente_autre_que_yvelines",
    )
    habilitation = habiliter(un_partenaire(*documents, ELIGIBILITE, caf="781"), demande, JOUR)
    assert habilitation.organismes == organismes


@pytest.mark.parametrize(
    "portee, organismes", [(Portee.MULTI, ()), (Portee.MULTI, ("061",)), (Portee.NATIONALE, ("061",))]
)
def test_une_portee_et_des_organismes_qui_se_contredisent_sont_refuses(
    portee: Portee, organismes: tuple[str, ...]
) -> None:
    with pytest.raises(RequeteInvalide):
        habiliter(un_partenaire(), une_demande("T1", portee, *organismes), JOUR)


def test_un_bulletin_remplace_n_habilite_plus_le_groupe_qui_en_vient() -> None:
    habilitation = habiliter(un_partenaire(), une_demande(), JOUR)
    remplace = un_partenaire(CONVENTION, CONTRAT, replace(BULLETIN, id="b2"))
    assert maillon_manquant(remplace, habilitation, JOUR) is Maillon.BULLETIN


def test_un_profil_que_le_bulletin_n_accorde_plus_n_est_plus_en_vigueur() -> None:
    habilitation = habiliter(un_partenaire(), une_demande("T2"), JOUR)
    reduit = un_partenaire(CONVENTION, CONTRAT, replace(BULLETIN, adhesion=replace(ADHESION, profils=("T1",))))
    assert maillon_manquant(reduit, habilitation, JOUR) is Maillon.PROFIL


def test_un_administrateur_veut_une_convention_signee() -> None:
    exiger_convention(un_partenaire(CONVENTION), JOUR)
    with pytest.raises(ConventionIncomplete):
        exiger_convention(un_partenaire(CONTRAT), JOUR)


def _bulletin(**champs: Any) -> DemandeDocument:
    complet = DemandeDocument(
        Genre.BULLETIN, JOUR, Service.CDAP, ("T1",), "acces", Fondement.CONSENTEMENT, "travailleurs-sociaux"
    )
    return replace(complet, **champs)


@pytest.mark.parametrize("manquant", ["service", "finalite", "fondement", "destinataire"])
def test_un_bulletin_incomplet_est_refuse(manquant: str) -> None:
    with pytest.raises(RequeteInvalide):
        _bulletin(**{manquant: None}).adhesion()


@pytest.mark.parametrize("profils", [(), ("T3",), ("T1", "T7"), ("t1",)])
def test_un_bulletin_sans_profil_connu_est_refuse(profils: tuple[str, ...]) -> None:
    with pytest.raises(RequeteInvalide):
        _bulletin(profils=profils).adhesion()


def test_ce_qui_appartient_au_bulletin_est_ignore_ailleurs() -> None:
    assert _bulletin(genre=Genre.CONTRAT).adhesion() is None
