"""One act, one transaction, exactly one event; and no answer without it."""

import json
import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from socle.acces import Acces
from socle.outbox import outbox
from socle.refus import AccesRefuse
from socle.travail import TraceImpossible

ACTE = "cdap.rubrique.lue"
ACCES = Acces(acte="essai", sujet="ACC7K2MQ")


def evenements(engine):
    with engine.connect() as connexion:
        return [json.loads(corps)["data"] for corps in connexion.execute(select(outbox.c.corps)).scalars()]


def test_un_acte_accorde_est_ecrit_avec_son_evenement(travail, engine):
    with travail.acte(ACTE, ACCES, rubrique="rsa") as acte:
        acte.depots.ecrire("fait")
        recu = acte.recu
    (evenement,) = evenements(engine)
    assert (evenement["issue"], evenement["cause"], evenement["rubrique"]) == ("accorde", None, "rsa")
    with travail.lecture() as depots:
        assert depots.toutes() == ["fait"]
    assert recu


def test_un_refus_annule_l_acte_garde_sa_cause_et_porte_son_recu(travail, engine):
    with pytest.raises(AccesRefuse) as refus, travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("a ne pas garder")
        raise AccesRefuse("hors_portee")
    (evenement,) = evenements(engine)
    assert (evenement["issue"], evenement["cause"]) == ("refuse", "hors_portee")
    assert refus.value.recu
    with travail.lecture() as depots:
        assert depots.toutes() == []


def test_une_faute_annule_l_acte_et_se_dit_par_sa_classe_sans_son_texte(travail, engine):
    with pytest.raises(KeyError), travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("a ne pas garder")
        raise KeyError("un secret")
    (evenement,) = evenements(engine)
    assert (evenement["issue"], evenement["cause"]) == ("echec", "KeyError")
    assert "secret" not in json.dumps(evenement)


def test_une_faute_de_la_base_dans_l_acte_laisse_un_evenement(travail, engine):
    with travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("double")
    with pytest.raises(IntegrityError), travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("double")
    assert [evenement["issue"] for evenement in evenements(engine)] == ["accorde", "echec"]


def test_un_acte_qui_ne_touche_pas_la_base_laisse_un_evenement(travail, engine):
    with travail.acte(ACTE, ACCES):
        pass
    assert len(evenements(engine)) == 1


def test_si_l_evenement_ne_peut_s_ecrire_rien_n_est_fait_et_rien_ne_sort(travail, engine):
    with engine.begin() as connexion:
        connexion.execute(text("ALTER TABLE outbox RENAME TO ailleurs"))
    with pytest.raises(TraceImpossible), travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("a ne pas garder")
    with travail.lecture() as depots:
        assert depots.toutes() == []


def test_une_note_qui_n_est_pas_un_champ_de_l_evenement_est_une_faute_et_rien_n_est_ecrit(travail, engine):
    with pytest.raises(ValueError, match="not a field"), travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("a ne pas garder")
        acte.note(nom="AUBRAC")
    assert evenements(engine) == []
    with travail.lecture() as depots:
        assert depots.toutes() == []


def test_avant_le_premier_usage_de_la_base_aucun_verrou_n_est_pris(travail):
    with travail.acte(ACTE, ACCES) as lent:
        with travail.acte(ACTE, ACCES) as rapide:
            rapide.depots.ecrire("pendant ce temps")
        lent.depots.ecrire("ensuite")
    with travail.lecture() as depots:
        assert depots.toutes() == ["pendant ce temps", "ensuite"]


def test_seize_ecrivains_qui_lisent_puis_ecrivent_n_en_perdent_aucun(travail, engine):
    def ecrire(rang: int) -> None:
        for fois in range(10):
            with travail.acte(ACTE, ACCES) as acte:
                acte.depots.toutes()
                acte.depots.ecrire(f"{rang}-{fois}")

    fils = [threading.Thread(target=ecrire, args=(rang,)) for rang in range(16)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(evenements(engine)) == 160


def test_les_recus_d_une_requete_sont_les_siens(travail):
    une, autre = travail.pour_une_requete(), travail.pour_une_requete()
    with une.acte(ACTE, ACCES) as acte:
        pass
    assert (une.recus, autre.recus) == ([acte.recu], [])


def test_l_acquis_reste_meme_si_l_acte_est_refuse(travail, engine):
    with pytest.raises(AccesRefuse), travail.acte(ACTE, ACCES) as acte:
        acte.depots.ecrire("acquis")
        acte.acquis()
        acte.depots.ecrire("a ne pas garder")
        raise AccesRefuse("ensuite")
    with travail.lecture() as depots:
        assert depots.toutes() == ["acquis"]
    assert [(e["issue"], e["cause"]) for e in evenements(engine)] == [("refuse", "ensuite")]


def test_un_acte_qui_ne_fait_que_lire_laisse_son_evenement_quelle_qu_en_soit_l_issue(travail, engine):
    with travail.acte(ACTE, ACCES) as acte:
        assert acte.a_lire.toutes() == []
    with pytest.raises(AccesRefuse), travail.acte(ACTE, ACCES) as acte:
        acte.a_lire.toutes()
        raise AccesRefuse("hors_portee")
    with engine.begin() as connexion:
        connexion.execute(text("DROP TABLE notes"))
    with pytest.raises(SQLAlchemyError), travail.acte(ACTE, ACCES) as acte:
        acte.a_lire.toutes()
    assert [evenement["issue"] for evenement in evenements(engine)] == ["accorde", "refuse", "echec"]
