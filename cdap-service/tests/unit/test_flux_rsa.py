"""The RSA flow of the Cnaf: the third-party file, then every fault that it must survive or refuse."""

from datetime import date
from decimal import Decimal

import pytest

from cdap.adapters import flux_rsa
from cdap.adapters.recus import Bilan, Entete, LectureImpossible, Nature, Recu, Rejet
from cdap.domain.controles import Demande, controler
from cdap.domain.dossiers import noms_admis
from cdap.domain.foyer import Role
from cdap.domain.liens import DroitRsa
from cdap.domain.profils import Profil


def _foyer(
    matricule="205599000000000",
    fonorg="CAF",
    etat="<EtatDossierRSA><ETATDOSRSA>2</ETATDOSRSA></EtatDossierRSA>",
    role="DEM",
    rmi="",
    demande="2018-08-06",
    detail="",
) -> str:
    return f"""<InfosFoyerRSA>
<IdentificationRSA><Organisme><FONORG>{fonorg}</FONORG><NUMORG>521</NUMORG><MATRICULE>{matricule}</MATRICULE>
</Organisme><DemandeRSA><DTDEMRSA>{demande}</DTDEMRSA><NUMDEMRSA>1</NUMDEMRSA></DemandeRSA>{rmi}</IdentificationRSA>
<Personne><Identification><QUAL>MME</QUAL><NOM>LÉGER</NOM><NOMNAI>AUBRAC</NOMNAI><PRENOM>INÈS</PRENOM>
<DTNAI>1988-03-01</DTNAI><TYPEDTNAI>J</TYPEDTNAI><NIR>2880383126001</NIR></Identification>
<Prestations><NATPREST>PFA</NATPREST><ROLEPERS>ENF</ROLEPERS></Prestations>
<Prestations><NATPREST>RSA</NATPREST><ROLEPERS>{role}</ROLEPERS></Prestations></Personne>
<DonneesAdministratives><SituationFamille><SITFAM>ZZZ</SITFAM><DDSITFAM>2020-02-02</DDSITFAM></SituationFamille>
<Adresse><TroncCommunAdresse><RGADR>02</RGADR></TroncCommunAdresse><AdresseDetailleeFrance><NOMCOM>AVANT</NOMCOM>
</AdresseDetailleeFrance></Adresse>
<Adresse><TroncCommunAdresse><RGADR>01</RGADR></TroncCommunAdresse><AdresseDetailleeFrance><NUMVOIE>4</NUMVOIE>
<NOMVOIE>QUAI</NOMVOIE><NUMCOM>2A004</NUMCOM><CODEPOS>1000</CODEPOS><NOMCOM>ICI</NOMCOM></AdresseDetailleeFrance>
</Adresse></DonneesAdministratives>
<PrestationRSA><SituationDossierRSA>{etat}</SituationDossierRSA><DetailDroitRSA>{detail}</DetailDroitRSA>
</PrestationRSA></InfosFoyerRSA>"""


DEUXIEME_FOYER = _foyer().count("\n")
"""Lines before the one on which the second household of a flow begins."""


def _flux(*foyers: str, annonces: int | None = None, prologue: str = "") -> bytes:
    compte = len(foyers) if annonces is None else annonces
    return (
        f'<?xml version="1.0" encoding="windows-1252"?>{prologue}<Racine>{"".join(foyers)}'
        f"<TransmissionFlux><NBTOTDOSRSATRANSM>{compte:08d}</NBTOTDOSRSATRANSM></TransmissionFlux></Racine>"
    ).encode("cp1252")


@pytest.fixture
def lire(tmp_path):
    def _lire(contenu: bytes):
        chemin = tmp_path / "flux.xml"
        chemin.write_bytes(contenu)
        return list(flux_rsa.lire(chemin))

    return _lire


def _un(lire, **champs):
    recu, bilan = lire(_flux(_foyer(**champs)))
    assert bilan == Bilan(1, 1)
    assert isinstance(recu, Recu)
    return recu.dossier


@pytest.mark.parametrize("avec_schema", [False, True])
def test_le_flux_des_tiers_donne_deux_foyers_et_dit_l_ecart(donnees_tierces, avec_schema):
    dossier = donnees_tierces / "flux-rsa"
    xsd = dossier / "vrsb0801.xsd" if avec_schema else None
    entete, un, deux, bilan = flux_rsa.lire(dossier / "RSABEM.xml", xsd)
    assert entete == Entete(Nature.RSA_MENSUEL, "2022-02-28 2022-03-05T01:18:36")
    assert bilan == Bilan(annonces=1, lus=2)
    assert bilan.ecart == 1
    assert (un.dossier.cle.organisme, un.dossier.cle.numero_allocataire) == ("521", "2055990")
    assert deux.dossier.cle.numero_allocataire == "2089564"
    assert noms_admis(un.dossier) == {"TIFOUR", "KELLER"}
    assert {personne.role for personne in un.dossier.personnes} == {Role.CJT}
    assert un.dossier.personnes[0].activite.code == "CHO"
    assert un.dossier.personnes[0].activite.depuis == date(2021, 12, 20)
    assert un.dossier.adresse.lignes == ("25 RUE HENRI BARBUSSE",)
    assert un.dossier.adresse.code_commune == "92044"
    assert un.dossier.situation.familiale.depuis == date(1994, 10, 27)
    assert un.dossier.rsa.cloture.le == date(2021, 11, 30)
    assert un.dossier.rsa.personnes[0].ressources[0].montant == Decimal("1675.00")
    assert un.dossier.ressources is None
    assert un.dossier.liens.droits_rsa == (DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2021, 11, 30)),)
    assert deux.dossier.liens.droits_rsa == (DroitRsa(depuis=date(2018, 8, 6)),)
    assert deux.dossier.rsa.suspensions_versement[0].code == "06"


def test_le_nir_n_est_nulle_part(lire, donnees_tierces):
    tiers = list(flux_rsa.lire(donnees_tierces / "flux-rsa" / "RSABEM.xml"))
    assert "2820251108030" not in repr(tiers)
    assert "2880383126001" not in repr(lire(_flux(_foyer())))


def test_un_foyer_est_lu_avec_ses_accents_et_son_adresse_actuelle(lire):
    dossier = _un(lire)
    personne = dossier.personnes[0]
    assert (personne.nom_usage, personne.nom_naissance, personne.prenom) == ("LÉGER", "AUBRAC", "INÈS")
    assert personne.role is Role.DEM
    assert personne.precision_naissance == "J"
    assert personne.activite is None
    assert dossier.adresse.commune == "ICI"
    assert dossier.adresse.code_postal == "01000"
    assert dossier.adresse.code_commune == "2A004"
    assert dossier.situation.familiale.code == "ZZZ"
    assert dossier.situation.familiale.libelle is None
    assert dossier.fictif is False


@pytest.mark.parametrize(("lu", "role"), [("RDO", Role.DEM), ("AUT", Role.AUT), ("XXX", None)])
def test_le_role_est_celui_du_rsa(lire, lu, role):
    assert _un(lire, role=lu).personnes[0].role is role


def _etat(code: str, suite: str = "") -> str:
    return f"<EtatDossierRSA><ETATDOSRSA>{code}</ETATDOSRSA></EtatDossierRSA>{suite}"


FIN = "<FinDroit><MOTICLORSA>PCG</MOTICLORSA><DTCLORSA>2021-11-30</DTCLORSA></FinDroit>"
FIN_ANTERIEURE = FIN.replace("FinDroit>", "FinDroitMoisAnterieur>").replace("2021-11-30", "2020-05-31")
OUVERT = DroitRsa(depuis=date(2018, 8, 6))


@pytest.mark.parametrize(
    ("etat", "droits"),
    [
        (_etat("2"), (OUVERT,)),
        (_etat("3"), (OUVERT,)),
        (_etat("4"), (OUVERT,)),
        (_etat("5", FIN), (DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2021, 11, 30)),)),
        (_etat("6", FIN + FIN_ANTERIEURE), (DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2020, 5, 31)),)),
        (_etat("5"), ()),
        (_etat("6"), ()),
        (_etat("0"), ()),
        (_etat("1", FIN), ()),
        (_etat("Z"), ()),
        (_etat("8", FIN), ()),
        ("", ()),
    ],
)
def test_l_etat_du_dossier_dit_la_periode_de_rsa(lire, etat, droits):
    assert _un(lire, etat=etat).liens.droits_rsa == droits


def test_un_rsa_clos_avant_sa_demande_n_a_pas_de_periode(lire):
    assert _un(lire, etat=_etat("5", FIN), demande="2022-01-01").liens.droits_rsa == ()


def test_un_t18_ne_voit_pas_un_rsa_clos_sans_date(lire):
    liens = _un(lire, etat=_etat("5")).liens
    assert controler(Profil.T18, liens, Demande(), date(2021, 12, 1)) == "rsa_absent"


def _rmi(departement="52", type_="C", commune="7", agrement="1") -> str:
    return (
        f"<DemandeRMI><NumeroInstructionRMI><NUMDEPINSRMI>{departement}</NUMDEPINSRMI><TYPEINSRMI>{type_}</TYPEINSRMI>"
        f"<NUMCOMINSRMI>{commune}</NUMCOMINSRMI><NUMAGRINSRMI>{agrement}</NUMAGRINSRMI>"
        "<NUMDOSINSRMI>12345</NUMDOSINSRMI></NumeroInstructionRMI></DemandeRMI>"
    )


def test_le_numero_d_instructeur_vient_de_la_demande(lire):
    liens = _un(lire, rmi=_rmi()).liens
    assert liens.numeros_instructeur == ("052C0070100000",)
    assert controler(Profil.T4, liens, Demande(numero_instructeur="052C0070100000"), date(2026, 1, 1)) is None


def test_une_demande_sans_numero_est_inconnue_et_un_numero_mal_forme_n_en_est_pas_un(lire):
    assert _un(lire).liens.numeros_instructeur is None
    assert _un(lire, rmi=_rmi(departement="2A")).liens.numeros_instructeur == ()


def test_les_montants_du_calcul_sont_lus(lire):
    detail = (
        "<MontantsCalculDroitRSA><DDELECAL>2022-01-01</DDELECAL><MTTOTDRORSA>0000500.10</MTTOTDRORSA>"
        "</MontantsCalculDroitRSA><DetailCalculDroitRSA><NATPF>RSD</NATPF><SOUSNATPF>RSDN1</SOUSNATPF>"
        "<DDNATDRO>2021-01-01</DDNATDRO><MTRSAVERS>500.1</MTRSAVERS></DetailCalculDroitRSA>"
    )
    rsa = _un(lire, detail=detail).rsa
    assert rsa.montants.total_droit == Decimal("500.10")
    assert str(rsa.details[0].montant_verse) == "500.10"
    assert rsa.details[0].nature == "RSA socle"


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"matricule": "2055990"}, "MATRICULE"),
        ({"matricule": "205599000000001"}, "MATRICULE"),
        ({"matricule": ""}, "MATRICULE"),
        ({"fonorg": "MSA"}, "FONORG"),
        ({"demande": "06/08/2018"}, "DTDEMRSA"),
        ({"demande": "2018-02-30"}, "DTDEMRSA"),
        ({"detail": "<DetailCalculDroitRSA><MTRSAVERS>1e3</MTRSAVERS></DetailCalculDroitRSA>"}, "MTRSAVERS"),
    ],
)
def test_un_foyer_fautif_est_rejete_a_sa_place_et_les_autres_sont_gardes(lire, champs, champ):
    un, rejet, trois, bilan = lire(_flux(_foyer(), _foyer(**champs), _foyer()))
    assert isinstance(un, Recu) and isinstance(trois, Recu)
    assert isinstance(rejet, Rejet)
    ligne = next(n for n, texte in enumerate(_flux(_foyer(), _foyer(**champs)).decode("cp1252").splitlines(), 1)
                 if n > DEUXIEME_FOYER and f"<{champ}>" in texte)  # fmt: skip
    assert (rejet.place, rejet.champ) == (f"ligne {ligne}, foyer 2", champ)
    assert bilan == Bilan(3, 3)
    for valeur in champs.values():
        assert not valeur or valeur not in rejet.raison


def test_un_flux_ecourte_le_dit(lire):
    *_, bilan = lire(_flux(_foyer(), annonces=3))
    assert bilan.ecart == -2


def test_un_flux_sans_compte_le_dit(lire):
    assert lire(b"<Racine></Racine>") == [Bilan(None, 0)]


@pytest.mark.parametrize(
    "contenu",
    [
        _flux(_foyer())[:-40],
        b"<Racine><InfosFoyerRSA></Racine>",
        b"<autre/>",
        b"",
        _flux(_foyer(), prologue="<!DOCTYPE Racine>"),
        _flux(_foyer(), prologue='<!DOCTYPE Racine [<!ENTITY a "b">]>'),
        _flux(_foyer(), prologue='<!DOCTYPE Racine SYSTEM "http://exemple.invalid/x.dtd">'),
    ],
)
def test_un_fichier_casse_ou_avec_dtd_est_refuse_en_entier(lire, contenu):
    with pytest.raises(LectureImpossible):
        lire(contenu)


def test_une_entite_externe_n_est_jamais_lue(lire, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("TRES-SECRET")
    prologue = f'<!DOCTYPE Racine [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(LectureImpossible) as faute:
        lire(_flux(_foyer(role="&x;"), prologue=prologue))
    assert "SECRET" not in str(faute.value)


def test_un_schema_viole_arrete_la_lecture_sans_dire_la_valeur(donnees_tierces, tmp_path):
    chemin = tmp_path / "flux.xml"
    chemin.write_bytes(_flux(_foyer(matricule="VALEURSECRETE")))
    with pytest.raises(LectureImpossible) as faute:
        list(flux_rsa.lire(chemin, donnees_tierces / "flux-rsa" / "vrsb0801.xsd"))
    assert "VALEURSECRETE" not in str(faute.value)
    assert faute.value.__cause__ is None


def test_la_lecture_oublie_les_foyers_deja_lus(tmp_path):
    chemin = tmp_path / "flux.xml"
    chemin.write_bytes(_flux(*[_foyer()] * 50))
    for balise in flux_rsa._balises(chemin, None, lambda _: None):
        avant = list(balise.itersiblings(preceding=True))
        assert len(avant) <= 1
        assert not any(len(oublie) for oublie in avant)
