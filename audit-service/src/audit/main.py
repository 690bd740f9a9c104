"""Composition root of audit, and its commands."""

import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from sqlalchemy import Engine

from audit.adapters.depots import DepotsSql, RegistreSql
from audit.settings import Reglages
from socle import journaux, relais
from socle.acces import Acces
from socle.assemblage import assembler
from socle.commandes import commandes
from socle.database import ouvrir
from socle.settings import charger
from socle.travail import Travail

if TYPE_CHECKING:
    from connexion import FlaskApp

MIGRATIONS = Path(__file__).parent / "migrations"


def application(reglages: Reglages) -> "FlaskApp":
    """The ASGI app of audit."""
    return assembler(reglages, DepotsSql).application({})


groupe = commandes(Reglages, MIGRATIONS, application)


@groupe.command(help="Recueillir les événements de toutes les sources, et tenir les témoins.")
def collecte() -> None:
    """Until SIGTERM or SIGINT."""
    from audit.adapters.collecte import collecter
    from audit.adapters.sources import SourceHttp
    from audit.adapters.temoins import TemoinsFichiers
    from audit.usecases.temoigner import temoigner

    lus = charger(Reglages)
    journaux.ouvrir(lus.service)
    assemblage = assembler(lus, DepotsSql)
    registre, temoins = RegistreSql(assemblage.engine), TemoinsFichiers(lus.dossier_temoins)
    collecter(
        [SourceHttp(nom, assemblage.voisin(nom, url)) for nom, url in lus.sources.items()],
        registre,
        relais.arret_sur_signal(),
        lambda: temoigner(registre, temoins, lus.sources, datetime.now(UTC)),
    )


@groupe.command(help="Exporter tout le journal avec ses preuves, en NDJSON ; cette lecture laisse un événement.")
@click.option("--vers", type=click.Path(path_type=Path), help="Le fichier à écrire ; sans lui, la sortie standard.")
def exporter(vers: Path | None) -> None:
    """The reading is in the outbox before the first line leaves (law 2)."""
    from audit.adapters.export import lignes

    engine = _base_a_jour()
    with Travail(engine, Reglages.service, DepotsSql).acte("audit.journal.lu", Acces(acte="exporter")):
        pass
    if vers is None:
        _ecrire(lignes(engine), sys.stdout.buffer)
        return
    provisoire = vers.with_name(vers.name + ".partiel")
    with os.fdopen(os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as fichier:
        _ecrire(lignes(engine), fichier)
    provisoire.replace(vers)


@groupe.command(help="Lister ce qui ne s’accorde pas avec le journal ; une alarme levée laisse sa source reprendre.")
@click.option("--lever", type=int, metavar="NUMÉRO", help="Lever cette alarme, une fois sa cause comprise.")
def alarmes(lever: int | None) -> None:
    """Exit 1 where the alarm to lift is not open."""
    registre = RegistreSql(_base_a_jour())
    if lever is not None:
        with registre.ecriture() as depots:
            if not depots.alarmes.lever(lever):
                raise SystemExit(f"Aucune alarme ouverte ne porte le numéro {lever}.")
    with registre.lecture() as depots:
        toutes = depots.alarmes.toutes()
    for alarme in toutes:
        etat = "levée" if alarme.levee_a is not None else "ouverte"
        quand = datetime.fromtimestamp(alarme.a, UTC).isoformat(timespec="seconds")
        click.echo(f"{alarme.id}  {quand}  {alarme.source}, rang {alarme.rang} : {alarme.genre} ({etat})")
    if not toutes:
        click.echo("Aucune alarme.")


def _base_a_jour() -> Engine:
    from socle.migrations import a_jour

    engine = ouvrir(charger(Reglages).base)
    if not a_jour(engine, MIGRATIONS):
        raise SystemExit("La base du journal n’est pas à la version attendue : lancez « python -m audit migrate ».")
    return engine


def _ecrire(lignes: Iterable[bytes], fichier: BinaryIO) -> None:
    fichier.writelines(lignes)
    fichier.flush()
