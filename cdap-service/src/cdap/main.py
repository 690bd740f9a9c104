"""Composition root of CDAP, and its commands."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from cdap.adapters.depots import DepotsSql, oublier_le_perime
from cdap.settings import Reglages
from socle.assemblage import assembler
from socle.commandes import base_a_jour, commandes
from socle.relais import MINUTE_S, chaque
from socle.settings import charger
from socle.travail import jour_de, maintenant

MIGRATIONS = Path(__file__).parent / "migrations"


def application(reglages: Reglages) -> Any:
    """The ASGI app of CDAP."""
    return assembler(reglages, DepotsSql).application({})


def _corvees(_: Reglages, engine: Engine) -> Any:
    return [chaque(MINUTE_S, lambda: oublier_le_perime(engine))]


groupe = commandes(Reglages, MIGRATIONS, application, _corvees)


@groupe.command("import", help="Importer des dossiers : flux RSA de la Cnaf, réponses de quotient familial, NDJSON.")
@click.argument("fichiers", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--organisme", help="La Caf des réponses de quotient familial, qui ne la disent pas (3 chiffres).")
@click.option("--xsd", type=click.Path(exists=True, path_type=Path), help="Le schéma du flux RSA, à vérifier.")
def importer_fichiers(fichiers: tuple[Path, ...], organisme: str | None, xsd: Path | None) -> None:
    """Exit 1 if a file was refused as a whole."""
    from cdap.adapters.importation import fichiers_de, importer, resume

    engine = base_a_jour(charger(Reglages), MIGRATIONS)
    rapports = []
    for fichier in fichiers_de(fichiers):
        rapports.append(importer(engine, fichier, organisme, xsd))
        click.echo("\n".join(rapports[-1].lignes()))
    total = resume(rapports)
    click.echo(
        f"En tout : {total['pris']} importé(s), {total['rejets']} rejet(s), {total['refus']} fichier(s) refusé(s)"
    )
    if total["refus"]:
        sys.exit(1)


@groupe.command(help="Engendrer des dossiers de démonstration, fictifs, au format NDJSON.")
@click.option("--nombre", default=1000, show_default=True, type=click.IntRange(min=0))
@click.option("--organisme", default="831", show_default=True)
@click.option("--graine", default=1, show_default=True, help="Même graine, même jour : mêmes dossiers.")
@click.option("--le", default=None, help="Le jour de référence, AAAA-MM-JJ (aujourd’hui sans cela).")
@click.option("--mandataire", multiple=True, help="SIRET d’un partenaire qui a des mesures de protection.")
@click.argument("vers", type=click.Path(path_type=Path))
def generer(nombre: int, organisme: str, graine: int, le: str | None, mandataire: tuple[str, ...], vers: Path) -> None:
    """The dossiers go to the file VERS; they come in by `import`, like any other."""
    from cdap.adapters.generateur import engendrer
    from cdap.adapters.ndjson import ecrire

    jour = date.fromisoformat(le) if le else jour_de(maintenant())
    ecrire(engendrer(nombre, organisme, graine, jour, mandataire), vers)
