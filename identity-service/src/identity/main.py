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
from identity.adapters.courriels import expedition
from identity.adapters.depots import DepotsSql
from identity.adapters.habilitation import HabilitationHttp, JetonsPropres
from identity.adapters.menage import faire_le_menage
from identity.adapters.second_facteur import TotpScelle
from identity.domain.clients import ClientInconnu
from identity.domain.comptes import ReferentExistant, Role
from identity.settings import Reglages
from identity.usecases.inscrire_client import inscrire_client, lister_clients, retirer_client
from identity.usecases.nommer_agent import a_un_referent, nommer_premier_referent
from identity.usecases.ports import Depots, Outils
from identity.usecases.secourir import secourir
from socle import journaux
from socle.acces import Acces
from socle.assemblage import assembler
from socle.commandes import commandes
from socle.courriels import poste
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
    trousse = cles.ouvrir(reglages.dossier_coffre / "cles", reglages.recouvrement_cles)
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
        expedition(engine, poste(reglages)),
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
    reglages, travail, acces = charger(Reglages), _travail(), _commande("bootstrap")
    personne = {"nom": nom, "prenom": prenom, "courriel": courriel}
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
    click.echo(cles.tourner(reglages.dossier_coffre / "cles", reglages.recouvrement_cles, compromise=compromise))


@groupe.group(name="oidc", help="Les applications d’autres éditeurs qui se connectent ici (OpenID Connect).")
def commande_oidc() -> None:
    """The front ends of others."""


@commande_oidc.command(help="Inscrire une application ; dit son client_id, et son secret cette seule fois.")
@click.option("--nom", required=True, help="Son nom, montré à qui se connecte.")
@click.option(
    "--retour", "retours", multiple=True, required=True, help="Une adresse de retour, exacte ; peut être répété."
)
@click.option("--sortie", "sorties", multiple=True, help="Une adresse de retour après déconnexion ; peut être répété.")
@click.option("--secret", is_flag=True, help="Elle a un serveur qui peut garder un secret.")
def ajouter(nom: str, retours: tuple[str, ...], sorties: tuple[str, ...], secret: bool) -> None:
    """Register, and say what proves it."""
    try:
        client, clair = inscrire_client(_travail(), _commande("oidc ajouter"), nom, retours, sorties, secret)
    except Refus as refus:
        raise click.ClickException(f"L’application n’a pas été inscrite ({refus.cause}).") from None
    click.echo(client.id if clair is None else f"{client.id}\n{clair}")


@commande_oidc.command(help="Dire les applications inscrites, avec leurs adresses.")
def lister() -> None:
    """One line each, then its addresses."""
    for client in lister_clients(_travail()):
        click.echo(f"{client.id}  {client.nom}  ({'publique' if client.empreinte is None else 'avec secret'})")
        for genre, adresses in (("retour", client.retours), ("sortie", client.sorties)):
            for adresse in adresses:
                click.echo(f"  {genre}  {adresse}")


@commande_oidc.command(
    help="Retirer une application : elle n’obtient plus rien, et ses sessions ne se renouvellent plus."
)
@click.argument("client_id")
def retirer(client_id: str) -> None:
    """Remove it for good."""
    try:
        retirer_client(_travail(), _commande("oidc retirer"), client_id)
    except ClientInconnu:
        raise click.ClickException("Il n’y a pas d’application de ce nom.") from None


def _travail() -> Travail[Depots]:
    reglages = charger(Reglages)
    journaux.ouvrir(reglages.service)
    return assembler(reglages, DEPOTS).travail


def _commande(acte: str) -> Acces:
    return Acces(acte=acte, client="commande")


def _cachet(reglages: Reglages) -> CachetHmac:
    return cachet.ouvrir(reglages.dossier_coffre / "cachet")


def _coffre(reglages: Reglages) -> CoffreArgon2:
    return CoffreArgon2(
        reglages.argon2_time_cost,
        reglages.argon2_memory_cost,
        reglages.argon2_parallelism,
        reglages.argon2_simultanes,
        reglages.argon2_attente,
    )
