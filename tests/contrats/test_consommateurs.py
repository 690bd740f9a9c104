"""Each answer example is served to those of the house who consume it, and each of their requests is what the contract
allows: the other side of `test_exemples`."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest
from contrat_lu import Operation, operations
from voisin_d_exemple import VoisinDExemple

import contracts
from audit.adapters.sources import SourceHttp
from audit.domain.accueil import trier
from audit.domain.chaine import AVANT_TOUT
from gateway.adapters.amont import AmontHttp
from gateway.adapters.memoire import Memoire, metadata
from gateway.adapters.preuves import PreuvesGardees
from gateway.adapters.suivi import Suiveur
from gateway.domain.messages import Envoi
from gateway.domain.revocations import Revocations
from habilitation.adapters.comptes import ComptesDIdentity
from identity.adapters.habilitation import HabilitationHttp
from socle.acces import Acces
from socle.cles import Trousseau
from socle.database import ouvrir
from socle.voisins import JetonsDeService, Voisin

CONSOMMEES = {
    "identity.internes.verifier_compte", "identity.internes.emettre_jeton", "identity.internes.suivre_revocations",
    "identity.cles.publier", "habilitation.internes.droits_en_vigueur", "habilitation.internes.verifier_partenaire",
    "habilitation.internes.suivre_revocations", "commun.journal.lire", "commun.sondes.vie",
}  # fmt: skip
"""What the services of the house ask of one another, each with a test below."""

POUR_LES_EXPLOITANTS = {"commun.sondes.pret", "commun.sondes.version", "commun.sondes.mesurer"}
"""Asked by process managers and by Prometheus, which read the status, or text that is not ours."""


@pytest.fixture
def voisin() -> Iterator[Any]:
    """Start services that speak by examples; none of them may have been asked what its contract forbids."""
    ouverts: list[VoisinDExemple] = []

    def ouvrir_un(service: str) -> VoisinDExemple:
        ouverts.append(VoisinDExemple(service))
        return ouverts[-1]

    yield ouvrir_un
    for ouvert in ouverts:
        ouvert.arreter()
        assert ouvert.fautes == []


def exemple(nom: str) -> Any:
    service, _, acte = nom.partition(".")
    return next(iter(operations(service)[acte].reponses.values())).valeur


def test_ce_qui_est_interne_a_un_consommateur_et_chaque_consommateur_un_exemple() -> None:
    internes = {
        operation.nom
        for service in (*contracts.SERVICES, "commun")
        for operation in operations(service).values()
        if operation.objet["x-acces"]["porte"] == "interne"
    }
    assert internes <= CONSOMMEES | POUR_LES_EXPLOITANTS | {"commun.journal.purger_jusqu_a"}
    assert all(exemple(nom) is not None for nom in CONSOMMEES)


def test_habilitation_lit_le_compte_que_donne_identity(voisin: Any) -> None:
    identity = voisin("identity")
    comptes = ComptesDIdentity(
        Voisin("identity", identity.url, JetonsDeService(identity.url, "habilitation", lambda: ["s"]))
    )
    assert comptes.partenaire_de("ACC7K2MQ", None) == exemple("identity.internes.verifier_compte")["partenaire"]
    demandes = [acte for acte, _ in identity.recues]
    assert demandes == ["internes.emettre_jeton", "internes.verifier_compte"]


def test_identity_lit_les_droits_que_donne_habilitation(voisin: Any) -> None:
    lue = HabilitationHttp(Voisin("habilitation", voisin("habilitation").url, lambda _: "jeton"))
    droits = lue.droits_en_vigueur("ACC7K2MQ", "99900031800017", None)
    dit = exemple("habilitation.internes.droits_en_vigueur")
    assert (droits.droits, droits.administrateur, droits.caf_referente) == (12, False, "831")
    assert [groupe.id for groupe in droits.groupes] == [groupe["id"] for groupe in dit["groups"]]
    assert droits.groupes[0].finalite == dit["groups"][0]["finalite"]
    assert (
        lue.caf_referente("99900031800017", None)
        == exemple("habilitation.internes.verifier_partenaire")["caf_referente"]
    )


def test_audit_recueille_le_journal_d_une_source(voisin: Any) -> None:
    lot = SourceHttp("cdap", Voisin("cdap", voisin("cdap").url, lambda _: "jeton")).demander(0, 500, 1)
    tri = trier("cdap", AVANT_TOUT, lot, {}, frozenset())
    assert tri.alarmes == () or list(tri.alarmes) == []
    (entree,) = tri.entrees
    assert entree.evenement is not None and entree.evenement.rubrique == "rsa"


def test_tout_service_prend_les_cles_et_les_jetons_que_donne_identity(voisin: Any, tmp_path: Path) -> None:
    identity = voisin("identity")
    trousseau = Trousseau(f"{identity.url}/.well-known/jwks.json", tmp_path / "jwks.json")
    trousseau.rafraichir()
    assert trousseau.cle(exemple("identity.cles.publier")["keys"][0]["kid"])
    for client in ("gateway", "habilitation", "cdap", "audit", "portail"):
        jeton = JetonsDeService(identity.url, client, lambda: ["secret"])("identity")
        assert jeton == exemple("identity.internes.emettre_jeton")["access_token"]


@pytest.mark.parametrize("source", ["identity", "habilitation"])
def test_la_passerelle_suit_les_revocations(voisin: Any, tmp_path: Path, source: str) -> None:
    service, identity = voisin(source), voisin("identity")
    base = ouvrir(f"sqlite:///{tmp_path / 'gateway.sqlite'}", creer=True)
    metadata.create_all(base)
    revocations = Revocations()

    async def suivre() -> int:
        with ThreadPoolExecutor(2) as fils:
            preuves = PreuvesGardees(JetonsDeService(identity.url, "gateway", lambda: ["secret"]), fils)
            amont = AmontHttp({source: service.url})
            suiveur = Suiveur(source, amont, preuves, Memoire(base), revocations, fils)
            try:
                for _ in range(50):  # the first token may take longer than the gateway waits for it
                    if await preuves.pour(source):
                        break
                return await suiveur.tour(0)
            finally:
                await amont.fermer()

    assert asyncio.run(suivre()) == 1
    contenu = exemple(f"{source}.internes.suivre_revocations")["entrees"][0]["contenu"]
    coupe = {"session": contenu["sids"][0]} if "sids" in contenu else {"sujet": contenu["identifiants"][0]}
    assert revocations.coupe(Acces(acte="x", droits=0, **{"sujet": "ACC9ZZZZ", **coupe}))
    assert not revocations.coupe(Acces(acte="x", sujet="ACC9ZZZZ", session="autre", droits=0))
    base.dispose()


PUBLIQUES = [
    (operation, nom)
    for service in contracts.SERVICES
    for operation in operations(service).values()
    if operation.objet["x-acces"]["porte"] == "passerelle"
    for nom in operation.reponses
]


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_la_passerelle_rend_chaque_exemple_tel_quel(voisin: Any, service: str) -> None:
    """Its upstream client reads each answer whole, and keeps its connection: they all end to the byte."""
    ouvert = voisin(service)

    async def demander_tout() -> list[tuple[Operation, str, int, bytes]]:
        amont = AmontHttp({service: ouvert.url})
        rendues = []
        try:
            for operation, nom in PUBLIQUES:
                if operation.service == service:
                    ouvert.exemples[operation.acte] = nom
                    rendues.append((operation, nom, *await _demander(amont, operation)))
        finally:
            await amont.fermer()
        return rendues

    for operation, nom, statut, corps in asyncio.run(demander_tout()):
        assert (statut, _json(corps)) == (operation.reponses[nom].statut, operation.reponses[nom].valeur), operation.nom


async def _demander(amont: AmontHttp, operation: Operation) -> tuple[int, bytes]:
    corps = next(iter(operation.requetes.values()), None)
    requis = {p["name"]: p.get("example", "x") for p in operation.parametres if p.get("required")}
    chemin = operation.gabarit
    for nom, valeur in requis.items():
        chemin = chemin.replace("{" + nom + "}", str(valeur))
    requete = "&".join(f"{p['name']}={requis[p['name']]}" for p in operation.parametres
                       if p["in"] == "query" and p.get("required"))  # fmt: skip
    envoi = Envoi(
        operation.methode, chemin.encode(), requete.encode(),
        [(b"authorization", b"Bearer jeton"), (b"content-type", b"application/json")],
        b"" if corps is None else orjson.dumps(corps), 2.0,
    )  # fmt: skip
    reponse = await amont.envoyer(operation.service, envoi)
    return reponse.statut, reponse.corps


def _json(corps: bytes) -> Any:
    return orjson.loads(corps) if corps else None
