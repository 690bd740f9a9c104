"""Every page comes from an index, in its order: the plans say so, whatever the size. Times are in docs/mesures."""

import itertools
import re

import pytest
from sqlalchemy import event

from audit.adapters.depots import DepotsSql
from audit.domain.evenement import Issue
from audit.domain.recherche import Criteres, Dossier, Place
from audit.domain.supervision import Axe, Periode
from audit.usecases.accueillir import accueillir
from socle.database import lecture

VALEURS = {
    "sujet": "ACC7K2M",
    "dossier": Dossier("831", "0412377"),
    "partenaire": "99900031800017",
    "service": "cdap",
    "type": "cdap.rubrique.lue",
    "issue": Issue.REFUSE,
    "depuis": "2026-03-01T00:00:00.000000Z",
    "apres": Place("2026-03-02T00:00:00.000000Z", "0192f3a0-7b1c-7000-8000-000000000001"),
}
COMBINAISONS = [noms for taille in range(4) for noms in itertools.combinations(VALEURS, taille)]
PAR_INSTANT = re.compile(r"SEARCH journal USING INDEX (journal_\w+) \((.*)\)")


@pytest.fixture
def plans(engine, registre, forge):
    """What the database intends for each statement that a function makes: (statement, lines of its plan)."""
    dossier = {"organisme": "831", "numero_allocataire": "0412377"}
    communs = {"sujet": "ACC7K2M", "partenaire": "99900031800017", "dossier": dossier}
    corps = [forge.evenement(minute=n, caf=("831", "521")[n % 2], **communs) for n in range(6)]
    accueillir(registre, "cdap", forge.lot(forge.chainer(*corps)))

    def de(faire):
        dites = []

        def noter(_, __, ordre, valeurs, *___):
            if not ordre.startswith("BEGIN"):
                dites.append((ordre, valeurs))

        with lecture(engine) as connexion:
            event.listen(engine, "before_cursor_execute", noter)
            faire(DepotsSql(connexion))
            event.remove(engine, "before_cursor_execute", noter)
            lire = connexion.connection.dbapi_connection.execute
            return [(o, [x[3] for x in lire(f"EXPLAIN QUERY PLAN {o}", v)]) for o, v in dites]

    return de


@pytest.mark.parametrize("noms", COMBINAISONS, ids="+".join)
def test_chaque_combinaison_de_criteres_lit_un_index_dans_l_ordre_des_pages(plans, noms):
    criteres = Criteres(**{nom: VALEURS[nom] for nom in noms})
    lus = plans(lambda depots: depots.journal.chercher(criteres, "831", 51))
    assert lus
    for ordre, plan in lus:
        assert not [x for x in plan if x.startswith("SCAN") and x != "SCAN pas"], (ordre, plan)
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, (ordre, plan)
        if "corps" not in ordre:
            continue
        pages = [trouve.groups() for x in plan if (trouve := PAR_INSTANT.match(x))]
        assert pages, plan
        for index, egales in pages:
            attendu = _attendu(criteres)
            assert index in attendu, (index, egales)
            if criteres.apres is not None:
                assert "instant<?" in egales, (index, egales)


def _attendu(criteres):
    if criteres.precis:
        return {"journal_sujet", "journal_dossier"}
    if criteres.partenaire is not None:
        return {"journal_caf_partenaire", "journal_etrangere_partenaire"}
    if (criteres.service, criteres.type, criteres.issue) != (None, None, None):
        return {"journal_caf_axes", "journal_etrangere_axes"}
    return {"journal_caf_instant", "journal_etrangere_instant"}


@pytest.mark.parametrize("axe", Axe)
def test_la_supervision_ne_lit_que_son_index(plans, axe):
    ((_, plan),) = plans(
        lambda depots: depots.supervision.compter("831", Periode.lire("2026-03-01", "2026-03-31"), axe)
    )
    assert plan[0].startswith("SEARCH journal USING COVERING INDEX journal_supervision (organisme=?"), plan
