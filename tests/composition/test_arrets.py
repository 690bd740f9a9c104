"""SIGTERM to each container in turn, under continuous consultations: what was begun is finished, nobody is cut off."""

import sys
import threading
import time
from collections.abc import Iterator

import pytest

from atelier.foule import Foule
from atelier.pile import Pile

CLIENTS = 8
ARRET_S = 30
REPRISE_S = 120
AVANT = 20
QUI_SERVENT = ("identity", "habilitation", "cdap", "audit", "gateway-interne")
QUI_NE_SERVENT_PERSONNE = (
    "identity-relay", "habilitation-relay", "cdap-relay", "audit-relay", "gateway-relay", "audit-collecte",
)  # fmt: skip
PORTE = ("gateway",)
QUI_GARDENT = ("courtier", "identity-base", "habilitation-base", "cdap-base", "audit-base", "gateway-base")
FERMER = {"Connection": "close"}
"""A connection for each request: on one that is kept, a request and the end of the connection may cross (RFC 9112,
9.3.1), and no server can help it."""


@pytest.fixture
def foule(pile: Pile) -> Iterator[Foule]:
    """Clients that consult, each request on a connection of its own, at the gateway's own door: before it stands
    nobody who would take a connection that it no longer takes."""
    assez = threading.Event()
    foule = Foule(pile, assez, CLIENTS, entetes=FERMER, url=_porte(pile))
    foule.entrer()
    try:
        foule.avancer(AVANT, REPRISE_S)
        yield foule
    finally:
        assez.set()
        foule.sortir()


@pytest.mark.parametrize("noms", [QUI_SERVENT, QUI_NE_SERVENT_PERSONNE, QUI_GARDENT, PORTE], ids="-".join)
def test_aucune_requete_n_est_coupee_par_un_sigterm(
    pile: Pile, foule: Foule, noms: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    dites = []
    for nom in noms:
        conteneur, debut, deja = pile.conteneur(nom), time.monotonic(), len(foule.coupees)
        assert pile.docker("stop", "-t", str(ARRET_S), conteneur).returncode == 0
        duree = time.monotonic() - debut
        code = pile.docker("inspect", "-f", "{{.State.ExitCode}}", conteneur).stdout.strip()
        pile.docker("start", conteneur)
        pile.attendre(lambda nom=nom: pile.sain(nom), REPRISE_S / pile.lenteur)
        foule.url = _porte(pile)  # which may have another address now
        lues = foule.lues
        foule.avancer(lues + AVANT, REPRISE_S)
        assert foule.lues > lues, f"no consultation after {nom} had come back"
        dites.append(f"{nom} {duree:.1f} s (code {code}, {len(foule.coupees) - deja} coupées)")
        assert code != "137", f"{nom} did not end within {ARRET_S} s of its SIGTERM"
    with capsys.disabled():
        sys.stdout.write(f"\n{' ; '.join(dites)} ; {foule.lues} lues, {dict(foule.statuts)}\n")
    assert foule.manquees == {}


def _porte(pile: Pile) -> str:
    return f"http://{pile.adresse('gateway', 'porte')}:8000"
