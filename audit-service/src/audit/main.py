"""Composition root of audit, and its commands."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
from socle.assemblage import Assemblage, assembler
from socle.commandes import base_a_jour, commandes, veiller_sur
from socle.database import ouvrir
from socle.refus import VoisinIndisponible
from socle.settings import charger
from socle.travail import Travail

if TYPE_CHECKING:
    from connexion import FlaskApp

    from audit.adapters.collecte import Suivi
    from audit.adapters.purge import Rapport
    from audit.adapters.sources import SourceHttp
    from audit.adapters.temoins import TemoinsFichiers

MIGRATIONS = Path(__file__).parent / "migrations"


def application(reglages: Reglages) -> "FlaskApp":
    """The ASGI app of audit."""
    from audit.adapters.document import en_pdf
    from audit.adapters.mesures import ReleveJournal

    assemblage = assembler(reglages, DepotsSql)
    releve = ReleveJournal(assemblage.engine, reglages.sources, reglages.dossier_temoins)
    return assemblage.application({"editeur": en_pdf}, [releve])


groupe = commandes(Reglages, MIGRATIONS, application)


@groupe.command(help="Recueillir les événements de toutes les sources, tenir les témoins, et purger chaque jour.")
def collecte() -> None:
    """Until SIGTERM or SIGINT."""
    from audit.adapters.collecte import REPOS_S, Suivi, collecter
    from audit.adapters.purge import chaque_jour
    from audit.usecases.temoigner import temoigner

    lus = charger(Reglages)
    journaux.ouvrir(lus.service)
    assemblage = assembler(lus, DepotsSql)
    maison = _maison(lus, assemblage)
    veiller_sur(lus, "collecte", assemblage.engine)
    arret = relais.arret_sur_signal()
    chaque_jour(arret, lambda: list(maison.purger("collecte")))
    repos_s = REPOS_S if lus.courtier else 0.0
    suivis = {nom: Suivi(source, maison.registre, arret, repos_s) for nom, source in maison.sources.items()}
    collecter(
        list(suivis.values()),
        arret,
        lambda: temoigner(maison.registre, maison.temoins, maison.sources, datetime.now(UTC)),
        recevoir=_reception(lus, maison, suivis, arret) if lus.courtier else None,
    )


def _reception(
    lus: Reglages, maison: "_Maison", suivis: "Mapping[str, Suivi]", arret: threading.Event
) -> Callable[[], None]:
    """What takes in the events that the broker brings."""
    from audit.adapters.reception import Reception

    reception = Reception(
        lus.courtier_de(), suivis, maison.registre, arret, lambda nom: suivis[nom].reveil.set(), lus.certificats
    )
    return reception.suivre


@groupe.command(help="Dire les messages que le courtier a mis au rebut, sans leur contenu ; sort en 1 s’il y en a.")
@click.option("--rejouer", is_flag=True, help="Les publier de nouveau, puis les retirer du rebut.")
def rebut(rejouer: bool) -> None:
    """Look at the dead letters, or publish them again once what was wrong is mended."""
    from amqp.exceptions import AMQPError

    from audit.adapters.rebut import parcourir
    from socle.courtier import CourtierIndisponible, Editeur

    lus = charger(Reglages)
    if not lus.courtier:
        raise click.ClickException("Aucun courtier n’est configuré (MCP_COURTIER).")
    adresses, certificats = lus.courtier_de(), lus.certificats
    editeur = Editeur(adresses, certificats) if rejouer else None
    restent = rejoues = 0
    try:
        for lettre in parcourir(adresses, certificats, frozenset(lus.sources), editeur):
            rejoues, restent = (rejoues + 1, restent) if rejouer and lettre.de_sa_source else (rejoues, restent + 1)
            place = f"{lettre.source or 'source illisible'}, rang {lettre.rang or 'illisible'}"
            click.echo(
                f"{place}, {lettre.octets} octets, {lettre.raison or 'raison inconnue'}"
                f"{f' ({lettre.place} illisible)' if lettre.place else ''}"
                f"{'' if lettre.de_sa_source else ', n’est pas de sa source'}"
            )
    except (OSError, AMQPError, CourtierIndisponible) as faute:
        raise click.ClickException(f"Le courtier ne répond pas comme attendu ({type(faute).__name__}).") from None
    click.echo(f"{rejoues} message(s) rejoué(s), {restent} au rebut")
    if restent:
        sys.exit(1)


@groupe.command(
    help="Purger ce qui a plus que la durée de conservation, ici et dans les sources ; laisse des événements."
)
def purger() -> None:
    """The same as the collector does every day; sources that are away are asked again at its next purge."""
    lus = charger(Reglages)
    base_a_jour(lus, MIGRATIONS)
    rapports = list(_maison(lus, assembler(lus, DepotsSql)).purger("purger"))
    for rapport in rapports:
        dans = "injoignable" if rapport.evenements is None else f"{rapport.evenements} événement(s) parti(s)"
        ici = f"jusqu’au rang {rapport.rang}, {rapport.entrees} entrée(s) partie(s)"
        click.echo(f"{rapport.source} : {ici} ; dans la source : {dans}")
    if not rapports:
        click.echo("Rien n’a l’âge d’être purgé.")


@groupe.command(help="Après la restauration d’une source : dire d’où elle doit reprendre (relay --nouvelle-lignee).")
@click.argument("source")
def lignee(source: str) -> None:
    """Compares the chain of the source, which must answer, with the journal's; says it on the standard output."""
    from audit.usecases.situer_lignee import situer_lignee

    lus = charger(Reglages)
    base_a_jour(lus, MIGRATIONS)
    maison = _maison(lus, assembler(lus, DepotsSql))
    if source not in maison.sources:
        raise click.ClickException(f"Les sources sont : {', '.join(maison.sources)}.")
    try:
        situation = situer_lignee(maison.registre, maison.temoins, maison.sources[source])
    except VoisinIndisponible:
        raise click.ClickException("La source ne répond pas : démarrez son service (web), puis redemandez.") from None
    click.echo("La source continue le journal : il n’y a pas de lignée à ouvrir." if situation is None else situation)


@groupe.command(help="Exporter tout le journal, en NDJSON avec ses preuves ou en CSV ; cet export laisse un événement.")
@click.option("--vers", type=click.Path(path_type=Path), help="Le fichier à écrire ; sans lui, la sortie standard.")
@click.option("--format", "forme", type=click.Choice(["ndjson", "csv"]), default="ndjson", show_default=True)
def exporter(vers: Path | None, forme: str) -> None:
    """The event is in the outbox before the first line leaves (law 2)."""
    from audit.adapters.export import entrees, lignes
    from audit.domain.tableau import en_csv

    engine = base_a_jour(charger(Reglages), MIGRATIONS)
    with _fichier(vers) as fichier:
        with _travail(engine).acte("audit.journal.exporte", Acces(acte="exporter"), objet=forme):
            pass
        fichier.writelines(lignes(engine) if forme == "ndjson" else en_csv(entrees(engine)))
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


@dataclass(frozen=True)
class _Maison:
    """What the commands about all of the sources need."""

    reglages: Reglages
    travail: Travail[Depots]
    registre: RegistreSql
    purgeur: RegistreSql
    """The same with the one role that may delete from the journal, and only behind a point."""
    temoins: "TemoinsFichiers"
    sources: Mapping[str, "SourceHttp"]

    def purger(self, acte: str) -> "Iterator[Rapport]":
        """One purge of everything."""
        from audit.adapters.purge import purger

        avant = datetime.now(UTC) - self.reglages.conservation
        return purger(self.travail, self.purgeur, self.temoins, self.sources, avant, Acces(acte=acte))


def _maison(reglages: Reglages, assemblage: Assemblage[DepotsSql]) -> _Maison:
    from audit.adapters.sources import SourceHttp
    from audit.adapters.temoins import TemoinsFichiers

    engine = assemblage.engine
    sources = {nom: SourceHttp(nom, assemblage.voisin(nom, url)) for nom, url in reglages.sources.items()}
    purgeur = RegistreSql(ouvrir(reglages.base_pour("relay")))
    temoins = TemoinsFichiers(reglages.dossier_temoins)
    return _Maison(reglages, _travail(engine), RegistreSql(engine), purgeur, temoins, sources)


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
