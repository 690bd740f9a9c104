"""A secret that is turned while it is used: nobody is refused, at no moment."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from atelier.postgres import MOT_DE_PASSE, Grappe, grappe
from socle.database import ouvrir
from socle.refus import VoisinIndisponible
from socle.secret import SecretIllisible, essais, lire, suivant
from socle.settings import Reglages
from socle.voisins import JetonsDeService


class ReglagesDEssai(Reglages):
    service: ClassVar[str] = "essai"


@pytest.fixture
def fichier(tmp_path: Path) -> Path:
    chemin = tmp_path / "secrets" / "essai" / "base_app"
    chemin.parent.mkdir(parents=True)
    remplacer(chemin, MOT_DE_PASSE)
    return chemin


def remplacer(chemin: Path, mot: str) -> None:
    provisoire = chemin.with_name(f".{chemin.name}")
    provisoire.write_text(mot + "\n")
    provisoire.replace(chemin)


def test_un_secret_est_relu_quand_son_fichier_change(fichier: Path) -> None:
    assert (lire(fichier), lire(fichier)) == (MOT_DE_PASSE, MOT_DE_PASSE)
    remplacer(fichier, "second")
    assert lire(fichier) == "second"
    fichier.write_text("sur place, autre longueur")
    os.utime(fichier, ns=(1, 1))
    assert lire(fichier) == "sur place, autre longueur"


def test_ce_qui_ne_se_lit_pas_est_dit_sans_son_contenu(fichier: Path) -> None:
    fichier.write_bytes("mot-à-taire".encode())
    for chemin in (fichier, fichier.with_name("rien"), fichier.parent):
        with pytest.raises(SecretIllisible) as refus:
            lire(chemin)
        assert str(refus.value) == str(chemin)
    with pytest.raises(SecretIllisible):
        next(essais(fichier))


def test_pendant_la_rotation_les_deux_mots_sont_proposes(fichier: Path) -> None:
    assert list(essais(fichier)) == [MOT_DE_PASSE]
    remplacer(suivant(fichier), "second")
    assert list(essais(fichier)) == [MOT_DE_PASSE, "second"]
    cours = essais(fichier)  # begun before the end of the rotation, and gone on with after it
    assert next(cours) == MOT_DE_PASSE
    remplacer(fichier, "second")
    suivant(fichier).unlink()
    assert list(cours) == ["second"]


@pytest.mark.timeout(600)
def test_la_base_est_jointe_a_chaque_pas_de_la_rotation(fichier: Path, tmp_path: Path) -> None:
    with grappe() as base, _engine(base, tmp_path) as engine:
        assert "secret" not in str(engine.url) and MOT_DE_PASSE not in str(engine.url)
        for pas in _rotation(base, fichier):
            assert _un(engine) == 1, pas
        remplacer(fichier, "autre")
        with pytest.raises(OperationalError, match="password authentication failed") as refus:
            _un(engine)
        assert "autre" not in str(refus.value)
        fichier.unlink()
        with pytest.raises(OperationalError, match="illisible"):
            _un(engine)
        remplacer(fichier, "second")
        assert _un(engine) == 1


def _rotation(base: Grappe, fichier: Path) -> Iterator[str]:
    yield "avant"
    remplacer(suivant(fichier), "second")
    yield "le suivant est posé"
    base.sql("ALTER ROLE mcp_app PASSWORD 'second'")
    yield "la base a changé"
    remplacer(fichier, "second")
    yield "le fichier a changé"
    suivant(fichier).unlink()
    yield "après"


@contextmanager
def _engine(base: Grappe, dossier: Path) -> Iterator[Engine]:
    engine = ouvrir(ReglagesDEssai(var=dossier, database_url=base.adresse).base)
    yield engine
    engine.dispose()


def _un(engine: Engine) -> Any:
    """Asked on a new connection."""
    engine.dispose()
    with engine.connect() as connexion:
        return connexion.execute(text("SELECT 1")).scalar_one()


class _Identity(BaseHTTPRequestHandler):
    """Gives a token to who knows the second secret."""

    def do_POST(self) -> None:
        demande = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        bon = demande["secret"] == "second"
        corps = json.dumps({"access_token": f"pour {demande['cible']}", "expires_in": 900} if bon else {}).encode()
        self.send_response(200 if bon else 401)
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def test_identity_est_convaincue_par_l_un_des_deux_mots(fichier: Path) -> None:
    remplacer(suivant(fichier), "second")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Identity) as identity:
        threading.Thread(target=identity.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{identity.server_port}"
        assert JetonsDeService(url, "essai", partial(essais, fichier))("cdap") == "pour cdap"
        suivant(fichier).unlink()
        with pytest.raises(VoisinIndisponible):
            JetonsDeService(url, "essai", partial(essais, fichier))("cdap")
        fichier.unlink()
        with pytest.raises(VoisinIndisponible):
            JetonsDeService(url, "essai", partial(essais, fichier))("cdap")
        identity.shutdown()
