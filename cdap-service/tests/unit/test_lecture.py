"""The content of a file, not its name, decides how it is read."""

import pytest

from cdap.adapters.lecture import Bilan, LectureImpossible, Recu, ouvrir

NDJSON = b'{"cle":{"organisme":"831","numero_allocataire":"0412377"},"fictif":true}\n'
YAML = (
    b"status: 200\nparams: {numeroAllocataire: 7}\n"
    b'payload: \'{"allocataires":[{"nomPrenom":"A DUPONT"},{"nomPrenom":"B DUPONT"}]}\'\n'
)


@pytest.fixture
def fichier(tmp_path):
    def _fichier(contenu: bytes):
        chemin = tmp_path / "sans-extension"
        chemin.write_bytes(contenu)
        return chemin

    return _fichier


@pytest.mark.parametrize("debut", [b"", b"\n  \n", b"\xef\xbb\xbf"])
def test_une_accolade_annonce_du_ndjson(fichier, debut):
    (lu,) = ouvrir(fichier(debut + NDJSON))
    assert isinstance(lu, Recu)


@pytest.mark.parametrize("debut", [b"", b"\xef\xbb\xbf", b"  \n"])
def test_un_chevron_annonce_un_flux_rsa(fichier, debut):
    assert list(ouvrir(fichier(debut + b"<Racine></Racine>"))) == [Bilan(None, 0)]


@pytest.mark.parametrize("debut", [b"---\n", b"", b"\xef\xbb\xbf---\n"])
def test_un_document_yaml_annonce_un_quotient_familial(fichier, debut):
    (lu,) = ouvrir(fichier(debut + YAML), "441")
    assert lu.dossier.cle.organisme == "441"


def test_un_quotient_familial_sans_organisme_est_refuse(fichier):
    with pytest.raises(LectureImpossible, match="organisme"):
        ouvrir(fichier(YAML))


@pytest.mark.parametrize("contenu", [b"", b"MATRICULE;ROLE PERSONNE;NIR\n", b"\x1f\x8b\x08", b"PK\x03\x04", b"[]"])
def test_un_format_inconnu_est_refuse_avant_toute_lecture(fichier, contenu):
    with pytest.raises(LectureImpossible, match="format inconnu"):
        ouvrir(fichier(contenu), "441")


def test_un_fichier_absent_est_refuse(tmp_path):
    with pytest.raises(LectureImpossible, match="illisible"):
        ouvrir(tmp_path / "absent")
