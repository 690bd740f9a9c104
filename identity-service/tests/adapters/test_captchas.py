"""The picture and the voice of a captcha."""

import io
import shutil
import time
import wave

import pytest

from identity.adapters.captchas import DessinateurCaptcha
from identity.domain.captchas import epeler


def une_voix(tmp_path, script):
    voix = tmp_path / "espeak-ng"
    voix.write_text(f"#!/bin/sh\n{script}\n")
    voix.chmod(0o700)
    return DessinateurCaptcha(str(voix))


def test_la_voix_recoit_sur_son_entree_ce_qui_est_a_dire_en_francais_et_le_son_dit_sa_longueur(tmp_path):
    """As espeak-ng writes to a pipe: a header of hours, then the sound (here, its orders)."""
    entete = une_entete(annonce=0x7FFFF000)
    (tmp_path / "entete").write_bytes(entete)
    dit = une_voix(tmp_path, f'cat "{tmp_path}/entete"; printf "%s " "$*"; cat').son(epeler("Kd7"))
    ordres = b"-v fr -s 110 -g 20 --stdin --stdout K majuscule, D minuscule, 7."
    assert dit == une_entete(annonce=len(ordres)) + ordres


def une_entete(annonce: int) -> bytes:
    """The header of a WAV of one voice, 22 050 samples a second of 16 bits, that announces so many bytes."""
    tampon = io.BytesIO()
    with wave.open(tampon, "wb") as ecrit:
        ecrit.setparams((1, 2, 22_050, 0, "NONE", ""))
        ecrit.writeframes(b"")
    entete = bytearray(tampon.getvalue())
    entete[4:8], entete[40:44] = (annonce + 36).to_bytes(4, "little"), annonce.to_bytes(4, "little")
    return bytes(entete)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_la_vraie_voix_dit_un_captcha_en_quelques_secondes_de_son():
    with wave.open(io.BytesIO(DessinateurCaptcha("espeak-ng").son(epeler("Kd7mRx")))) as son:
        assert 3 < son.getnframes() / son.getframerate() < 30
        assert any(son.readframes(son.getnframes()))


def test_aucune_lettre_ne_se_dit_comme_une_autre():
    assert epeler("Yi2") == "I grec majuscule, I minuscule, 2."


def test_sans_voix_il_n_y_a_pas_de_son(tmp_path):
    assert DessinateurCaptcha(str(tmp_path / "absente")).son("a") is None
    assert une_voix(tmp_path, "exit 1").son("a") is None
    assert une_voix(tmp_path, "printf 'pas un son, mais assez long pour en être un entier'").son("a") is None


def test_une_voix_qui_se_tait_est_interrompue(tmp_path):
    debut = time.monotonic()
    assert une_voix(tmp_path, "exec sleep 60").son("a") is None
    assert time.monotonic() - debut < 40
