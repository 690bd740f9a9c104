"""Keys on disk."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest

from identity.adapters import cles
from identity.adapters.habilitation import JetonsPropres
from socle.cles import CleInconnue
from socle.travail import maintenant

CODE = "import sys; from pathlib import Path; from identity.adapters import cles; cles.ouvrir(Path(sys.argv[1]))"


def test_plusieurs_demarrages_a_la_fois_font_une_seule_cle_entiere(tmp_path):
    lances = [subprocess.Popen([sys.executable, "-c", CODE, str(tmp_path / "cles")]) for _ in range(3)]
    assert [lance.wait(60) for lance in lances] == [0, 0, 0]
    (fichier,) = (tmp_path / "cles").glob("*.pem")
    assert fichier.stat().st_mode & 0o777 == 0o600
    assert list(cles.ouvrir(tmp_path / "cles").jeu.publiques) == [fichier.stem]


def test_une_cle_porte_le_nom_de_son_empreinte_et_sert_au_demarrage_suivant(cles_faites):
    trousse = cles.ouvrir(cles_faites)
    jeu = trousse.jeu
    assert jeu.kid == cles.empreinte(jeu.privee.public_key()) and jeu.privee.key_size == 3072


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


def test_apres_une_rotation_la_neuve_signe_et_l_ancienne_verifie_encore_puis_disparait(tmp_path, cles_faites):
    dossier = shutil.copytree(cles_faites, tmp_path / "cles")
    en_marche = cles.ouvrir(dossier)
    avant, jeton = en_marche.jeu.kid, en_marche.signer({"aud": "mcp"})
    neuve = cles.tourner(dossier)
    attendre(lambda: en_marche.jeu.kid == neuve)
    assert jwt.get_unverified_header(en_marche.signer({}))["kid"] == neuve
    assert [cle["kid"] for cle in en_marche.jwks()["keys"]] == [avant, neuve]
    publiees = jwt.PyJWKSet.from_dict(en_marche.jwks())
    assert jwt.decode(jeton, publiees[avant].key, algorithms=["RS256"], audience="mcp")
    assert list(dossier.glob("*.pem")) == [dossier / f"{neuve}.pem"]
    il_y_a = time.time() - cles.RECOUVREMENT_S - 1
    os.utime(dossier / f"{neuve}.pub", (il_y_a, il_y_a))
    os.utime(dossier / f"{avant}.pub", (il_y_a - 9, il_y_a - 9))
    attendre(lambda: list(en_marche.jeu.publiques) == [neuve])


def test_une_cle_privee_perdue_se_remplace_sans_arreter_personne(tmp_path, cles_faites):
    dossier = shutil.copytree(cles_faites, tmp_path / "cles")
    en_marche = cles.ouvrir(dossier)
    avant = en_marche.jeu.kid
    (dossier / f"{avant}.pem").write_text("perdue")
    time.sleep(cles.REGARD_S)
    assert en_marche.jeu.kid == avant and en_marche.signer({})
    neuve = cles.tourner(dossier)
    attendre(lambda: en_marche.jeu.kid == neuve)
    assert set(en_marche.jeu.publiques) == set(cles.ouvrir(dossier).jeu.publiques) == {avant, neuve}


def test_une_cle_volee_n_est_plus_publiee_du_tout(tmp_path, cles_faites):
    dossier = shutil.copytree(cles_faites, tmp_path / "cles")
    en_marche = cles.ouvrir(dossier)
    trousseau, avant = en_marche.trousseau(tmp_path), en_marche.jeu.kid
    neuve = cles.tourner(dossier, compromise=True)
    attendre(lambda: list(en_marche.jeu.publiques) == [neuve])
    with pytest.raises(CleInconnue):
        trousseau.cle(avant)
    assert trousseau.cle(neuve)


def test_un_jeton_de_service_garde_ne_survit_pas_a_la_cle_qui_l_a_signe(tmp_path, cles_faites):
    dossier = shutil.copytree(cles_faites, tmp_path / "cles")
    en_marche = cles.ouvrir(dossier)
    jetons = JetonsPropres(en_marche, "http://ici", maintenant)
    garde = jetons("habilitation")
    assert jetons("habilitation") == garde
    neuve = cles.tourner(dossier, compromise=True)
    attendre(lambda: en_marche.jeu.kid == neuve)
    assert jwt.get_unverified_header(jetons("habilitation"))["kid"] == neuve


def attendre(condition):
    fin = time.monotonic() + 3
    while not condition():
        assert time.monotonic() < fin
        time.sleep(0.05)


def test_le_trousseau_connait_nos_cles_sans_rien_demander(tmp_path, cles_faites):
    trousse = cles.ouvrir(cles_faites)
    trousseau = trousse.trousseau(tmp_path)
    assert trousseau.garni and trousseau.cle(trousse.jeu.kid)
    assert json.loads((tmp_path / "jwks.json").read_text()) == trousse.jwks()
