"""The quotient familial answers: the third-party files, then the untidiness that they announce."""

import json
from datetime import date

import pytest

from cdap.adapters import quotient_familial
from cdap.adapters.recus import LectureImpossible, Recu, Rejet
from cdap.domain.dossiers import Cle, noms_admis, repond_au_nom
from cdap.domain.foyer import Civilite, PrecisionDate, Role
from cdap.domain.versements import QuotientFamilial


def _reponse(numero="2345678", status="200", **changements) -> str:
    payload = {
        "quotientFamilial": 1234,
        "mois": 7,
        "annee": 2022,
        "allocataires": [
            {"nomPrenom": "MARIE DUPONT", "dateDeNaissance": "01031988", "sexe": "F"},
            {"nomPrenom": "DUPONT JEAN-MARC", "dateDeNaissance": "00041990", "sexe": "M"},
        ],
        "enfants": [{"nomPrenom": "Jeanne Dupont", "dateDeNaissance": "00002012", "sexe": "F"}],
        "adresse": {"numeroRue": "42 RUE DE LA PAIX", "lieuDit": "", "codePostalVille": "75001 PARIS"},
    } | changements
    tete = f"---\nparams:\n  numeroAllocataire: {numero}\nstatus: {status}\n"
    return f"{tete}payload: |-\n  {json.dumps(payload)}\n"


@pytest.fixture
def lire(tmp_path):
    def _lire(texte: str | bytes):
        chemin = tmp_path / "reponse.yaml"
        chemin.write_bytes(texte if isinstance(texte, bytes) else texte.encode())
        (lu,) = quotient_familial.lire(chemin, "441")
        return lu

    return _lire


def test_les_22_reponses_des_tiers_donnent_19_dossiers_et_3_rejets(donnees_tierces):
    lus = [
        lu
        for chemin in sorted((donnees_tierces / "quotient-familial").glob("*.yaml"))
        for lu in quotient_familial.lire(chemin, "441")
    ]
    recus = {lu.dossier.cle.numero_allocataire: lu.dossier for lu in lus if isinstance(lu, Recu)}
    assert len(recus) == 19
    assert [(lu.place, lu.champ) for lu in lus if isinstance(lu, Rejet)] == [("réponse", "status")] * 3
    assert recus["4400117"].cle == Cle("441", "4400117")
    assert noms_admis(recus["4400117"]) == {"ROBIN"}
    assert recus["4400117"].quotient_familial == QuotientFamilial(valeur=2000, mois="2023-07")
    assert noms_admis(recus["2345678"]) == {"DUPONT"}
    assert noms_admis(recus["4400113"]) == {"ROUSSEL"}
    assert all(len(noms_admis(dossier)) == 1 for dossier in recus.values())


def test_une_reponse_donne_un_dossier(lire):
    dossier = lire(_reponse()).dossier
    responsable, conjoint, enfant = dossier.personnes
    assert (responsable.role, conjoint.role, enfant.role) == (Role.DEM, Role.CJT, Role.ENF)
    assert (responsable.nom_usage, responsable.prenom) == ("DUPONT", "MARIE")
    assert (conjoint.nom_usage, conjoint.prenom) == ("DUPONT", "JEAN-MARC")
    assert (responsable.civilite, conjoint.civilite, enfant.civilite) == (Civilite.MME, Civilite.MR, None)
    assert responsable.date_naissance == date(1988, 3, 1)
    assert conjoint.precision_naissance is PrecisionDate.J
    assert (enfant.date_naissance, enfant.precision_naissance) == (date(2012, 1, 1), PrecisionDate.O)
    assert dossier.adresse.lignes == ("42 RUE DE LA PAIX",)
    assert (dossier.adresse.code_postal, dossier.adresse.commune) == ("75001", "PARIS")
    assert dossier.paiements is None
    assert dossier.fictif is False
    assert not repond_au_nom(dossier, "MARIE")


@pytest.mark.parametrize(
    ("numero", "attendu"),
    [("412377", "0412377"), ("0412377", "0412377"), ("'0412377'", "0412377"), ("9", "0000009")],
)
def test_le_numero_garde_ses_zeros_et_n_est_jamais_lu_en_octal(lire, numero, attendu):
    assert lire(_reponse(numero)).dossier.cle.numero_allocataire == attendu


@pytest.mark.parametrize("valeur", [None, 0, ""])
def test_un_quotient_nul_ou_absent_reste_inconnu(lire, valeur):
    assert lire(_reponse(quotientFamilial=valeur)).dossier.quotient_familial == QuotientFamilial(mois="2022-07")


def test_une_ville_ou_un_mois_absents_sont_inconnus(lire):
    dossier = lire(_reponse(mois=None, adresse={"codePostalVille": "44000"})).dossier
    assert dossier.quotient_familial.mois is None
    assert (dossier.adresse.code_postal, dossier.adresse.commune) == ("44000", None)
    assert lire(_reponse(adresse=None)).dossier.adresse is None


def _gens(*noms: str) -> dict:
    return {"allocataires": [{"nomPrenom": nom} for nom in noms], "enfants": None}


@pytest.mark.parametrize(
    "gens",
    [
        _gens("DUPONT MARIE"),
        _gens("DUPONT MARIE", "MARTIN JEAN"),
        _gens("LE GALL MARIE", "LE GALL JEAN"),
        _gens("ROUSSEL CAMILLE", "CAMILLE ROUSSEL"),
        _gens("DUPONT MARIE", ""),
        _gens("- MARIE", "- JEAN"),
        {"allocataires": [{"nomPrenom": "DUPONT MARIE"}, {}]},
        {"enfants": [{"nomPrenom": "MARTIN LEO"}]},
    ],
)
def test_un_nom_de_famille_incertain_est_rejete(lire, gens):
    rejet = lire(_reponse(**gens))
    assert isinstance(rejet, Rejet)
    assert rejet.champ == "payload.nomPrenom"
    assert not any(mot in rejet.raison for mot in ("DUPONT", "MARIE", "GALL"))


@pytest.mark.parametrize(
    ("texte", "champ"),
    [
        (_reponse(status="404"), "status"),
        (_reponse(numero="12345678"), "params.numeroAllocataire"),
        (_reponse(numero=""), "params.numeroAllocataire"),
        (_reponse(quotientFamilial="beaucoup"), "payload.quotientFamilial"),
        (_reponse(quotientFamilial=-5), "payload.quotientFamilial"),
        (_reponse(quotientFamilial=True), "payload.quotientFamilial"),
        (_reponse(mois=13), "payload.mois"),
        (_reponse(allocataires=[]), "payload.allocataires"),
        (_reponse(allocataires="DUPONT"), "payload.allocataires"),
        (
            _reponse(enfants=[{"nomPrenom": "DUPONT LEO", "dateDeNaissance": "31022012"}]),
            "payload.enfants[0].dateDeNaissance",
        ),
        (
            _reponse(enfants=[{"nomPrenom": "DUPONT LEO", "dateDeNaissance": "2012-02-01"}]),
            "payload.enfants[0].dateDeNaissance",
        ),
        ("---\nstatus: 200\nparams: {numeroAllocataire: 1}\npayload: '{'\n", "payload"),
        ("---\nstatus: 200\nparams: 1\n", "params"),
        ("---\n- a\n", None),
        ("---\na: [\n", None),
        (b"---\na: \xff\xfe\n", None),
    ],
)
def test_une_reponse_fautive_est_rejetee_avec_son_champ(lire, texte, champ):
    rejet = lire(texte)
    assert isinstance(rejet, Rejet)
    assert (rejet.place, rejet.champ) == ("réponse", champ)


def test_un_objet_python_dans_le_yaml_n_est_pas_construit(lire, tmp_path):
    trace = tmp_path / "trace"
    lire(f"---\nstatus: !!python/object/apply:pathlib.Path.touch [{trace}]\n")
    assert not trace.exists()


def test_l_organisme_est_un_code_de_caf(tmp_path):
    with pytest.raises(LectureImpossible):
        list(quotient_familial.lire(tmp_path / "absent.yaml", "Nantes"))
    with pytest.raises(LectureImpossible):
        list(quotient_familial.lire(tmp_path / "absent.yaml", "441"))
