"""Documents: accessible, the same bytes for the same data, and silent about the data when they fail."""

from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from socle.documents import DocumentImpossible, composer

LE = datetime(2026, 1, 7, 8, 30, tzinfo=UTC)
GABARIT = """
#let d = json(bytes(sys.inputs.donnees))
#set document(title: d.titre)
#set text(lang: "fr", font: "Libertinus Serif")
= #d.titre
#table(columns: 2, table.header[Prestation][Montant], ..d.lignes.flatten())
"""
DONNEES = {"titre": "Récapitulatif", "lignes": [["Première", "12,00"], ["Seconde", "3,50"]]}


@pytest.fixture
def gabarit(tmp_path: Path) -> Path:
    fichier = tmp_path / "essai.typ"
    fichier.write_text(GABARIT)
    return fichier


def test_le_document_dit_son_titre_sa_langue_et_sa_structure(gabarit: Path, tmp_path: Path) -> None:
    sortie = tmp_path / "essai.pdf"
    sortie.write_bytes(composer(gabarit, DONNEES, LE))
    with pikepdf.open(sortie) as lu, lu.open_metadata() as dit:
        assert dit["pdfuaid:part"] == "1"
        assert dit["dc:title"] == "Récapitulatif"
        assert str(lu.Root.Lang) == "fr"
        assert bool(lu.Root.MarkInfo.Marked)
        assert bool(lu.Root.ViewerPreferences.DisplayDocTitle)
        assert "/StructTreeRoot" in lu.Root


def test_les_memes_donnees_donnent_les_memes_octets(gabarit: Path) -> None:
    assert composer(gabarit, DONNEES, LE) == composer(gabarit, DONNEES, LE)


@pytest.mark.parametrize(
    "faute",
    [
        pytest.param(GABARIT.replace("#set document(title: d.titre)\n", ""), id="sans titre"),
        pytest.param(GABARIT.replace("Libertinus Serif", "Police Absente"), id="police inconnue"),
        pytest.param(GABARIT.replace("d.lignes", "d.absent"), id="donnee absente"),
        pytest.param(GABARIT + "\n#panic(d.titre)", id="faute qui cite la donnee"),
    ],
)
def test_une_faute_se_dit_sans_la_donnee(gabarit: Path, faute: str) -> None:
    gabarit.write_text(faute)
    with pytest.raises(DocumentImpossible) as dit:
        composer(gabarit, DONNEES, LE)
    assert "Récapitulatif" not in f"{dit.value!r}{dit.value.__cause__!r}"
