"""What a broker brings: taken in once, whatever order and repetition; a hole wakes the pull; the rest is dead."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atelier import postgres
from atelier.bases import nouvelle_base
from audit.adapters.depots import RegistreSql
from audit.adapters.reception import Raison, Reception, lire
from audit.domain.chaine import Recu
from audit.main import MIGRATIONS
from socle.database import ouvrir
from socle.migrations import migrer

SOURCES = frozenset({"cdap", "identity"})


def entetes(recu: Recu, source: str = "cdap") -> dict[str, Any]:
    return {
        "source": source, "rang": recu.rang, "version": recu.version,
        "precedente": recu.precedente, "empreinte": recu.empreinte,
    }  # fmt: skip


class Message:
    """A delivery."""

    def __init__(self, numero: int, tete: Any, corps: bytes, auteur: str) -> None:
        self.delivery_tag, self.headers, self.body = numero, tete, corps
        self.properties = {"user_id": auteur}


class Canal:
    """Remembers what was acknowledged, and what was refused; like the broker it takes no word about what is settled."""

    def __init__(self) -> None:
        self.acquittes: list[int] = []
        self.rejetes: list[int] = []

    def basic_ack(self, numero: int, multiple: bool) -> None:
        assert multiple and numero not in self.rejetes, "PRECONDITION_FAILED"
        self.acquittes.append(numero)

    def basic_reject(self, numero: int, requeue: bool) -> None:
        assert not requeue
        self.rejetes.append(numero)


class Banc:
    """A reception over a real journal, without a broker."""

    def __init__(self, registre: Any) -> None:
        self.registre, self.canal, self.combles = registre, Canal(), []
        self._numeros = itertools.count(1)
        self.reception = Reception(
            lambda: ["amqp://nulle-part/x"], SOURCES, registre, threading.Event(), self.combles.append
        )

    def recevoir(self, *messages: tuple[Any, bytes], auteur: str = "cdap") -> None:
        lot = [Message(next(self._numeros), tete, corps, auteur) for tete, corps in messages]
        self.reception._prendre(self.canal, lot, lambda: None)

    def tete(self, source: str = "cdap") -> int:
        with self.registre.lecture() as depots:
            return depots.journal.tete(source).rang


@pytest.fixture(scope="module")
def modele() -> Iterator[str]:
    """A PostgreSQL database that may be copied."""
    with postgres.modele() as adresse:
        yield adresse


@pytest.fixture(params=["sqlite", "postgresql"])
def registre(request: pytest.FixtureRequest, tmp_path: Path) -> RegistreSql:
    """An empty journal on either: what one of them cannot hold must not stop a batch on it."""
    modele = request.getfixturevalue("modele") if request.param == "postgresql" else None
    engine = ouvrir(nouvelle_base(tmp_path / "journal.sqlite", modele), creer=True)
    migrer(engine, MIGRATIONS)
    return RegistreSql(engine)


@pytest.fixture
def banc(registre: Any) -> Banc:
    return Banc(registre)


@pytest.fixture
def chaine(forge: Any) -> list[Recu]:
    return list(forge.serie(6))


def envoi(*recus: Recu) -> list[tuple[dict[str, Any], bytes]]:
    return [(entetes(recu), recu.corps) for recu in recus]


def test_un_lot_en_desordre_et_en_double_est_pris_une_fois(banc: Banc, chaine: list[Recu]) -> None:
    banc.recevoir(*envoi(chaine[2], chaine[0], chaine[1], chaine[0]))
    banc.recevoir(*envoi(*chaine))
    assert (banc.tete(), banc.combles, banc.canal.acquittes) == (6, [], [4, 10])


def test_un_trou_reveille_la_collecte_de_cette_source(banc: Banc, chaine: list[Recu]) -> None:
    banc.recevoir(*envoi(chaine[0], chaine[3]))
    assert (banc.tete(), banc.combles, banc.canal.acquittes) == (1, ["cdap"], [2])


def test_une_fourche_est_une_alarme_et_le_message_est_acquitte(banc: Banc, chaine: list[Recu], forge: Any) -> None:
    banc.recevoir(*envoi(*chaine))
    banc.recevoir(*envoi(*forge.serie(1)))
    with banc.registre.lecture() as depots:
        assert depots.alarmes.arretent("cdap")


@pytest.mark.parametrize(
    "faux",
    [
        {"source": "inconnue"}, {"source": None}, {"rang": 0}, {"rang": "1"}, {"rang": True}, {"version": None},
        {"empreinte": "court"}, {"precedente": 7}, {"source": ["cdap"]}, {"rang": 2**63}, {"version": 2**31},
        {"version": -1}, {"empreinte": "\x00" * 64}, {"precedente": "\ud800" * 64}, {"empreinte": "É" * 64},
    ],
    ids=ascii,
)  # fmt: skip
def test_ce_qui_ne_peut_etre_place_va_au_rebut_et_le_reste_passe(
    banc: Banc, chaine: list[Recu], faux: dict[str, Any]
) -> None:
    banc.recevoir(*envoi(chaine[0]), (entetes(chaine[0]) | faux, chaine[0].corps))
    assert (banc.canal.rejetes, banc.canal.acquittes, banc.tete()) == ([2], [1], 1)


def test_nul_ne_parle_pour_une_autre_source_sinon_audit_qui_rejoue(banc: Banc, chaine: list[Recu]) -> None:
    banc.recevoir(*envoi(chaine[0]), auteur="identity")
    assert (banc.canal.rejetes, banc.tete()) == ([1], 0)
    banc.recevoir(*envoi(chaine[0]), auteur="audit")
    assert banc.tete() == 1


def test_sans_entetes_ni_texte_entier_il_n_y_a_pas_de_place(chaine: list[Recu]) -> None:
    assert lire(None, b"{}", "cdap", SOURCES) is Raison.SOURCE
    assert lire([], b"{}", "cdap", SOURCES) is Raison.SOURCE
    assert lire(entetes(chaine[0]), "\ud800", "cdap", SOURCES) is Raison.CORPS


INSTOCKABLES = ("\x00", "a\x00b", "\ud800", "\udfff\ud800")


def test_un_texte_qu_un_journal_ne_peut_tenir_prend_son_rang_et_n_arrete_pas_son_lot(banc: Banc, forge: Any) -> None:
    """Bytes are kept, whatever they say; only what is extracted of them has to be text that a column holds."""
    mauvais = [forge.evenement(**{champ: texte}) for champ in ("sujet", "objet") for texte in INSTOCKABLES]
    mauvais += [forge.evenement(dossier={"organisme": texte}) for texte in INSTOCKABLES]
    mauvais += [b"\xff\xfe\x00", b"", b'{"id": "\x00"}']
    recus = forge.chainer(*(corps for autre in mauvais for corps in (autre, forge.evenement())))
    banc.recevoir(*envoi(*recus))
    assert (banc.tete(), banc.canal.rejetes, banc.canal.acquittes) == (len(recus), [], [len(recus)])
    with banc.registre.lecture() as depots:
        assert not depots.alarmes.arretent("cdap")
        assert [alarme.genre for alarme in depots.alarmes.toutes()] == ["illisible"] * len(mauvais)
        assert len(depots.journal.empreintes("cdap", {recu.rang for recu in recus})) == len(recus)


def test_meme_ce_qui_ne_s_enchaine_pas_est_garde_tel_qu_il_est_venu(banc: Banc, chaine: list[Recu]) -> None:
    faux = entetes(chaine[0]) | {"empreinte": "0" * 64, "version": 2**31 - 1}
    banc.recevoir((faux, b"\x00\xff"))
    assert banc.canal.acquittes == [1]
    with banc.registre.lecture() as depots:
        assert depots.alarmes.arretent("cdap")
