"""Composition root of audit, and its commands."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from sqlalchemy import Engine

from audit.adapters.depots import DepotsSql, RegistreSql
from audit.domain.accueil import AlarmeInconnue
from audit.settings import Reglages
from audit.usecases.lever_alarme import lever_alarme
from audit.usecases.ports import Depots
from socle import journaux, relais
from socle.acces import Acces
from socle.assemblage import assembler
from socle.commandes import base_a_jour, commandes
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


@groupe.command(help="Exporter tout le journal avec ses preuves, en NDJSON ; cet export laisse un événement.")
@click.option("--vers", type=click.Path(path_type=Path), help="Le fichier à écrire ; sans lui, la sortie standard.")
def exporter(vers: Path | None) -> None:
    """The event is in the outbox before the first line leaves (law 2)."""
    from audit.adapters.export import lignes

    engine = base_a_jour(charger(Reglages), MIGRATIONS)
    with _fichier(vers) as fichier:
        with _travail(engine).acte("audit.journal.exporte", Acces(acte="exporter")):
            pass
        fichier.writelines(lignes(engine))
        fichier.flush()


@groupe.command(help="Lister ce qui ne s’accorde pas avec le journal ; sort en 1 tant qu’une alarme est ouverte.")
@click.option("--lever", type=int, metavar="NUMÉRO", help="Lever cette alarme, sa cause comprise : sa source reprend.")
def alarmes(lever: int | None) -> None:
    """Exit 1 while an alarm is open, or where the one to lift is not; lifting one leaves an event."""
    engine = base_a_jour(charger(Reglages), MIGRATIONS)
    if lever is not None:
        try:
            lever_alarme(_travail(engine), Acces(acte="alarmes"), lever)
        except AlarmeInconnue:
            raise click.ClickException(f"Aucune alarme ouverte ne porte le numéro {lever}.") from None
    with RegistreSql(engine).lecture() as depots:
        toutes = depots.alarmes.toutes()
    for alarme in toutes:
        etat = "levée" if alarme.levee_a is not None else "ouverte"
        quand = datetime.fromtimestamp(alarme.a, UTC).isoformat(timespec="seconds")
        click.echo(f"{alarme.id}  {quand}  {alarme.source}, rang {alarme.rang} : {alarme.genre} ({etat})")
    if not toutes:
        click.echo("Aucune alarme.")
    if any(alarme.levee_a is None for alarme in toutes):
        raise SystemExit(1)


def _travail(engine: Engine) -> Travail[Depots]:
    return Travail(engine, Reglages.service, DepotsSql)


@contextmanager
def _fichier(vers: Path | None) -> Iterator[BinaryIO]:
    """Where an export goes: its owner's alone, and under its name only once it is whole."""
    if vers is None:
        yield sys.stdout.buffer
        return
    provisoire = vers.with_name(vers.name + ".partiel")
    try:
        with os.fdopen(os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as fichier:
            yield fichier
        provisoire.replace(vers)
    except OSError as faute:
        raise click.ClickException(f"L’export ne peut pas être écrit : {os.strerror(faute.errno or 0)}.") from None
