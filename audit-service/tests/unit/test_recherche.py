"""Cursors, instants, and who sees what."""

import pytest

from audit.domain.evenement import interpreter
from audit.domain.recherche import Place, RequeteInvalide, borne, ecrire_curseur, lire_curseur, visible

PLACE = Place("2026-03-02T09:00:00.000000Z", "0192f3a0-7b1c-7000-8000-000000000001")


def test_un_curseur_se_relit():
    assert lire_curseur(ecrire_curseur(PLACE)) == PLACE
    assert lire_curseur(None) is None


@pytest.mark.parametrize(
    "texte",
    ["", "é", "x", "====", ecrire_curseur(PLACE) + "=", ecrire_curseur(PLACE)[:-2], "Zm9v",
     ecrire_curseur(Place("2026-03-02T09:00:00Z", PLACE.id)), ecrire_curseur(Place(PLACE.instant, "x"))],
)  # fmt: skip
def test_un_curseur_que_nous_n_avons_pas_donne_est_refuse(texte):
    with pytest.raises(RequeteInvalide):
        lire_curseur(texte)


@pytest.mark.parametrize("texte", ["", "hier", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02T09:00:00 01:00"])
def test_un_instant_sans_decalage_est_refuse(texte):
    with pytest.raises(RequeteInvalide) as refus:
        borne("jusqu_a", texte)
    assert [champ for champ, _ in refus.value.erreurs] == ["jusqu_a"]


@pytest.mark.parametrize(
    ("champs", "vu"),
    [
        ({"caf": "831"}, True),
        ({"caf": "521"}, False),
        ({"caf": "521", "dossier": {"organisme": "831", "numero_allocataire": "0412377"}}, True),
        ({"dossier": {"organisme": "521", "numero_allocataire": None}}, False),
        ({}, True),
    ],
)
def test_un_agent_voit_ce_qui_touche_sa_caf_et_ce_qui_n_est_a_personne(forge, champs, vu):
    assert visible(interpreter(forge.evenement(**champs)), "831") is vu
