"""The upstream leg against services that cut, delay, answer twice, early or for others, and lie about lengths."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.adapters.amont import AmontHttp
from gateway.domain.messages import Envoi
from gateway.domain.refus import ServiceIndisponible


@dataclass
class Recue:
    """A request as the service read it; `connexion` counts the connections."""

    marque: bytes
    echange: bytes
    connexion: int
    rang: int
    ecrire: Callable[[bytes], Awaitable[None]]


Comportement = Callable[[Recue], Awaitable[Any]]


def reponse(recue: Recue, corps: bytes | None = None, *lignes: bytes, statut: bytes = b"200 OK") -> bytes:
    corps = recue.marque if corps is None else corps
    longueur = () if any(ligne.lower().startswith((b"content-length", b"transfer")) for ligne in lignes) else (
        b"content-length: %d" % len(corps),
    )  # fmt: skip
    echange = (b"mcp-echange: " + recue.echange,) if recue.echange else ()
    return b"\r\n".join((b"HTTP/1.1 " + statut, *longueur, *echange, *lignes)) + b"\r\n\r\n" + corps


async def honnete(recue: Recue) -> None:
    await recue.ecrire(reponse(recue))


@dataclass
class Service:
    """A service made of bare sockets. A behaviour that gives True hangs up."""

    comportement: Comportement = honnete
    recues: list[Recue] = field(default_factory=list)
    connexions: int = 0
    port: int = 0

    async def servir(self, lecteur: asyncio.StreamReader, plume: asyncio.StreamWriter) -> None:
        self.connexions += 1
        numero, rang = self.connexions, 0

        async def ecrire(octets: bytes) -> None:
            plume.write(octets)
            await plume.drain()

        try:
            while True:
                tete = await lecteur.readuntil(b"\r\n\r\n")
                entetes = dict(ligne.lower().split(b": ", 1) for ligne in tete.split(b"\r\n")[1:] if ligne)
                await lecteur.readexactly(int(entetes.get(b"content-length", b"0")))
                rang += 1
                recue = Recue(tete.split(b" ")[1], entetes.get(b"mcp-echange", b""), numero, rang, ecrire)
                self.recues.append(recue)
                if await self.comportement(recue):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            plume.close()


@asynccontextmanager
async def ouverts(service: Service) -> Any:
    serveur = await asyncio.start_server(service.servir, "127.0.0.1", 0)
    service.port = serveur.sockets[0].getsockname()[1]
    amont = AmontHttp({"cdap": f"http://127.0.0.1:{service.port}"})
    try:
        yield amont
    finally:
        await amont.fermer()
        serveur.close()


def envoi(marque: str = "/a", *, methode: str = "GET", corps: bytes = b"", delai_s: float = 0.5) -> Envoi:
    return Envoi(methode, marque.encode(), b"", [(b"accept", b"*/*")], corps, delai_s)


def echange(comportement: Comportement, envois: int = 2, pause_s: float = 0.0, **options: Any) -> tuple[Any, Any, Any]:
    """Two requests, one after the other: what each gave (bytes, or the cause of its failure), and the service."""
    service = Service(comportement)

    async def derouler() -> list[bytes | str]:
        rendus: list[bytes | str] = []
        async with ouverts(service) as amont:
            for rang in range(envois):
                try:
                    lue = await amont.envoyer("cdap", envoi(f"/{rang}", **options))
                    rendus.append(lue.corps)
                except ServiceIndisponible as refus:
                    rendus.append(refus.cause)
                await asyncio.sleep(pause_s)
        return rendus

    premier, second = asyncio.run(derouler())
    return premier, second, service


def test_une_connexion_propre_sert_de_nouveau() -> None:
    premier, second, service = echange(honnete)
    assert (premier, second, service.connexions) == (b"/0", b"/1", 1)


@pytest.mark.parametrize(
    ("statut", "lignes", "corps"),
    [
        (b"200 OK", (b"transfer-encoding: chunked",), b"2\r\nab\r\n0\r\n\r\n"),
        (b"204 No Content", (b"x: y", b"content-length: 0"), b""),
        (b"304 Not Modified", (b"content-length: 120",), b""),
        (b"200 OK", (b"content-length: 0",), b""),
        (b"404 Not Found", (), b"{}"),
    ],
)
def test_une_fin_sure_garde_la_connexion(statut: bytes, lignes: tuple[bytes, ...], corps: bytes) -> None:
    async def comportement(recue: Recue) -> None:
        await recue.ecrire(reponse(recue, corps, *lignes, statut=statut))

    premier, second, service = echange(comportement)
    assert premier == second and isinstance(premier, bytes)
    assert service.connexions == 1


def test_une_reponse_qui_vient_octet_par_octet_est_entiere() -> None:
    async def comportement(recue: Recue) -> None:
        for octet in reponse(recue):
            await recue.ecrire(bytes([octet]))

    premier, second, service = echange(comportement)
    assert (premier, second, service.connexions) == (b"/0", b"/1", 1)


FERMANTES: dict[str, Callable[[Recue], bytes]] = {
    "connection_close": lambda r: reponse(r, None, b"connection: close"),
    "http_1_0": lambda r: reponse(r).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "un_1xx": lambda r: b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + reponse(r),
    "sans_numero_d_echange": lambda r: reponse(Recue(r.marque, b"", 0, 0, r.ecrire)),
    "changement_offert": lambda r: reponse(r, None, b"connection: upgrade", b"upgrade: h2c"),
    "morceaux_a_remorque": lambda r: reponse(r, b"2\r\n" + r.marque + b"\r\n0\r\nx: y\r\n\r\n",
                                             b"transfer-encoding: chunked"),
}  # fmt: skip


@pytest.mark.parametrize("forme", FERMANTES)
def test_une_fin_qui_n_est_pas_sure_rend_la_reponse_et_ferme(forme: str) -> None:
    async def comportement(recue: Recue) -> None:
        await recue.ecrire(FERMANTES[forme](recue))

    premier, second, service = echange(comportement)
    assert (premier, second, service.connexions) == (b"/0", b"/1", 2)


MENTEUSES: dict[str, Callable[[Recue], bytes]] = {
    "deux_reponses": lambda r: reponse(r) + reponse(r),
    "longueur_trop_courte": lambda r: reponse(r, b"/0-de-trop", b"content-length: 2"),
    "fin_de_ligne_de_trop": lambda r: reponse(r) + b"\r\n",
    "deux_longueurs": lambda r: reponse(r, None, b"content-length: 2", b"content-length: 3"),
    "longueur_et_morceaux": lambda r: reponse(r, b"0\r\n\r\n", b"content-length: 5", b"transfer-encoding: chunked"),
    "corps_apres_204": lambda r: reponse(r, b"ab", b"content-length: 2", statut=b"204 No Content"),
    "101": lambda r: reponse(r, b"", b"connection: upgrade", b"upgrade: x", statut=b"101 Switching Protocols"),
    "autre_echange": lambda r: reponse(r).replace(r.echange, b"0" * 16) if r.echange else b"x",
    "codage_inconnu": lambda r: reponse(r, b"ab", b"transfer-encoding: gzip"),
    "tete_immense": lambda r: reponse(r, None, b"x: " + b"y" * 100_000),
    "ligne_pliee": lambda r: reponse(r, None, b"x: a\r\n b"),
    "controle": lambda r: reponse(r, None, b"x: a\x00b"),
    "pas_du_http": lambda _: b"220 smtp.example ESMTP\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("forme", MENTEUSES)
def test_une_reponse_qui_ment_ne_sort_pas_et_ne_gate_pas_la_suivante(forme: str) -> None:
    async def comportement(recue: Recue) -> None:
        await recue.ecrire(MENTEUSES[forme](recue) if recue.marque == b"/0" else reponse(recue))

    premier, second, service = echange(comportement)
    assert premier == "reponse_incomplete"
    assert (second, service.connexions) == (b"/1", 2)
    assert Counter(recue.marque for recue in service.recues) == {b"/0": 1, b"/1": 1}


@pytest.mark.parametrize("lignes", [(b"content-length: 50",), (b"transfer-encoding: chunked",)])
@pytest.mark.parametrize("raccroche", [True, False])
def test_un_corps_qui_n_arrive_pas_ne_sort_pas(lignes: tuple[bytes, ...], raccroche: bool) -> None:
    async def comportement(recue: Recue) -> bool:
        mene = recue.marque == b"/0"
        await recue.ecrire(reponse(recue, b"2\r\nab\r\n" if mene else None, *(lignes if mene else ())))
        return mene and raccroche

    premier, second, service = echange(comportement, delai_s=0.3)
    assert premier == ("reponse_incomplete" if raccroche else "delai_depasse")
    assert second == b"/1" and service.connexions == 2


def test_une_reponse_qui_n_etait_pas_demandee_ferme_la_connexion_oisive() -> None:
    async def comportement(recue: Recue) -> None:
        await recue.ecrire(reponse(recue))
        await asyncio.sleep(0.02)
        await recue.ecrire(reponse(recue))

    premier, second, service = echange(comportement, pause_s=0.06)
    assert (premier, second, service.connexions) == (b"/0", b"/1", 2)


def test_une_connexion_fermee_au_repos_n_est_pas_essayee() -> None:
    async def comportement(recue: Recue) -> bool:
        await recue.ecrire(reponse(recue))
        return True

    premier, second, service = echange(comportement, pause_s=0.05)
    assert (premier, second, service.connexions) == (b"/0", b"/1", 2)


def test_une_reponse_tardive_ne_va_pas_a_la_demande_suivante() -> None:
    async def comportement(recue: Recue) -> None:
        if recue.marque == b"/0":
            await asyncio.sleep(0.15)
        await recue.ecrire(reponse(recue))

    premier, second, service = echange(comportement, delai_s=0.1)
    assert (premier, second, service.connexions) == ("delai_depasse", b"/1", 2)


def test_une_seconde_reponse_qui_croise_la_demande_suivante_n_est_pas_la_sienne() -> None:
    """The worst case: nothing but the number of the exchange tells it from the answer that is awaited."""

    async def comportement(recue: Recue) -> None:
        if recue.marque == b"/0":
            await recue.ecrire(reponse(recue))
            await asyncio.sleep(0.05)
            await recue.ecrire(reponse(recue))  # while /1, on the same connection, waits
        else:
            await asyncio.sleep(0.05)
            await recue.ecrire(reponse(recue))

    premier, second, _ = echange(comportement)
    assert (premier, second) == (b"/0", "reponse_incomplete")


def test_une_reponse_avant_la_fin_de_la_demande_est_rendue_et_ferme() -> None:
    async def derouler() -> tuple[bytes, int]:
        connexions = 0

        async def servir(lecteur: asyncio.StreamReader, plume: asyncio.StreamWriter) -> None:
            nonlocal connexions
            connexions += 1
            tete = await lecteur.readuntil(b"\r\n\r\n")
            numero = tete.split(b"mcp-echange: ", 1)[1].split(b"\r\n", 1)[0] if b"mcp-echange" in tete else b""
            plume.write(reponse(Recue(b"tot", numero, 0, 0, plume.drain)))  # type: ignore[arg-type]
            await asyncio.sleep(0.3)
            plume.close()

        serveur = await asyncio.start_server(servir, "127.0.0.1", 0, limit=1_024)
        amont = AmontHttp({"cdap": f"http://127.0.0.1:{serveur.sockets[0].getsockname()[1]}"})
        grande = envoi(methode="POST", corps=b"x" * (8 << 20))
        corps = [(await amont.envoyer("cdap", grande)).corps for _ in range(2)]
        await amont.fermer()
        serveur.close()
        return corps[0], connexions

    assert asyncio.run(derouler()) == (b"tot", 2)


def test_un_service_qui_n_ecoute_pas_est_injoignable_tout_de_suite() -> None:
    async def derouler() -> str:
        amont = AmontHttp({"cdap": "http://127.0.0.1:9"})
        with pytest.raises(ServiceIndisponible) as refus:
            await amont.envoyer("cdap", envoi())
        return refus.value.cause

    assert asyncio.run(derouler()) == "service_injoignable"


async def _au_hasard(recue: Recue, hasard: random.Random) -> bool:
    """One of everything above, and honest answers in between."""
    entiere = reponse(recue)
    match hasard.randrange(12):
        case 0:
            await recue.ecrire(entiere + entiere)
        case 1:
            await recue.ecrire(entiere[: len(entiere) // 2])
            return True
        case 2:
            return True
        case 3:
            await recue.ecrire(entiere)
            await asyncio.sleep(hasard.random() / 200)
            await recue.ecrire(entiere)
        case 4:
            await recue.ecrire(reponse(recue, recue.marque + b"-et-plus", b"content-length: %d" % len(recue.marque)))
        case 5:
            await asyncio.sleep(0.25)
            await recue.ecrire(entiere)
        case 6:
            await recue.ecrire(b"HTTP/1.1 100 Continue\r\n\r\n" + entiere)
        case 7:
            await recue.ecrire(entiere + b"\r\n")
        case _:
            await asyncio.sleep(hasard.random() / 500)
            await recue.ecrire(entiere)
    return False


def test_jamais_la_reponse_de_l_un_a_l_autre() -> None:
    hasard = random.Random(4)
    service = Service(lambda recue: _au_hasard(recue, hasard))
    justes: Counter[str] = Counter()

    async def personne(amont: AmontHttp, qui: int) -> None:
        for rang in range(40):
            marque = f"/{qui}-{rang}"
            try:
                lue = await amont.envoyer("cdap", envoi(marque, delai_s=0.2))
            except ServiceIndisponible:
                justes["refus"] += 1
                continue
            assert lue.corps == marque.encode(), "the answer of somebody else"
            justes["reponse"] += 1

    async def derouler() -> None:
        async with ouverts(service) as amont, asyncio.TaskGroup() as groupe:
            for qui in range(32):
                groupe.create_task(personne(amont, qui))

    asyncio.run(derouler())
    assert justes["reponse"] > 400 and justes["refus"] > 100
    assert max(Counter(recue.marque for recue in service.recues).values()) == 1
    assert service.connexions < len(service.recues)
