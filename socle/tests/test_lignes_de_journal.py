"""A line of the log is one write, whole beside those of other threads."""

import json
import logging
import os
import threading

from socle.journaux import Ligne, Sortie

FILS, LIGNES = 4, 200


def test_des_fils_qui_ecrivent_ensemble_ne_melent_pas_leurs_lignes(tmp_path):
    fichier = tmp_path / "journal"
    ici = os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sortie = Sortie(ici)
    sortie.setFormatter(Ligne("essai"))

    def ecrire(rang):
        for numero in range(LIGNES):
            ligne = logging.LogRecord("essai", logging.INFO, "", 0, "dit", None, None)
            ligne.__dict__ |= {"trace": f"{rang}-{numero}", "secret": "jamais"}
            sortie.handle(ligne)

    fils = [threading.Thread(target=ecrire, args=(rang,)) for rang in range(FILS)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    os.close(ici)
    lues = [json.loads(ligne) for ligne in fichier.read_text().splitlines()]
    assert {lue["trace"] for lue in lues} == {f"{rang}-{n}" for rang in range(FILS) for n in range(LIGNES)}
    assert all("secret" not in lue for lue in lues)


def test_un_journal_qui_ne_peut_s_ecrire_n_arrete_personne(monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    lecture, ecriture = os.pipe()
    sortie = Sortie(ecriture)
    os.close(lecture)
    os.close(ecriture)
    sortie.handle(logging.LogRecord("essai", logging.INFO, "", 0, "dit", None, None))
