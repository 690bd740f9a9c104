"""Composition root: the public door and the internal operations, from settings; commands web, relay, migrate."""

import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

import contracts
from gateway.adapters.amont import AmontHttp
from gateway.adapters.contrats import inscrire_operations, lire_contrats
from gateway.adapters.decomptes import corvee
from gateway.adapters.disjoncteur import Disjoncteur
from gateway.adapters.ecoute import ARRET_INTERNE_S, Ecoute, servir
from gateway.adapters.gardien import GardienDesJetons, GardienDuPortail
from gateway.adapters.journal import JournalEnLots
from gateway.adapters.memoire import Memoire
from gateway.adapters.preuves import PreuvesGardees
from gateway.adapters.registre import RegistreOutbox
from gateway.adapters.suivi import SOURCES, Suiveur, Suivi
from gateway.domain.adresse import Mandataires
from gateway.domain.fusion import fusionner
from gateway.domain.limites import Limites
from gateway.domain.revocations import Revocations
from gateway.domain.table import Table
from gateway.routes.pages import Page, inscrire_pages
from gateway.routes.porte import Consigner, Porte, consigner
from gateway.settings import Reglages
from gateway.usecases.operation import Operation
from gateway.usecases.passer import Outils
from socle import journaux, tls
from socle.assemblage import Assemblage, assembler
from socle.causes import Cause
from socle.commandes import commandes
from socle.commandes import servir as servir_un
from socle.echange import Echange
from socle.settings import charger
from socle.travail import maintenant

if TYPE_CHECKING:
    from connexion import FlaskApp

ECRITURES, VOISINS = 8, 4


def application(reglages: Reglages, consigner: Consigner = consigner) -> Porte:
    """The public door. Touches no neighbour before it is served."""
    return publique(reglages, assembler(reglages, lambda _: None), consigner)


def interne(reglages: Reglages) -> "FlaskApp":
    """The internal operations alone: probes, metrics, journal."""
    return assembler(reglages, lambda _: None).application({})


def publique(reglages: Reglages, assemblage: Assemblage[None], consigner: Consigner = consigner) -> Porte:
    """The public door over the common parts of the process."""
    ecritures = ThreadPoolExecutor(ECRITURES, thread_name_prefix="outbox")
    voisins = ThreadPoolExecutor(VOISINS, thread_name_prefix="voisins")
    gardien = GardienDesJetons(assemblage.trousseau, reglages.issuer, voisins)
    preuves = PreuvesGardees(assemblage.jetons, voisins)
    amont = AmontHttp(reglages.urls)
    a_part = AmontHttp(reglages.urls)  # our own requests never wait behind those of clients
    disjoncteur = Disjoncteur(amont, a_part, reglages.urls)
    revocations, memoire = Revocations(), Memoire(assemblage.engine)
    suiveurs = [Suiveur(source, a_part, preuves, memoire, revocations, ecritures) for source in SOURCES]
    suivi = Suivi(suiveurs, memoire, revocations, ecritures)
    registre = RegistreOutbox(assemblage.travail, ecritures)
    limites = Limites(reglages.limite_utilisateur, reglages.limite_partenaire, reglages.limite_adresse)

    async def commencer() -> None:
        assemblage.guet.commencer()
        preuves.preparer(reglages.urls)
        if not assemblage.trousseau.garni:
            gardien.chercher_les_cles()
        await suivi.commencer()

    async def finir() -> None:
        assemblage.guet.finir()
        await registre.fermer()
        await suivi.finir()
        await disjoncteur.fermer()
        await amont.fermer()
        await a_part.fermer()

    outils = Outils(gardien, registre, preuves, disjoncteur, revocations, limites)
    portail = GardienDuPortail(assemblage.trousseau, reglages.issuer, gardien.chercher_les_cles)
    mandataires = Mandataires(reglages.mandataires)
    table, telemetrie = table_des_routes(reglages), assemblage.telemetrie
    return Porte(table, outils, mandataires, portail, commencer, finir, telemetrie, consigner)


def table_des_routes(reglages: Reglages) -> Table[Operation | Page]:
    """Everything that the door serves. Raises where a contract cannot be read, or two of them clash."""
    contrats = lire_contrats()
    table: Table[Operation | Page] = Table()
    inscrire_operations(contrats, table, reglages.delai_reponse_s)
    inscrire_pages(table, fusionner(contrats, contracts.openapi("commun")))
    return table


def corvees(_: Reglages, engine: Engine) -> Sequence[Callable[[], None]]:
    """What the relay does besides ranking: it writes the events that were counted."""
    return [corvee(engine, maintenant)]


groupe = commandes(Reglages, Path(__file__).parent / "migrations", interne, corvees)


@groupe.command(name="web", help="Servir la porte publique, et les opérations internes sur le second port.")
def web() -> None:
    """Replaces the common command: the gateway has two listeners. With workers it serves the public door alone,
    and `interne` is a process of its own: of several workers each would answer for itself."""
    reglages = charger(Reglages)
    journaux.ouvrir(reglages.service)
    acces = JournalEnLots(reglages.service, sys.stderr.buffer)
    paire = reglages.paire_tls
    _exiger(paire)
    if reglages.ouvriers:
        from gateway.adapters.ouvrier import servir_a_plusieurs

        porte = partial(application, reglages, acces.noter)
        servir_a_plusieurs(porte, reglages.host, reglages.port, reglages.ouvriers, reglages.depart_s, paire)
        return
    assemblage = assembler(reglages, lambda _: None)
    ouverte = threading.Event()
    assemblage.sante.temoins.append(lambda: _du_certificat(paire))
    assemblage.sante.temoins.append(lambda: [] if ouverte.is_set() else [Cause.DEMARRAGE])
    servir(
        Ecoute(
            publique(reglages, assemblage, acces.noter), reglages.host, reglages.port, reglages.depart_s, tls=paire,
            sert=ouverte.set,
        ),
        # As in every service: a neighbour asks again as soon as it has read, before a WSGI answer counts as complete,
        # which the strict protocol would take for pipelining.
        Ecoute(
            assemblage.application({}), reglages.bind_host, reglages.bind_port,
            reglages.depart_s, ARRET_INTERNE_S, "httptools",
        ),
    )  # fmt: skip


def _exiger(paire: tuple[Path, Path] | None) -> None:
    """Leave with one sentence where this could not be served at all; a date that is over is told, and waited for."""
    try:
        if paire:
            tls.examiner(*paire)
    except tls.CertificatRefuse as faute:
        if faute.genre not in tls.PERIME:
            raise SystemExit(str(faute)) from None


def _du_certificat(paire: tuple[Path, Path] | None) -> list[Cause]:
    """Whether it can be served now; what is wrong with it is told by who serves it."""
    try:
        if paire:
            tls.examiner(*paire)
    except tls.CertificatRefuse:
        return [Cause.CERTIFICAT]
    return []


@groupe.command(name="interne", help="Servir les opérations internes seules : sondes, mesures, journal.")
def web_interne() -> None:
    """Beside a `web` that has workers."""
    reglages = charger(Reglages)
    journaux.ouvrir(reglages.service)
    servir_un(Echange(interne(reglages)), reglages.bind_host, reglages.bind_port, reglages.depart_s)
