"""Keys on disk."""

import json
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from identity.adapters import cles

CODE = "import sys; from pathlib import Path; from identity.adapters import cles; cles.ouvrir(Path(sys.argv[1]))"


def test_plusieurs_demarrages_a_la_fois_font_une_seule_cle_entiere(tmp_path):
    lances = [subprocess.Popen([sys.executable, "-c", CODE, str(tmp_path / "cles")]) for _ in range(3)]
    assert [lance.wait(60) for lance in lances] == [0, 0, 0]
    (fichier,) = (tmp_path / "cles").glob("*.pem")
    assert fichier.stat().st_mode & 0o777 == 0o600
    assert list(cles.ouvrir(tmp_path / "cles").privees) == [fichier.stem]


def test_une_cle_porte_le_nom_de_son_empreinte_et_sert_au_demarrage_suivant(cles_faites):
    trousse = cles.ouvrir(cles_faites)
    (kid,) = trousse.privees
    assert kid == cles.empreinte(trousse.privees[kid].public_key()) and trousse.privees[kid].key_size == 3072


def test_l_empreinte_est_celle_de_la_rfc_7638():
    exemple = {
        "kty": "RSA",
        "e": "AQAB",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
        "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
        "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
        "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    }
    assert cles.empreinte(jwt.PyJWK(exemple, "RS256").key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_une_cle_illisible_est_un_refus_de_demarrer_qui_ne_montre_rien(tmp_path):
    (tmp_path / "a.pem").write_text("secret-illisible")
    (tmp_path / "a.pem").chmod(0o600)
    with pytest.raises(SystemExit) as refus:
        cles.ouvrir(tmp_path)
    assert "secret-illisible" not in str(refus.value)


def test_une_cle_que_d_autres_peuvent_lire_est_un_refus_de_demarrer(tmp_path: Path, cles_faites: Path):
    (source,) = cles_faites.glob("*.pem")
    (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / source.name).chmod(0o644)
    with pytest.raises(SystemExit):
        cles.ouvrir(tmp_path)


def test_le_trousseau_connait_nos_cles_sans_rien_demander(tmp_path, cles_faites):
    trousse = cles.ouvrir(cles_faites)
    trousseau = trousse.trousseau(tmp_path)
    (kid,) = trousse.privees
    assert trousseau.garni and trousseau.cle(kid)
    assert json.loads((tmp_path / "jwks.json").read_text()) == trousse.jwks()
