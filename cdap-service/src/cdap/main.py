"""Composition root of CDAP, and its commands."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from cdap.adapters import cafs, envois
from cdap.adapters.depots import DepotsSql, oublier_le_perime
from cdap.adapters.spool import Spool
from cdap.settings import Reglages
from cdap.usecases.ports import Imprimeur, Outils
from socle.assemblage import assembler
from socle.commandes import base_a_jour, commandes
from socle.courriels import poste
from socle.relais import MINUTE_S, chaque
from socle.settings import charger
from socle.travail import FRANCE, jour_de, maintenant

MIGRATIONS = Path(__file__).parent / "migrations"
JOUR = click.DateTime(["%Y-%m-%d"])
POLITESSE = 19
"""An import leaves the processor to who consults."""


def application(reglages: Reglages, imprimeur: Imprimeur | None = None) -> Any:
    """The ASGI app of CDAP."""
    from cdap.adapters.imprimerie import Imprimerie

    outils = Outils(cafs=cafs.charger(reglages.cafs), imprimeur=imprimeur or Imprimerie())
    assemblage = assembler(reglages, DepotsSql, depots_directs=DepotsSql)
    return assemblage.application({"outils": outils}, pressees=["consultations.lire_rubrique"])


def _corvees(reglages: Reglages, engine: Engine) -> Any:
    """What the relay does besides ranking: it posts the letters, sends the messages, drops what is over."""
    return [
        *envois.corvees(engine, Spool(reglages.dossier_courriers), poste(reglages)),
        chaque(MINUTE_S, lambda: oublier_le_perime(engine)),
    ]


groupe = commandes(Reglages, MIGRATIONS, application, _corvees)


@groupe.command("import", help="Importer des dossiers : flux RSA de la Cnaf, réponses de quotient familial, NDJSON.")
@click.argument("fichiers", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--organisme", help="La Caf des réponses de quotient familial, qui ne la disent pas (3 chiffres).")
@click.option("--xsd", type=click.Path(exists=True, path_type=Path), help="Le schéma du flux RSA, à vérifier.")
@click.option("--le", type=JOUR, help="Le jour dont répondent des fichiers qui ne le disent pas, AAAA-MM-JJ.")
def importer_fichiers(fichiers: tuple[Path, ...], organisme: str | None, xsd: Path | None, le: datetime | None) -> None:
    """Exit 1 if a file was refused as a whole. Interrupted, the same command goes on."""
    from cdap.adapters.avancement import suivre
    from cdap.adapters.importation import Source, fichiers_de, importer
    from cdap.adapters.rapport import resume

    engine = base_a_jour(charger(Reglages), MIGRATIONS)
    os.nice(POLITESSE)
    jour, rapports = le and le.date(), []
    for fichier in fichiers_de(fichiers):
        source = Source(fichier, organisme, xsd, jour)
        rapports.append(importer(engine, source, jour_de(maintenant()), suivre))
        for ligne in rapports[-1].lignes():
            click.echo(ligne)
    total = resume(rapports)
    click.echo(
        f"En tout : {total['pris']} importé(s), {total['rejets']} rejet(s), {total['refus']} fichier(s) refusé(s)"
    )
    if total["refus"]:
        sys.exit(1)


@groupe.command("imports", help="Dire les imports, finis ou en cours, du plus récent au plus ancien.")
@click.option(
    "--oublier", type=int, metavar="N", help="Oublier l’import n° N : son fichier pourra être relu en entier."
)
def dire_les_imports(oublier: int | None) -> None:
    """Files are named by the beginning of their SHA-256: their names may hold a number."""
    from cdap.adapters import importation

    engine = base_a_jour(charger(Reglages), MIGRATIONS)
    if oublier is not None:
        if not importation.oublier(engine, oublier):
            raise click.ClickException(f"Il n’y a pas d’import n° {oublier}.")
        click.echo(f"L’import n° {oublier} est oublié : le même fichier sera relu en entier.")
        return
    for ligne in importation.connus(engine):
        commence = datetime.fromtimestamp(ligne.commence_a, UTC).astimezone(FRANCE)
        ou = "fini" if ligne.fini_a else f"arrêté à {ligne.place} sur {ligne.total}"
        click.echo(
            f"n° {ligne.id} {commence:%Y-%m-%d %H:%M} {ligne.empreinte[:12]} {ligne.nature or 'fichier'}"
            f" {ligne.arrete or 'sans date'} : {ou}, {ligne.pris} pris, {ligne.anciens} laissé(s),"
            f" {ligne.rejets} rejet(s)"
        )


@groupe.command(help="Engendrer des dossiers de démonstration, fictifs, au format NDJSON.")
@click.option("--nombre", default=1000, show_default=True, type=click.IntRange(min=0))
@click.option("--organisme", default="831", show_default=True)
@click.option("--graine", default=1, show_default=True, help="Même graine, même jour : mêmes dossiers.")
@click.option("--le", type=JOUR, help="Le jour de référence, AAAA-MM-JJ (aujourd’hui sans cela).")
@click.option("--mandataire", multiple=True, help="SIRET d’un partenaire qui a des mesures de protection.")
@click.argument("vers", type=click.Path(path_type=Path))
def generer(
    nombre: int, organisme: str, graine: int, le: datetime | None, mandataire: tuple[str, ...], vers: Path
) -> None:
    """The dossiers go to the file VERS; they come in by `import`, like any other."""
    from cdap.adapters.generateur import engendrer
    from cdap.adapters.ndjson import ecrire

    jour = le.date() if le else jour_de(maintenant())
    ecrire(engendrer(nombre, organisme, graine, jour, mandataire), vers, arrete_le=jour, nombre=nombre)
