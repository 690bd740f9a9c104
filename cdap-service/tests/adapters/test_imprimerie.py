"""The PDF of the attestation: what a screen reader finds in it, and that it says the data and nothing else."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pikepdf
import pytest
from pypdf import PdfReader

from cdap.adapters.cafs import charger
from cdap.adapters.imprimerie import Imprimerie, montant
from cdap.domain.attestation import Attestation, Certifie, LigneCertifiee, QuotientCertifie
from cdap.domain.foyer import Adresse, Civilite

RECU = "01a2100d-d7d5-714b-992c-a56be16f9456"
LE = datetime(2022, 1, 7, 8, 30, 12, 345678, tzinfo=UTC)
LIGNES = (
    LigneCertifiee(prestation="Aide personnalisée au logement (Apl)", montant=Decimal("273.87")),
    LigneCertifiee(prestation="Allocation aux adultes handicapés", montant=Decimal("503.60")),
    LigneCertifiee(prestation="Majoration pour la vie autonome", montant=Decimal("1104.77")),
)
# The attestation of the webinar's slide, with invented persons.
ATTESTATION = Attestation(
    organisme="831",
    numero_allocataire="0412377",
    le=date(2022, 1, 7),
    mois="2021-12",
    personnes=(
        Certifie(civilite=Civilite.MR, nom="LEFÈVRE-D’ORMESSON", prenom="YANNICK", date_naissance=date(1985, 11, 30)),
        Certifie(civilite=Civilite.MME, nom="ŒUVRARD", prenom="INÈS", date_naissance=date(1986, 2, 3)),
    ),
    adresse=Adresse(lignes=("ÉTAGE 1 NUMÉRO 033", "12 RUE DES LILAS"), code_postal="83000", commune="TOULON"),
    lignes=LIGNES,
    total=Decimal("1882.24"),
    quotient_familial=QuotientCertifie(valeur=1057, mois="2021-12"),
)
CAF = charger(None).lire("831")


def imprimer(attestation=ATTESTATION, caf=CAF):
    return Imprimerie().imprimer(attestation, caf, RECU, LE)


def texte(pdf):
    """What the pages say, each run of spaces and ends of line as one space."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return " ".join("\n".join(pages).replace("\u00a0", " ").replace("\u202f", " ").split())


def structure(noeud, profondeur=0):
    """The tags of the structure tree, in reading order."""
    if not isinstance(noeud, pikepdf.Dictionary):
        return []
    enfants = noeud.get("/K")
    enfants = list(enfants) if isinstance(enfants, pikepdf.Array) else [enfants]
    ici = [str(noeud["/S"])] if "/S" in noeud else []
    return ici + [tag for enfant in enfants for tag in structure(enfant, profondeur + 1)]


def test_le_document_est_pdf_ua_1_avec_titre_langue_et_structure():
    with pikepdf.open(io.BytesIO(imprimer())) as pdf, pdf.open_metadata() as dit:
        assert dit["pdfuaid:part"] == "1"
        assert dit["dc:title"] == "Attestation de paiement – décembre 2021"
        assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("fr", True)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert dit["pdf:Keywords"] == RECU
        tags = structure(pdf.Root.StructTreeRoot)
        assert [tag for tag in tags if tag.startswith("/H")] == ["/H1", "/H2"]
        assert (tags.count("/Table"), tags.count("/THead"), tags.count("/TFoot")) == (1, 1, 1)
        assert (tags.count("/TH"), tags.count("/TD")) == (2, 2 * (len(LIGNES) + 1))
        for page in pdf.pages:
            assert str(page.Tabs) == "/S"
            for police in page.Resources.Font.values():
                descendante = police.DescendantFonts[0] if "/DescendantFonts" in police else police
                assert any(nom in descendante.FontDescriptor for nom in ("/FontFile2", "/FontFile3"))
                assert "/ToUnicode" in police


def test_le_texte_extrait_est_celui_du_webinaire_avec_les_donnees():
    lu = texte(imprimer())
    for attendu in (
        "Caf du Var",
        "Code organisme : 831",
        "Numéro allocataire : 0412377",
        "Monsieur LEFÈVRE-D’ORMESSON YANNICK ÉTAGE 1 NUMÉRO 033 12 RUE DES LILAS 83000 TOULON",
        "Le 07/01/2022",
        "Vos prestations Caf Attestation de paiement",
        "Le directeur de la Caf du Var certifie que :",
        "Monsieur LEFÈVRE-D’ORMESSON YANNICK, né le 30/11/1985",
        "Madame ŒUVRARD INÈS, née le 03/02/1986",
        "ont perçu les prestations suivantes pour le mois de décembre 2021 :",
        "PRESTATIONS MONTANT",
        "Aide personnalisée au logement (Apl) 273,87 €",
        "Allocation aux adultes handicapés 503,60 €",
        "Majoration pour la vie autonome 1 104,77 €",
        "Soit au total 1 882,24 €",
        "Quotient familial décembre 2021 : 1 057 €",
        "Attestation délivrée compte tenu des informations connues à ce jour par la Caf du Var.",
        "Les prestations versées par la caisse d’Allocations familiales sont insaisissables sauf pour le paiement"
        " des dettes alimentaires.",
        "l’obligation de nous signaler immédiatement tout changement de situation",
        "L. 114-9 du code de la Sécurité sociale",
        "441-1 du code pénal",
        "loi n° 78-17 du 6 janvier 1978",
        f"Référence de délivrance : {RECU}",
    ):
        assert attendu in lu, attendu


def test_une_personne_seule_sans_civilite_ni_naissance_ni_adresse():
    seule = replace(
        ATTESTATION,
        personnes=(Certifie(civilite=None, nom="LE GALL", prenom=None, date_naissance=None),),
        adresse=None,
    )
    lu = texte(imprimer(seule))
    assert "certifie que : LE GALL a perçu les prestations" in lu
    assert "None" not in lu and "none" not in lu


@pytest.mark.parametrize("pays", [None, "FRANCE", "France "])
def test_le_pays_ne_s_ecrit_pas_en_france(pays):
    lu = texte(imprimer(replace(ATTESTATION, adresse=replace(ATTESTATION.adresse, pays=pays))))
    assert "83000 TOULON" in lu and "france" not in lu.casefold()


def test_un_autre_pays_est_la_derniere_ligne_de_l_adresse():
    ailleurs = Adresse(lignes=("RUE HAUTE 12",), code_postal="1000", commune="BRUXELLES", pays="BELGIQUE")
    assert "RUE HAUTE 12 1000 BRUXELLES BELGIQUE" in texte(imprimer(replace(ATTESTATION, adresse=ailleurs)))


def test_une_longue_attestation_tient_sur_plusieurs_pages_et_ne_perd_pas_une_ligne():
    lignes = tuple(
        LigneCertifiee(prestation=f"Prestation {rang:03d} " + "au libellé très long " * 6, montant=Decimal("1.00"))
        for rang in range(120)
    )
    pdf = imprimer(replace(ATTESTATION, lignes=lignes, total=Decimal("120.00")))
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 1
    lu = texte(pdf)
    assert all(f"Prestation {rang:03d} " in lu for rang in range(120))
    assert lu.count("Soit au total 120,00 €") == lu.count("Soit au total") == 1


def test_les_memes_arguments_donnent_les_memes_octets():
    assert imprimer() == imprimer()


@pytest.mark.parametrize(
    ("euros", "ecrit"),
    [("0.05", "0,05"), ("273.87", "273,87"), ("1064.21", "1\u202f064,21"), ("-1234567.80", "-1\u202f234\u202f567,80")],
)
def test_un_montant_s_ecrit_a_la_francaise(euros, ecrit):
    assert montant(Decimal(euros)) == f"{ecrit}\u00a0€"
