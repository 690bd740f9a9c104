"""The picture and the voice of a captcha."""

import time

from identity.adapters.captchas import DessinateurCaptcha
from identity.domain.captchas import epeler


def une_voix(tmp_path, script):
    voix = tmp_path / "espeak-ng"
    voix.write_text(f"#!/bin/sh\n{script}\n")
    voix.chmod(0o700)
    return DessinateurCaptcha(str(voix))


def test_la_voix_recoit_sur_son_entree_ce_qui_est_a_dire_en_francais(tmp_path):
    dit = une_voix(tmp_path, 'printf "RIFF %s " "$*"; cat').son(epeler("Kd7"))
    assert dit == b"RIFF -v fr -s 110 -g 20 --stdin --stdout K majuscule, D minuscule, 7."


def test_sans_voix_il_n_y_a_pas_de_son(tmp_path):
    assert DessinateurCaptcha(str(tmp_path / "absente")).son("a") is None
    assert une_voix(tmp_path, "exit 1").son("a") is None


def test_une_voix_qui_se_tait_est_interrompue(tmp_path):
    debut = time.monotonic()
    assert une_voix(tmp_path, "exec sleep 20").son("a") is None
    assert time.monotonic() - debut < 5
