"""Every operation × every persona, through the running gateway and service, as the table has it; and each verdict with
its one event, found in the journal by the receipt of the answer.
"""

import contextlib
import itertools
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from gestes import GESTES
from monde import Monde
from table import ACCORDE, PERSONNES, Operation, fautes, operations, verdicts

from atelier.maison import Maison

EQUIPE = 4
JOURNAL_S = 20
REFUSEE = "gateway.requete.refusee"
"""What the gateway's refusal leaves where the operation itself leaves no event."""
pytestmark = [pytest.mark.partout, pytest.mark.timeout(600)]  # a house and its people, on a machine that may be busy


@dataclass(frozen=True)
class Cas:
    """One verdict, as it was rendered."""

    operation: Operation
    qui: str
    attendu: str
    trace: str
    statut: int
    recu: str | None

    @property
    def promis(self) -> tuple[int, dict[str, Any] | None]:
        """The status and the event that the table promises; None where the contract says that none is left."""
        mot, _, reste = self.attendu.partition(" ")
        if mot == ACCORDE:
            statut, issue, cause = int(reste or self.operation.succes), "accorde", None
        else:
            statut, issue, cause = int(mot), "refuse", reste
        type = self.operation.evenement or (REFUSEE if cause else None)
        return statut, None if type is None or cause == "" else {"type": type, "issue": issue, "cause": cause}

    def faute(self, laisses: list[dict[str, Any]]) -> str | None:
        """What differs from the promise, given the events that carry this request's trace; None if nothing does."""
        statut, evenement = self.promis
        vus = [{cle: laisse[cle] for cle in ("type", "issue", "cause")} for laisse in laisses]
        recus = [laisse["id"] for laisse in laisses]
        if (self.statut, vus, recus) == (statut, [evenement] if evenement else [], [self.recu] if evenement else []):
            if evenement is None and self.recu is not None:
                return f"{self._titre} : un reçu, et le contrat ne veut pas d’événement"
            return None
        rendu = " ".join([str(self.statut), *(str(vu["cause"] or vu["issue"]) for vu in vus)])
        return (
            f"{self._titre} : promis « {self.attendu} », rendu « {rendu} » ({len(vus)} événement(s), reçu {self.recu})"
        )

    @property
    def _titre(self) -> str:
        return f"{self.operation.cle} / {self.qui} ({PERSONNES.get(self.qui, '?')})"


@pytest.fixture(scope="module")
def monde(maison: Maison) -> Monde:
    return Monde(maison)


def test_chaque_operation_a_son_verdict_et_chaque_ligne_son_operation():
    dites = fautes()
    assert not dites, "\n\n".join(["", *dites])


def test_chaque_operation_rend_a_chacun_son_verdict_et_laisse_un_seul_evenement(monde, record_property):
    depuis, debut = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1)), time.monotonic()
    jugees = [operation for operation in operations().values() if operation.cle not in _sans_verdict()]
    with ThreadPoolExecutor(EQUIPE) as equipe:
        joues = itertools.chain.from_iterable(equipe.map(lambda operation: jouer(monde, operation), jugees))
        cas = list(joues)
    assert len(cas) == len(jugees) * len(PERSONNES)
    promis = {un.trace for un in cas if un.recu}
    journal: dict[str, list[dict[str, Any]]] = {}

    def tout_est_au_journal() -> bool:
        journal.clear()
        journal.update(lire_le_journal(monde, depuis))
        return promis <= journal.keys()

    with contextlib.suppress(AssertionError):  # the faults below say which are missing
        monde.maison.attendre(tout_est_au_journal, JOURNAL_S)
    record_property("verdicts", len(cas))
    record_property("secondes", round(time.monotonic() - debut))
    dites = [faute for un in cas if (faute := un.faute(journal.get(un.trace, [])))]
    assert not dites, "\n".join(["", *dites])


def test_ce_que_les_services_se_demandent_n_existe_pour_personne_a_la_porte_publique(monde):
    for operation in operations("interne").values():
        methode, chemin, options = operation.requete(**monde.connus)
        for qui, persona in monde.personas.items():
            reponse = monde.voix(methode, chemin, persona.jeton, **options)
            vu = (reponse.status_code, reponse.headers.get("Audit-Receipt"))
            assert vu in ((404, None), (405, None)), (operation.cle, qui, vu)


def jouer(monde: Monde, operation: Operation) -> list[Cas]:
    """The verdicts of one operation, one person after the other."""
    geste = GESTES.get(operation.cle, lambda *_: {})
    rendus, cas = verdicts(operation), []
    accordes = {verdict for verdict in rendus.values() if verdict.startswith(ACCORDE)}
    commun = geste(monde, None) if set(rendus.values()) - accordes else {}
    for qui, attendu in rendus.items():
        persona = monde.personas[qui]
        valeurs = monde.connus | (geste(monde, persona) if attendu in accordes else commun)
        methode, chemin, options = operation.requete(**valeurs)
        trace = uuid4().hex
        reponse = monde.voix(methode, chemin, valeurs.get("jeton", persona.jeton), trace, **options)
        cas.append(Cas(operation, qui, attendu, trace, reponse.status_code, reponse.headers.get("Audit-Receipt")))
    return cas


def lire_le_journal(monde: Monde, depuis: str) -> dict[str, list[dict[str, Any]]]:
    """Every event since then that one of the two Cafs may see, by its trace."""
    vus = {}
    for controleur in ("controleur", "controleur_autre_caf"):
        curseur: dict[str, str] = {}
        while curseur is not None:
            lue = monde.voix(
                "GET", "/audit/v1/evenements", monde.jeton(controleur), params={"depuis": depuis, **curseur}
            )
            assert lue.status_code == 200, lue.text
            vus |= {evenement["id"]: evenement for evenement in lue.json()["evenements"]}
            suivant = lue.json()["suivant"]
            curseur = {"curseur": suivant} if suivant else None
    par_trace = defaultdict(list)
    for evenement in vus.values():
        par_trace[evenement["trace"]].append(evenement)
    return par_trace


def _sans_verdict() -> set[str]:
    """Said by the test of the table; the others are judged all the same."""
    sans = set()
    for cle, operation in operations().items():
        try:
            verdicts(operation)
        except KeyError:
            sans.add(cle)
    return sans
