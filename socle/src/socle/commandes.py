"""The commands that every service has: `web`, `relay`, `migrate`; each `main` adds its own to the group."""

import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from socle import journaux, relais
from socle.bail import Bail
from socle.causes import dire
from socle.database import ouvrir
from socle.echange import Echange
from socle.lignee import LigneeImpossible, Reprise, ouvrir_lignee
from socle.revision import nature
from socle.secret import SecretIllisible
from socle.settings import Reglages, charger

if TYPE_CHECKING:
    import uvicorn

ARRET_S = 8
ECHEC_AU_DEMARRAGE = 3


def commandes(
    reglages: type[Reglages],
    migrations: Path,
    application: Callable[[Any], Any],
    corvees: Callable[[Any, Engine], Sequence[Callable[[], None]]] = lambda *_: (),
) -> click.Group:
    """The command group of a service. `application` builds its ASGI app from its settings; `corvees` gives
    the chores that its relay does besides ranking."""
    groupe = Commandes(
        reglages.service, callback=_pour_soi_seul, help=f"Le service {reglages.service} de Mon Compte Partenaire."
    )

    @groupe.command(help="Servir l’API.")
    def web() -> None:
        lus = charger(reglages)
        journaux.ouvrir(lus.service)
        if lus.ouvriers:
            from socle import production

            production.servir(
                lambda: Echange(application(lus)), lus.bind_host, lus.bind_port, lus.ouvriers, lus.depart_s
            )
        else:
            servir(Echange(application(lus)), lus.bind_host, lus.bind_port, lus.depart_s)

    @groupe.command(help="Ranger et chaîner les événements que les actes ont laissés.")
    @click.option(
        "--nouvelle-lignee",
        metavar="RANG:EMPREINTE:COMMUN",
        help="Après une restauration : ouvrir une lignée depuis la tête que « audit lignee » donne, puis s’arrêter.",
    )
    def relay(nouvelle_lignee: str | None) -> None:
        lus = charger(reglages)
        journaux.ouvrir(lus.service)
        engine = ouvrir(lus.base_pour("relay"), en_serie=lus.actes_en_serie)
        if nouvelle_lignee is not None:
            click.echo(_ouvrir_lignee(engine, lus.service, nouvelle_lignee))
            return
        veiller_sur(lus, "relay", engine)
        bail = Bail(engine, lus.bail_s)
        faites = [*_publication(lus, engine, bail), *corvees(lus, engine)]
        relais.tourner(engine, relais.arret_sur_signal(), faites, bail=bail)

    @groupe.command(help="Mettre la base à la dernière version ; peut être relancé sans effet.")
    def migrate() -> None:
        from socle.migrations import migrer

        migrer(ouvrir(charger(reglages).base_pour("owner"), creer=True), migrations)

    return groupe


class Commandes(click.Group):
    """A database or a secret that cannot be used is one sentence, without what was to be written into it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SQLAlchemyError as faute:
            raise click.ClickException(
                f"La base de données ne peut pas servir ({faute.__class__.__name__}) : {dire([nature(faute) or ''])}."
            ) from None
        except SecretIllisible as faute:
            raise click.ClickException(f"Le secret {faute} manque ou est illisible.") from None


def base_a_jour(reglages: Reglages, migrations: Path) -> Engine:
    """The database of a service, for a command that needs it at its newest version. Raises ClickException."""
    from socle.migrations import a_jour

    engine = ouvrir(reglages.base)  # commands follow one another, even where the acts of the API do not
    if not a_jour(engine, migrations):
        raise click.ClickException(
            f"La base n’est pas à la version attendue : lancez « python -m {reglages.service} migrate »."
        )
    return engine


def _publication(lus: Reglages, engine: Engine, bail: Bail) -> list[Callable[[], None]]:
    """The chore of publishing, where there is a broker."""
    if not lus.courtier:
        return []
    from socle.annonce import annoncer
    from socle.courtier import Editeur

    return [annoncer(engine, lus.service, Editeur(lus.courtier_de(), lus.certificats), bail)]


def veiller_sur(lus: Reglages, commande: str, engine: Engine) -> None:
    """Look at the database of a process without a port, and keep what is wrong with it in a file."""
    from socle.revision import revisions
    from socle.sante import Guet, regarder_la_base, tenir_un_etat

    connues = revisions(lus.service)
    tenir_un_etat(lus.dossier / f"etat-{commande}.json")
    Guet(lambda: regarder_la_base(engine, connues)).commencer()


def _ouvrir_lignee(engine: Engine, source: str, texte: str) -> str:
    """Once, and not each time the relay starts: a lineage is opened by an operator, never by a process manager."""
    try:
        reprise = Reprise.lire(texte)
        attendent = ouvrir_lignee(engine, source, reprise, datetime.now(UTC))
    except LigneeImpossible as faute:
        raise click.ClickException(str(faute)) from None
    perdus = reprise.rang - reprise.commun
    return (
        f"Lignée ouverte au rang {reprise.rang + 1} : {perdus} acte(s) que le journal a ne sont plus dans cette base, "
        f"{attendent} événement(s) attendent de nouveau leur rang."
    )


def _pour_soi_seul() -> None:
    """What a service writes, databases and mails included, is readable by its owner only."""
    os.umask(0o077)


def servir(application: Any, host: str, port: int, depart_s: float) -> None:
    """Serve until SIGTERM or SIGINT, then cut nobody; `depart_s` is for clients to leave after SIGTERM."""
    from socle.ecoute import Serveur, prendre_le_port

    prise = prendre_le_port(host, port)
    serveur = Serveur(configuration(application), depart_s)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn has stopped in order, and passes the signal on
        serveur.run([prise])
    if not serveur.started:
        raise SystemExit(ECHEC_AU_DEMARRAGE)


def configuration(application: Any, **options: Any) -> "uvicorn.Config":
    """How every listener of the house is served; `options` of uvicorn that are its own come on top."""
    import uvicorn

    communes: dict[str, Any] = {
        "http": "httptools",
        "loop": "uvloop",
        "lifespan": "on",
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": ARRET_S,
    }
    return uvicorn.Config(application, **communes | options)
