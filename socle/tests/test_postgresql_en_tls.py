"""A database with an authority configured is reached by TLS, from who it says it is, or not at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from atelier.certificats import Autorite
from atelier.postgres import MOT_DE_PASSE, Grappe, grappe
from socle.database import ouvrir
from socle.settings import Reglages

pytestmark = pytest.mark.timeout(600)


class ReglagesDEssai(Reglages):
    service: ClassVar[str] = "essai"


@pytest.fixture(scope="module")
def base() -> Iterator[Grappe]:
    with grappe() as ici:
        yield ici


@pytest.fixture
def autorite(tmp_path: Path) -> Autorite:
    return Autorite(tmp_path)


def _version_tls(base: Grappe, dossier: Path, autorites: Path | None) -> str | None:
    """What the server says of our connection; None where it is in clear."""
    secret = dossier / "secrets" / "essai" / "base_app"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text(MOT_DE_PASSE)
    engine = ouvrir(ReglagesDEssai(var=dossier, database_url=base.adresse, database_ca=autorites).base)
    try:
        with engine.connect() as connexion:
            ordre = text("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            version: str | None = connexion.execute(ordre).scalar_one()
            return version
    finally:
        engine.dispose()


def test_la_base_est_jointe_en_tls_et_verifiee(base: Grappe, autorite: Autorite, tmp_path: Path) -> None:
    base.demarrer(autorite.emettre())
    assert _version_tls(base, tmp_path, autorite.racine) == "TLSv1.3"


def test_une_autre_autorite_un_autre_hote_et_un_certificat_expire_sont_refuses(
    base: Grappe, autorite: Autorite, tmp_path: Path
) -> None:
    base.demarrer(autorite.emettre())
    with pytest.raises(OperationalError, match="certificate verify failed"):
        _version_tls(base, tmp_path, Autorite(tmp_path).racine)
    base.demarrer(autorite.emettre("ailleurs.example"))
    with pytest.raises(OperationalError, match="does not match host name"):
        _version_tls(base, tmp_path, autorite.racine)
    base.demarrer(autorite.emettre(ecart=timedelta(days=-3)))
    with pytest.raises(OperationalError, match="certificate verify failed"):
        _version_tls(base, tmp_path, autorite.racine)


def test_un_serveur_sans_tls_n_est_pas_joint_en_clair(base: Grappe, autorite: Autorite, tmp_path: Path) -> None:
    base.demarrer()
    assert _version_tls(base, tmp_path, None) is None
    with pytest.raises(OperationalError, match="does not support SSL"):
        _version_tls(base, tmp_path, autorite.racine)
