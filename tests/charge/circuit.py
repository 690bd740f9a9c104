"""Events a second from the outbox to the journal (relay, broker, audit), against rubriques read a second by a service.

The relay of CDAP and audit's collector, each the process of production, share the core of what is measured, as the
service does in its turn; both databases and the broker are on the other one. The outbox gets its events at once, like
those of real reads; the clock runs from their commit until the last one is in the journal.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from pile import coffre
from sqlalchemy import Engine, func, insert, select
from uuid_utils.compat import uuid7

from atelier.personas import CAF, SIRET, un_groupe
from atelier.signature import ISSUER
from audit.adapters.tables import journal
from charge.conteneurs import POSTGRESQL, RABBITMQ, courtier, exiger_les_images, postgresql
from charge.procede import SUJET as COEUR
from charge.procede import lancer, python
from charge.services import RUBRIQUE, scene
from charge.sujet import Debit, Sujet
from socle.acces import Acces, Groupe
from socle.database import lecture, ouvrir
from socle.evenement import composer
from socle.outbox import outbox, tete
from socle.postgresql import CANAL
from socle.travail import maintenant

EVENEMENTS = 20_000
BORNE_S = 120.0
PAR_ECRITURE = 1_000
REGARD_S = 0.05


@dataclass(frozen=True)
class Circuit:
    """Where the databases of CDAP and of audit, the broker and the secrets are."""

    dossier: Path
    url_cdap: str
    url_audit: str
    courtier: str
    secrets: Path

    def debit(self, evenements: int = EVENEMENTS) -> float:
        """Events a second. What the outbox held before goes through first, and is not counted."""
        cdap, audit = ouvrir(self.url_cdap, en_serie=False), ouvrir(self.url_audit)
        relais = lancer(python("cdap", "relay"), None, COEUR, self.dossier / "relais.log", self._env(self.url_cdap))
        collecte = lancer(
            python("audit", "collecte"), None, COEUR, self.dossier / "collecte.log", self._env(self.url_audit)
        )
        try:
            with relais, collecte:
                self._attendre(cdap, audit)
                remplir(cdap, evenements)
                debut = time.perf_counter()
                self._attendre(cdap, audit)
                return evenements / (time.perf_counter() - debut)
        finally:
            cdap.dispose()
            audit.dispose()

    def migrer(self) -> None:
        """Make the tables of both."""
        for service, url in (("cdap", self.url_cdap), ("audit", self.url_audit)):
            subprocess.run(python(service, "migrate"), env=os.environ | self._env(url), check=True)

    def _env(self, url: str) -> dict[str, str]:
        return {
            "MCP_VAR": str(self.dossier / "var"), "MCP_DATABASE_URL": url, "MCP_ISSUER": ISSUER,
            "MCP_COURTIER": self.courtier, "MCP_SECRETS": str(self.secrets),
        }  # fmt: skip

    def _attendre(self, cdap: Engine, audit: Engine) -> None:
        """Until the journal has all that the outbox has."""
        fin = time.monotonic() + BORNE_S
        while True:
            with lecture(cdap) as connexion:
                sans_rang = connexion.execute(select(outbox.c.seq).where(outbox.c.rang.is_(None)).limit(1)).scalar()
                donne = connexion.execute(select(tete.c.rang)).scalar_one()
            if sans_rang is None:
                with lecture(audit) as connexion:
                    recu = connexion.execute(select(func.max(journal.c.rang)).where(journal.c.source == "cdap"))
                    if (recu.scalar() or 0) == donne:
                        return
            assert time.monotonic() < fin, "events that did not come to the journal"
            time.sleep(REGARD_S)


def remplir(engine: Engine, nombre: int) -> None:
    """Put so many events into an outbox, in one transaction, and say so as the service does after its commits."""
    instant = maintenant()
    groupe = Groupe(**un_groupe() | {"id": str(uuid4()), "organismes": (CAF,)})
    acces = Acces(
        "consultations.lire_rubrique", "ACC7K2MQ", session=str(uuid4()), partenaire=SIRET, groupes=(groupe,),
        adresse="192.0.2.7", trace=uuid4().hex,
    )  # fmt: skip
    notes = {"dossier": {"organisme": CAF, "numero_allocataire": "1234567"}, "rubrique": RUBRIQUE}

    def un_evenement(rang: int) -> dict[str, object]:
        id, a = uuid7(), instant + timedelta(milliseconds=rang)
        corps = composer(
            id=id, source="cdap", type="cdap.rubrique.lue", instant=a, acces=acces, groupe=groupe, issue="accorde",
            cause=None, notes=notes | {"consultation": str(uuid4())},
        )  # fmt: skip
        return {"id": str(id), "corps": corps, "inscrit_a": a.timestamp()}

    with engine.begin() as connexion:
        for debut in range(0, nombre, PAR_ECRITURE):
            fin = min(nombre, debut + PAR_ECRITURE)
            connexion.execute(insert(outbox), [un_evenement(rang) for rang in range(debut, fin)])
        connexion.exec_driver_sql(f"NOTIFY {CANAL}")


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """A round reads first, then lets the events go through."""
    exiger_les_images(POSTGRESQL, RABBITMQ)
    coffre.garnir(dossier / "secrets")
    definitions = (dossier / "secrets" / "courtier" / "definitions.json").read_text()
    with (
        scene(dossier) as ici,
        postgresql(dossier, "audit") as url_audit,
        courtier(dossier, definitions) as adresse,
    ):
        circuit = Circuit(dossier, ici.url, url_audit, adresse, dossier / "secrets" / "maitres")
        circuit.migrer()
        chemins = ici.ouvrir_des_consultations()

        def lire() -> float:
            with ici.cdap(chemins) as (port, _):
                return ici.tirer(port, chemins).par_seconde

        yield circuit.debit, lire


SUJET = Sujet(
    "relais, courtier et audit : événements/s, contre rubriques lues/s d’un service",
    doit=3.0,
    vise=8.0,
    preparer=preparer,
    unite="événements/s contre lectures/s",
)
