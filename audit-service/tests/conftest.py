"""What the tests of audit share: forged events and chains, a journal on disk, and the bench of its API."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from atelier import Banc
from audit.adapters.depots import RegistreSql
from audit.domain.accueil import Lot
from audit.domain.chaine import AVANT_TOUT, ORIGINE, Recu, Tete
from audit.main import MIGRATIONS, application
from audit.settings import Reglages
from audit.usecases.accueillir import Accueil, accueillir
from socle.database import ouvrir
from socle.migrations import migrer

DEBUT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHAMPS = (
    "acte", "issue", "cause", "sujet", "client", "session", "partenaire", "caf", "service", "groupe", "profil",
    "finalite", "fondement", "destinataire", "dossier", "rubrique", "consultation", "objet", "adresse", "trace",
)  # fmt: skip


class Forge:
    """Makes events and chains as a source would, with code of its own."""

    debut = DEBUT

    def evenement(self, source: str = "cdap", **champs: Any) -> bytes:
        """One event; `id`, `type`, `minute` (after the start) and the fields of its data may be given."""
        id, type = champs.pop("id", str(uuid7())), champs.pop("type", "cdap.rubrique.lue")
        quand = DEBUT + timedelta(minutes=champs.pop("minute", 0))
        data = dict.fromkeys(CHAMPS) | {"acte": "consultations.lire_rubrique", "issue": "accorde", "service": source}
        dit = {
            "specversion": "1.0", "id": id, "source": source, "type": type,
            "time": quand.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "datacontenttype": "application/json",
            "data": data | champs,
        }  # fmt: skip
        return json.dumps(dit, sort_keys=True).encode()

    def chainer(self, *corps: bytes, depuis: Tete = AVANT_TOUT) -> list[Recu]:
        """These bodies, ranked and chained."""
        recus, precedente = [], depuis.empreinte
        for rang, octets in enumerate(corps, start=depuis.rang + 1):
            suivante = self.empreinte(precedente, octets)
            recus.append(Recu(rang, 1, precedente, suivante, octets))
            precedente = suivante
        return recus

    def empreinte(self, precedente: str, corps: bytes) -> str:
        """The print of one event."""
        return hashlib.sha256(bytes.fromhex(precedente) + corps).hexdigest()

    def tete(self, registre: RegistreSql, source: str) -> Tete:
        """The journal's head of a source."""
        with registre.lecture() as depots:
            return depots.journal.tete(source)

    def serie(self, combien: int, source: str = "cdap", **champs: Any) -> list[Recu]:
        """A chain of so many events, a minute apart."""
        return self.chainer(*(self.evenement(source, minute=n, **champs) for n in range(combien)))

    def lot(self, recus: list[Recu], apres: int = 0, tete: Tete | None = None) -> Lot:
        """A batch; the head of the source is its last event unless told."""
        derniere = Tete(recus[-1].rang, recus[-1].empreinte) if recus else Tete(0, ORIGINE)
        return Lot(apres, tete or derniere, tuple(recus))


@pytest.fixture
def forge() -> Forge:
    """The forge."""
    return Forge()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """The journal's database, migrated, empty."""
    engine = ouvrir(f"sqlite:///{tmp_path / 'audit.sqlite'}", creer=True)
    migrer(engine, MIGRATIONS)
    return engine


@pytest.fixture
def registre(engine: Engine) -> RegistreSql:
    """Transactions on it."""
    return RegistreSql(engine)


@pytest.fixture
def banc(tmp_path: Path) -> Banc:
    """The API of audit."""
    return Banc(application, Reglages, MIGRATIONS, tmp_path)


@pytest.fixture
def journaliser(banc: Banc, forge: Forge) -> Callable[..., list[str]]:
    """Put events into the bench's journal, going on from its head; the ids."""
    registre = RegistreSql(banc.engine)

    def faire(*corps: bytes, source: str = "cdap") -> list[str]:
        tete = forge.tete(registre, source)
        recu: Accueil = accueillir(registre, source, forge.lot(forge.chainer(*corps, depuis=tete), tete.rang))
        assert recu.nouvelles == len(corps)
        return [json.loads(octets)["id"] for octets in corps]

    return faire
