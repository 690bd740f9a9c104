"""The witnesses: appended where a head has moved, and only there."""

import json
from datetime import UTC, datetime

import pytest

from audit.adapters.temoins import TemoinsFichiers
from audit.domain.chaine import Tete
from audit.usecases.accueillir import accueillir
from audit.usecases.ports import Temoignage
from audit.usecases.temoigner import temoigner

SOIR = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
LENDEMAIN = datetime(2026, 3, 3, 0, 1, tzinfo=UTC)


@pytest.fixture
def dossier(tmp_path):
    return tmp_path / "temoins"


def _lignes(chemin):
    return [json.loads(ligne) for ligne in chemin.read_text().splitlines()]


def test_une_tete_s_ecrit_quand_elle_a_bouge_et_seulement_alors(registre, forge, dossier):
    recus = forge.serie(3)
    accueillir(registre, "cdap", forge.lot(recus[:2]))
    temoins = TemoinsFichiers(dossier)
    comptes = [temoigner(registre, temoins, ("cdap", "identity"), SOIR) for _ in range(2)]
    # A new process reads what is there; a new day has a new file.
    comptes.append(temoigner(registre, TemoinsFichiers(dossier), ("cdap", "identity"), LENDEMAIN))
    accueillir(registre, "cdap", forge.lot(recus[2:], 2))
    comptes.append(temoigner(registre, TemoinsFichiers(dossier), ("cdap", "identity"), LENDEMAIN))
    assert comptes == [1, 0, 0, 1]
    assert sorted(chemin.name for chemin in dossier.iterdir()) == ["2026-03-02.ndjson", "2026-03-03.ndjson"]
    assert _lignes(dossier / "2026-03-02.ndjson") == [
        {"a": "2026-03-02T23:59:59.000Z", "source": "cdap", "rang": 2, "empreinte": recus[1].empreinte}
    ]
    assert _lignes(dossier / "2026-03-03.ndjson")[0]["rang"] == 3


def test_une_ligne_coupee_par_une_panne_reste_la_derniere_de_son_fichier(registre, forge, dossier):
    recus = forge.serie(2)
    accueillir(registre, "cdap", forge.lot(recus[:1]))
    dossier.mkdir()
    coupe = dossier / "2026-03-02.ndjson"
    coupe.write_text('{"a": "2026-03-02T23:5')
    temoigner(registre, TemoinsFichiers(dossier), ("cdap",), SOIR)
    accueillir(registre, "cdap", forge.lot(recus[1:], 1))
    # A new process finds the last head in the file that goes on, and goes on there too.
    assert TemoinsFichiers(dossier).dernier("cdap") == Tete(1, recus[0].empreinte)
    temoigner(registre, TemoinsFichiers(dossier), ("cdap",), SOIR)
    assert coupe.read_text() == '{"a": "2026-03-02T23:5'
    assert [ligne["rang"] for ligne in _lignes(dossier / "2026-03-02-2.ndjson")] == [1, 2]


def test_un_temoin_qui_ne_s_ecrit_pas_n_est_pas_tenu_pour_ecrit(registre, forge, dossier):
    accueillir(registre, "cdap", forge.lot(forge.serie(1)))
    temoins = TemoinsFichiers(dossier)
    obstacle = dossier / "2026-03-02.ndjson"
    obstacle.mkdir()
    with pytest.raises(OSError):
        temoigner(registre, temoins, ("cdap",), SOIR)
    obstacle.rmdir()
    assert temoigner(registre, temoins, ("cdap",), SOIR) == 1
    assert isinstance(temoins.dernier("cdap"), Tete)


def test_un_journal_remis_ne_fait_pas_oublier_la_tete_qu_il_avait(registre, forge, dossier):
    recus = forge.serie(2)
    perdue = Tete(5, forge.serie(1)[0].empreinte)
    accueillir(registre, "cdap", forge.lot(recus))
    temoins = TemoinsFichiers(dossier)
    temoins.ajouter([Temoignage("cdap", perdue)], SOIR)
    assert temoigner(registre, temoins, ("cdap",), LENDEMAIN) == 0
    assert TemoinsFichiers(dossier).dernier("cdap") == perdue
