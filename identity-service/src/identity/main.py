"""The composition root of identity: settings → adapters → app, and its commands."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import Connection, Engine

from identity.adapters import cachet, cles
from identity.adapters.cachet import CachetHmac
from identity.adapters.captchas import DessinateurCaptcha
from identity.adapters.clients import ClientsFichiers
from identity.adapters.coffre import CoffreArgon2
from identity.adapters.depots import DepotsSql
from identity.adapters.expedition import Dossier, Expedition, Moyen, Smtp
from identity.adapters.habilitation import HabilitationHttp, JetonsPropres
from identity.adapters.menage import faire_le_menage
from identity.adapters.second_facteur import TotpScelle
from identity.domain.comptes import ReferentExistant, Role
from identity.settings import Reglages
from identity.usecases.nommer_agent import a_un_referent, nommer_premier_referent
from identity.usecases.ports import Depots, Outils
from identity.usecases.secourir import secourir
from socle import journaux
from socle.acces import Acces
from socle.assemblage import assembler
from socle.commandes import commandes
from socle.refus import Refus
from socle.relais import MINUTE_S, chaque
from socle.settings import charger
from socle.travail import Travail, maintenant
from socle.voisins import Voisin

if TYPE_CHECKING:
    from connexion import FlaskApp

DEPOTS: Callable[[Connection], Depots] = DepotsSql


def application(reglages: Reglages) -> "FlaskApp":
    """The ASGI app. Makes the first key if there is none; calls nobody."""
    trousse = cles.ouvrir(reglages.dossier_secrets / "cles", reglages.recouvrement_cles)
    assemblage = assembler(reglages, DEPOTS, trousse.trousseau(reglages.dossier))
    empreintes = _cachet(reglages)
    jetons = JetonsPropres(trousse, reglages.issuer, maintenant)
    outils = Outils(
        coffre=_coffre(reglages),
        cachet=empreintes,
        totp=TotpScelle(empreintes),
        dessinateur=DessinateurCaptcha(reglages.espeak),
        signataire=trousse,
        habilitation=HabilitationHttp(Voisin("habilitation", reglages.url_habilitation, jetons)),
        issuer=reglages.issuer,
        duree_session=timedelta(seconds=reglages.duree_session),
        duree_session_max=timedelta(seconds=reglages.duree_session_max),
    )
    clients = ClientsFichiers(reglages.dossier_secrets / "clients")
    return assemblage.application({"outils": outils, "clients": clients, "jwks": trousse.jwks})


def corvees(reglages: Reglages, engine: Engine) -> Sequence[Callable[[], None]]:
    """What the relay does besides ranking: it sends the mails, helps who has forgotten, drops what is over."""
    travail, acces = Travail(engine, reglages.service, DEPOTS), Acces(acte="secours", client="relais")
    empreintes = _cachet(reglages)
    return [
        lambda: secourir(travail, acces, empreintes),
        Expedition(engine, _moyen(reglages), reglages.expediteur),
        chaque(MINUTE_S, lambda: faire_le_menage(engine)),
    ]


groupe = commandes(Reglages, Path(__file__).parent / "migrations", application, corvees)


@groupe.command(help="Créer le premier référent d’une Caf ; sans effet si elle en a déjà un.")
@click.option("--caf", required=True, help="Code de la Caf, 3 chiffres.")
@click.option("--nom", required=True, help="Nom de l’agent.")
@click.option("--prenom", required=True, help="Prénom de l’agent.")
@click.option("--courriel", required=True, help="Adresse qui reçoit l’identifiant et le mot de passe provisoire.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="Un rôle de plus que caf:referent ; peut être répété.",
)
def bootstrap(caf: str, nom: str, prenom: str, courriel: str, roles: tuple[str, ...]) -> None:
    """Create the account, and say its identifiant; the password goes by mail only."""
    reglages = charger(Reglages)
    journaux.ouvrir(reglages.service)
    travail = assembler(reglages, DEPOTS).travail
    personne = {"nom": nom, "prenom": prenom, "courriel": courriel}
    acces = Acces(acte="bootstrap", client="commande")
    try:
        if a_un_referent(travail, caf):
            raise ReferentExistant()
        voulus = [Role(role) for role in roles]
        click.echo(nommer_premier_referent(travail, acces, _coffre(reglages), caf, personne, voulus))
    except ReferentExistant:
        click.echo("Cette Caf a déjà un référent ; rien n’a été changé.")
    except Refus as refus:
        raise click.ClickException(f"Le compte n’a pas été créé ({refus.cause}).") from None


@groupe.group(name="cles", help="Les clés qui signent les jetons.")
def commande_cles() -> None:
    """The keys."""


@commande_cles.command(
    help="Faire une nouvelle clé, qui signe aussitôt ; l’ancienne reste publiée le temps du recouvrement."
)
@click.option(
    "--compromise", is_flag=True, help="L’ancienne clé est volée : ne plus la publier ; tous les jetons tombent."
)
def tourner(compromise: bool) -> None:
    """Rotate, while everything runs; say the new kid."""
    reglages = charger(Reglages)
    click.echo(cles.tourner(reglages.dossier_secrets / "cles", reglages.recouvrement_cles, compromise=compromise))


def _cachet(reglages: Reglages) -> CachetHmac:
    return cachet.ouvrir(reglages.dossier_secrets / "cachet")


def _coffre(reglages: Reglages) -> CoffreArgon2:
    return CoffreArgon2(
        reglages.argon2_time_cost,
        reglages.argon2_memory_cost,
        reglages.argon2_parallelism,
        reglages.argon2_simultanes,
        reglages.argon2_attente,
    )


def _moyen(reglages: Reglages) -> Moyen:
    if not reglages.smtp_url:
        return Dossier(reglages.dossier_courriels)
    return Smtp(reglages.smtp_url, reglages.secret("smtp") if "@" in reglages.smtp_url else None)
