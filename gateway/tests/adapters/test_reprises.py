"""What is sent again: only what the service had certainly not taken, and to whoever of it can be reached."""

import asyncio
import os
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvloop

from gateway.adapters.amont import AmontHttp
from gateway.adapters.disjoncteur import ECHECS_MAX, Disjoncteur
from gateway.domain.messages import Entetes, Envoi
from gateway.domain.refus import ServiceIndisponible
from socle.mesures import exposer

UNE, AUTRE = "127.0.0.1", "127.0.0.2"
BOUCLES: tuple[Callable[[Coroutine[Any, Any, Any]], Any], ...] = (asyncio.run, uvloop.run)
deux_boucles = pytest.mark.parametrize("tourner", BOUCLES, ids=["asyncio", "uvloop"])


@dataclass
class Replique:
    """One process of a service, on one address: it answers what was asked, or does what its `geste` says."""

    adresse: str
    geste: Callable[[bytes, asyncio.StreamWriter], Awaitable[bool]] | None = None
    recues: list[bytes] = field(default_factory=list)
    plumes: list[asyncio.StreamWriter] = field(default_factory=list)
    part: bool = False

    async def servir(self, lecteur: asyncio.StreamReader, plume: asyncio.StreamWriter) -> None:
        self.plumes.append(plume)
        try:
            while True:
                tete = await lecteur.readuntil(b"\r\n\r\n")
                lignes = dict(ligne.lower().split(b": ", 1) for ligne in tete.split(b"\r\n")[1:] if ligne)
                await lecteur.readexactly(int(lignes.get(b"content-length", b"0")))
                marque = tete.split(b" ")[1]
                self.recues.append(marque)
                if self.geste is not None and await self.geste(marque, plume):
                    return
                fermer = b"connection: close\r\n" if self.part else b""
                plume.write(
                    b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nmcp-echange: %b\r\n%b\r\n%b"
                    % (len(marque), lignes[b"mcp-echange"], fermer, marque)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            plume.close()


@asynccontextmanager
async def ecoutent(*repliques: Replique, port: int = 0) -> Any:
    """All of them on one port; gives that port."""
    serveurs = []
    for replique in repliques:
        serveurs.append(await asyncio.start_server(replique.servir, replique.adresse, port))
        port = serveurs[0].sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        for serveur in serveurs:
            serveur.close()


def un_port(*adresses: str) -> int:
    """One that nobody has on any of these addresses."""
    with socket.socket() as prise:
        prise.bind((adresses[0], 0))
        return int(prise.getsockname()[1])


def le_nom_mene_a(*adresses: str) -> Any:
    async def resoudre(_: str, __: int) -> list[str]:
        return list(adresses)

    return resoudre


def envoi(marque: str, methode: str = "GET", corps: bytes = b"", entetes: Entetes | None = None) -> Envoi:
    return Envoi(methode, marque.encode(), b"", entetes or [(b"accept", b"*/*")], corps, 30.0)


def amont_vers(port: int, *adresses: str) -> AmontHttp:
    return AmontHttp({"cdap": f"http://cdap:{port}"}, le_nom_mene_a(*adresses))


@deux_boucles
def test_un_service_dont_la_connexion_est_refusee_puis_qui_revient_est_servi_une_fois(tourner: Any) -> None:
    replique = Replique(UNE)

    async def derouler() -> bytes:
        port, pile, appels = un_port(UNE), [], 0

        async def resoudre(_: str, __: int) -> list[str]:
            nonlocal appels
            appels += 1
            if appels == 2:  # after the first refusal, and before the next try
                pile.append(await asyncio.start_server(replique.servir, UNE, port))
            return [UNE]

        amont = AmontHttp({"cdap": f"http://cdap:{port}"}, resoudre)
        lue = await amont.envoyer("cdap", envoi("/a", "POST", b"{}"))
        await amont.fermer()
        pile[0].close()
        return lue.corps

    assert tourner(derouler()) == b"/a"
    assert replique.recues == [b"/a"]


@pytest.mark.parametrize("methode", ["GET", "POST"])
@deux_boucles
def test_de_deux_adresses_dont_une_est_morte_toutes_les_demandes_sont_servies_et_le_circuit_reste_ferme(
    tourner: Any, methode: str
) -> None:
    replique = Replique(UNE, part=True)  # each request needs a new connection

    async def derouler() -> list[bytes]:
        async with ecoutent(replique) as port:
            amont = amont_vers(port, AUTRE, UNE)
            disjoncteur = Disjoncteur(amont, amont, ["cdap"])
            corps = b"{}" if methode == "POST" else b""
            return [
                (await disjoncteur.envoyer("cdap", envoi(f"/{rang}", methode, corps))).corps
                for rang in range(4 * ECHECS_MAX)
            ]

    assert tourner(derouler()) == [f"/{rang}".encode() for rang in range(4 * ECHECS_MAX)]
    assert len(replique.recues) == 4 * ECHECS_MAX
    assert b'mcp_circuit_ouvert{source="cdap"} 0.0' in exposer()


def test_deux_repliques_se_partagent_les_connexions() -> None:
    repliques = Replique(UNE), Replique(AUTRE)

    async def derouler() -> None:
        async with ecoutent(*repliques) as port:
            amont = amont_vers(port, UNE, AUTRE)
            await asyncio.gather(*(amont.envoyer("cdap", envoi(f"/{rang}")) for rang in range(10)))
            await amont.fermer()

    asyncio.run(derouler())
    assert [len(replique.recues) for replique in repliques] == [5, 5]


def test_celle_qui_dit_partir_n_a_plus_de_nouvelle_demande_tant_que_l_autre_sert() -> None:
    partante, autre = Replique(UNE, part=True), Replique(AUTRE)

    async def derouler() -> None:
        async with ecoutent(partante, autre) as port:
            amont = amont_vers(port, UNE, AUTRE)
            for rang in range(40):
                assert (await amont.envoyer("cdap", envoi(f"/{rang}"))).statut == 200
            await amont.fermer()

    asyncio.run(derouler())
    assert len(partante.recues) <= 1 and len(autre.recues) >= 39


def test_une_replique_apres_l_autre_est_remplacee_sans_qu_une_demande_echoue() -> None:
    """Each says that it leaves, then stops listening and drops what is idle, while eight clients go on."""
    adresses, finies = [UNE, AUTRE], asyncio.Event()
    repliques: list[Replique] = []

    async def une_personne(amont: AmontHttp, qui: int) -> int:
        rang = 0
        while not finies.is_set():
            marque = f"/{qui}-{rang}"
            assert (await amont.envoyer("cdap", envoi(marque, "POST", b"{}"))).corps == marque.encode()
            rang += 1
            await asyncio.sleep(0)
        return rang

    async def remplacer(port: int, adresse: str, serveurs: dict[str, Any]) -> None:
        ancienne = next(r for r in reversed(repliques) if r.adresse == adresse)
        ancienne.part = True
        servies = len(ancienne.recues), sum(len(r.recues) for r in repliques)
        while sum(len(r.recues) for r in repliques) < servies[1] + 200:
            await asyncio.sleep(0.01)
        serveurs.pop(adresse).close()
        await asyncio.sleep(0.05)
        repliques.append(Replique(adresse))
        serveurs[adresse] = await asyncio.start_server(repliques[-1].servir, adresse, port)

    async def derouler() -> int:
        port, serveurs = un_port(*adresses), {}
        for adresse in adresses:
            repliques.append(Replique(adresse))
            serveurs[adresse] = await asyncio.start_server(repliques[-1].servir, adresse, port)
        amont = amont_vers(port, *adresses)
        personnes = [asyncio.create_task(une_personne(amont, qui)) for qui in range(8)]
        for adresse in (*adresses, *adresses):
            await remplacer(port, adresse, serveurs)
        finies.set()
        demandes = sum(await asyncio.gather(*personnes))
        await amont.fermer()
        for serveur in serveurs.values():
            serveur.close()
        return demandes

    demandes = asyncio.run(derouler())
    recues = Counter(marque for replique in repliques for marque in replique.recues)
    assert len(recues) == demandes > 400 and max(recues.values()) == 1


class RaccrocheIci(list[tuple[bytes, bytes]]):
    """Headers at whose reading the service hangs up: after the connection was looked at, before it is written to."""

    def __init__(self, replique: Replique) -> None:
        super().__init__([(b"accept", b"*/*")])
        self._plumes = list(replique.plumes)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        while self._plumes:
            with socket.socket(fileno=os.dup(self._plumes.pop().get_extra_info("socket").fileno())) as prise:
                prise.shutdown(socket.SHUT_RDWR)
        return super().__iter__()


@pytest.mark.parametrize("methode", ["GET", "POST"])
@deux_boucles
def test_une_connexion_gardee_qui_se_ferme_sous_la_demande_est_remplacee_et_rien_n_est_recu_deux_fois(
    tourner: Any, methode: str
) -> None:
    replique, corps = Replique(UNE), b"{}" * 2_000

    async def derouler() -> list[bytes]:
        async with ecoutent(replique) as port:
            amont = amont_vers(port, UNE)
            rendues = [(await amont.envoyer("cdap", envoi("/0"))).corps]
            lue = await amont.envoyer("cdap", envoi("/1", methode, corps, RaccrocheIci(replique)))
            await amont.fermer()
            return [*rendues, lue.corps]

    assert tourner(derouler()) == [b"/0", b"/1"]
    assert replique.recues == [b"/0", b"/1"]
    assert b'mcp_reprises_total{source="cdap"}' in exposer()


async def _couper(_: bytes, plume: asyncio.StreamWriter) -> bool:
    """A reset: what the service had begun to answer is lost."""
    plume.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    plume.transport.abort()
    return True


async def _raccrocher(_: bytes, __: asyncio.StreamWriter) -> bool:
    return True


async def _commencer(_: bytes, plume: asyncio.StreamWriter) -> bool:
    plume.write(b"HTTP/1.1 200")
    return True


@pytest.mark.parametrize("geste", [_couper, _raccrocher, _commencer])
@pytest.mark.parametrize("methode", ["GET", "POST"])
@pytest.mark.parametrize("gardee", [False, True])
@deux_boucles
def test_ce_qui_a_ete_pris_n_est_pas_renvoye(tourner: Any, gardee: bool, methode: str, geste: Any) -> None:
    """Neither on a new connection nor on one that had served, and not to the other address either."""
    repliques = Replique(UNE), Replique(AUTRE)

    async def derouler() -> str:
        async with ecoutent(*repliques) as port:
            amont = amont_vers(port, UNE, AUTRE)
            if gardee:
                await amont.envoyer("cdap", envoi("/avant"))
            for replique in repliques:
                replique.geste = geste
            with pytest.raises(ServiceIndisponible) as refus:
                await amont.envoyer("cdap", envoi("/prise", methode, b"{}" if methode == "POST" else b""))
            await amont.fermer()
            return str(refus.value.cause)

    assert tourner(derouler()) == "service_injoignable"
    assert [marque for replique in repliques for marque in replique.recues if marque == b"/prise"] == [b"/prise"]


def test_un_nom_qui_ne_mene_nulle_part_est_injoignable_et_un_nom_perdu_mene_ou_il_menait() -> None:
    replique, connu = Replique(UNE, part=True), [True]

    async def resoudre(_: str, __: int) -> list[str]:
        if not connu[0]:
            raise socket.gaierror("unknown")
        return [UNE]

    async def derouler() -> None:
        async with ecoutent(replique) as port:
            amont = AmontHttp({"cdap": f"http://cdap:{port}"}, resoudre)
            await amont.envoyer("cdap", envoi("/a"))
            connu[0] = False
            amont._services["cdap"]._adresses.oublier()
            assert (await amont.envoyer("cdap", envoi("/b"))).statut == 200
            perdu = AmontHttp({"cdap": f"http://cdap:{port}"}, resoudre)
            with pytest.raises(ServiceIndisponible):
                await perdu.envoyer("cdap", envoi("/c"))

    asyncio.run(derouler())
    assert replique.recues == [b"/a", b"/b"]


def test_localhost_est_resolu_pour_de_bon() -> None:
    replique = Replique(UNE)

    async def derouler() -> bytes:
        async with ecoutent(replique) as port:
            amont = AmontHttp({"cdap": f"http://localhost:{port}"})
            lue = await amont.envoyer("cdap", envoi("/a"))
            await amont.fermer()
            return lue.corps

    assert asyncio.run(derouler()) == b"/a"
