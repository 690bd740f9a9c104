"""What audit understands of an event's bytes."""

import json
from typing import Any

import pytest

from audit.domain.evenement import Issue, instant_utc, interpreter, source_dite


def _autre(corps: bytes, **champs: Any) -> bytes:
    return json.dumps(json.loads(corps) | champs).encode()


def test_un_evenement_est_lu_a_plat(forge):
    lu = interpreter(
        forge.evenement(sujet="ACC7K2M", caf="831", dossier={"organisme": "831", "numero_allocataire": "0412377"})
    )
    assert (lu.sujet, lu.caf, lu.organisme, lu.numero_allocataire) == ("ACC7K2M", "831", "831", "0412377")
    assert lu.issue is Issue.ACCORDE
    assert lu.instant == "2026-03-02T09:00:00.000000Z"


def test_un_champ_inconnu_d_une_version_future_ne_gene_pas(forge):
    assert interpreter(_autre(forge.evenement(nouveau="x"), subject="y")) is not None


def test_un_numero_mal_forme_du_dossier_peut_manquer(forge):
    lu = interpreter(forge.evenement(dossier={"organisme": "831", "numero_allocataire": None}))
    assert (lu.organisme, lu.numero_allocataire) == ("831", None)


@pytest.mark.parametrize(
    "champs",
    [
        {"id": "x"},
        {"id": None},
        {"id": "0192F3A0-7B1C-7000-8000-000000000001"},
        {"specversion": "2.0"},
        {"time": "hier"},
        {"time": "2026-03-02T09:00:00"},
        {"time": "0001-01-01T00:00:00+14:00"},
        {"time": 12},
        {"type": ""},
        {"source": None},
        {"data": []},
    ],
)
def test_ce_qui_n_a_pas_la_forme_d_un_evenement_est_illisible(forge, champs):
    assert interpreter(_autre(forge.evenement(), **champs)) is None


@pytest.mark.parametrize(
    "champs",
    [
        {"issue": "peut-etre"},
        {"acte": None},
        {"sujet": 12},
        {"sujet": "a\x00b"},
        {"cause": "\ud800"},
        {"adresse": "x" * 257},
        {"dossier": "0412377"},
        {"dossier": []},
    ],
)
def test_des_donnees_que_la_base_ne_peut_pas_garder_rendent_illisible(forge, champs):
    assert interpreter(forge.evenement(**champs)) is None


@pytest.mark.parametrize("corps", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, "{}".encode("utf-16")])
def test_des_octets_quelconques_sont_illisibles_sans_erreur(corps):
    assert interpreter(corps) is None
    assert source_dite(corps) is None


def test_les_instants_se_comparent_comme_du_texte_quel_que_soit_leur_decalage():
    assert instant_utc("2026-03-02T10:00:00+01:00") == instant_utc("2026-03-02T09:00:00Z")
    assert instant_utc("0042-01-01T00:00:00Z") < instant_utc("2026-01-01T00:00:00.5Z")
