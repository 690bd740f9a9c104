"""CSV: what a spreadsheet reads is what the event says, and never a formula."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.domain.accueil import Entree
from audit.domain.chaine import Recu
from audit.domain.evenement import interpreter
from audit.domain.tableau import COLONNES, PREUVE, en_csv


class FORGE:
    """The forge of the fixtures, for what hypothesis repeats."""

    @staticmethod
    def evenement(**champs):
        data = {"acte": "a", "issue": "accorde", "service": "cdap"} | champs
        dit = {"specversion": "1.0", "id": "0192f3a0-7b1c-7000-8000-000000000001", "source": "cdap"}
        dit |= {"type": "cdap.rubrique.lue", "time": "2026-03-02T09:00:00Z", "data": data}
        return json.dumps(dit).encode()

    @staticmethod
    def chainer(corps):
        return (Recu(1, 1, "0" * 64, "a" * 64, corps),)


def _lire(*entrees):
    texte = b"".join(en_csv(entrees)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texte, newline=""), delimiter=";"))


def _entree(forge, **champs):
    (recu,) = forge.chainer(forge.evenement(**champs))
    return Entree("cdap", recu, interpreter(recu.corps))


def test_les_entetes_sont_en_francais_et_chaque_champ_a_sa_colonne(forge):
    entetes, ligne = _lire(
        _entree(forge, sujet="ACC7K2M", dossier={"organisme": "831", "numero_allocataire": "0412377"})
    )
    assert entetes == [*COLONNES, *PREUVE]
    lu = dict(zip(entetes, ligne, strict=True))
    assert (lu["Utilisateur"], lu["Organisme du dossier"], lu["Numéro d’allocataire"]) == ("ACC7K2M", "831", "0412377")
    assert (lu["Source"], lu["Rang"], lu["Cause"]) == ("cdap", "1", "")


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_aucune_cellule_n_est_une_formule(forge, debut):
    formule = debut + 'HYPERLINK("http://x";"y")'
    _, ligne = _lire(_entree(forge, objet=formule))
    assert ligne[[*COLONNES].index("Objet")] == "'" + formule


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40))
def test_quoi_qu_une_source_ecrive_le_tableau_a_ses_lignes_et_ses_colonnes(texte):
    _, ligne = _lire(_entree(FORGE, objet=texte))
    lu = ligne[[*COLONNES].index("Objet")]
    assert len(ligne) == len(COLONNES) + len(PREUVE)
    assert lu in (texte, "'" + texte)
    assert not lu.startswith(("=", "+", "-", "@"))


def test_un_evenement_illisible_garde_sa_ligne_et_sa_preuve():
    recu = Recu(7, 1, "0" * 64, "a" * 64, b"?")
    _, ligne = _lire(Entree("cdap", recu, None))
    assert ligne == [""] * len(COLONNES) + ["cdap", "7", "a" * 64]
