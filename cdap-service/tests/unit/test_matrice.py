"""The 224 cells of the matrix, against a transcription of the slide that owes nothing to the code's."""

import pytest

from cdap.domain.profils import RUBRIQUES, TABLE, Profil, Rubrique, est_ouverte, lire_table

# The slide « Les Rubriques accessibles » as its text has it, one bar a column.
DIAPOSITIVE = """
T1|x|x|x|x|x|x|x|x|x|x|||x|x
T2|x|||||||||||||
T4|x|||x|x||x|x|||||x|
T5|x|||x|x||x|x|||||x|
T6|x||||||||||x|x||
T8|x||||||||||x|x||
T9|x|x|x|x|x|x|x|x|x||||x|x
T10|x|||||||||||||
T11|x|x|x|x|x||||x||||x|
T12|x|x|x|x|||||||||x|
T13|x|x|x|x|x|x|x||x|x|||x|
T14|x|||||||||||||
T15|x|||||||||||||
T16|x||x|x|x|x|x||||||x|
T18|x||x|x|x|x|x|||||||
T19|x|x|x|x|x||x|x|x|x|||x|x
"""
COLONNES = {
    "Fiche synthèse": "synthese",
    "Paiements": "paiements",
    "Dossier": "dossier",
    "Famille": "famille",
    "Droits": "droits",
    "Logement": "logement",
    "Ressources": "ressources",
    "RSA": "rsa",
    "Créances": "creances",
    "Courriers": "courriers",
    "CMU CMUC RSA": "cmu-rsa",
    "CMUC Ress.": "cmuc-ressources",
    "Données complém.": "donnees-complementaires",
    "Attest. paiement": "attestation-paiement",
}


def _cellules() -> list[tuple[str, str, bool]]:
    lues = []
    for ligne in DIAPOSITIVE.split():
        profil, *marques = ligne.split("|")
        assert len(marques) == len(COLONNES)
        lues += [(profil, slug, marque == "x") for slug, marque in zip(COLONNES.values(), marques, strict=True)]
    return lues


def test_la_diapositive_compte_224_cases_dont_91_ouvertes():
    cellules = _cellules()
    assert len(cellules) == 224
    assert sum(ouverte for _, _, ouverte in cellules) == 91


@pytest.mark.parametrize(("profil", "slug", "ouverte"), _cellules())
def test_chaque_case_est_celle_de_la_diapositive(profil, slug, ouverte):
    assert est_ouverte(Profil(profil), Rubrique(slug)) is ouverte


def test_la_matrice_ouvre_91_cases_et_connait_les_16_profils():
    assert len(RUBRIQUES) == 16
    assert sum(map(len, RUBRIQUES.values())) == 91
    assert RUBRIQUES.keys() == set(Profil)


def test_seuls_t1_t9_et_t19_ont_l_attestation():
    ayants = {profil for profil in Profil if est_ouverte(profil, Rubrique.ATTESTATION_PAIEMENT)}
    assert ayants == {Profil.T1, Profil.T9, Profil.T19}


def test_les_slugs_sont_ceux_du_contrat_dans_leur_ordre():
    assert " ".join(Rubrique) == (
        "synthese dossier paiements droits famille logement ressources rsa creances courriers cmu-rsa"
        " cmuc-ressources donnees-complementaires attestation-paiement"
    )


def _sans_la_ligne(profil: str) -> str:
    return "\n".join(ligne for ligne in TABLE.splitlines() if not ligne.startswith(f"{profil} "))


@pytest.mark.parametrize(
    "table",
    [
        "",
        TABLE.replace("syn", "sin"),
        TABLE.replace("pai", "syn"),
        TABLE.replace("T2 ", "T3 "),
        TABLE.replace("T2 ", "T1 "),
        TABLE.replace("T10   x", "T10   o"),
        TABLE.replace("T10   x", "T10"),
        TABLE.replace("T10   x", "T10   x x"),
        _sans_la_ligne("T19"),
        TABLE + "\nT1 " + "x " * 14,
    ],
)
def test_une_table_illisible_est_refusee(table):
    with pytest.raises(ValueError):
        lire_table(table)
