"""Captchas as pictures (the `captcha` library), and as a French voice where espeak-ng is installed.

Invariant: the voice is given only what we have drawn ourselves, on its input and never as an argument; if it fails
or takes too long there is no sound. Only a few are made at once.
"""

import logging
import shutil
import subprocess
import threading

from captcha.image import ImageCaptcha

LARGEUR, HAUTEUR = 240, 90
A_LA_FOIS = 2
VOIX_S = 3.0
ENTETE_WAV = 44  # RIFF, fmt of 16 bytes, data
logger = logging.getLogger(__name__)


class DessinateurCaptcha:
    """Draws and speaks."""

    def __init__(self, espeak: str) -> None:
        self._espeak = shutil.which(espeak)
        self._images = ImageCaptcha(width=LARGEUR, height=HAUTEUR)
        self._places = threading.BoundedSemaphore(A_LA_FOIS)

    def image(self, texte: str) -> bytes:
        """A PNG of these characters."""
        with self._places:
            return self._images.generate(texte).getvalue()

    def son(self, texte: str) -> bytes | None:
        """A WAV of this text, spoken slowly in French; None where that cannot be done."""
        if self._espeak is None:
            return None
        try:
            with self._places:
                dit = subprocess.run(
                    [self._espeak, "-v", "fr", "-s", "110", "-g", "20", "--stdin", "--stdout"],
                    input=texte.encode(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    timeout=VOIX_S,
                    check=True,
                )
        except (OSError, subprocess.SubprocessError) as faute:
            logger.error("captcha sans voix", extra={"faute": faute.__class__.__name__})
            return None
        return _avec_sa_longueur(dit.stdout)


def _avec_sa_longueur(wav: bytes) -> bytes | None:
    """The same WAV, saying how long it is; None where it is none.

    What espeak-ng writes to a pipe announces hours of sound, which players believe: it cannot go back to its header.
    """
    if len(wav) <= ENTETE_WAV or wav[:4] != b"RIFF" or wav[36:40] != b"data":
        return None
    longueurs = ((4, len(wav) - 8), (40, len(wav) - ENTETE_WAV))
    juste = bytearray(wav)
    for ou, longueur in longueurs:
        juste[ou : ou + 4] = longueur.to_bytes(4, "little")
    return bytes(juste)
