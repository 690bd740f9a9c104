"""Open a file of dossiers: its first characters, not its name, say which of the three formats it is."""

import codecs
from pathlib import Path

from cdap.adapters import flux_rsa, ndjson, quotient_familial
from cdap.adapters.recus import Bilan, ChampInvalide, Lecture, LectureImpossible, Recu, Rejet, Suivi, sans_suivi

__all__ = ["Bilan", "ChampInvalide", "Lecture", "LectureImpossible", "Recu", "Rejet", "ouvrir", "sans_caf"]

TETE = 4096


def ouvrir(chemin: Path, organisme: str | None = None, xsd: Path | None = None, suivi: Suivi = sans_suivi) -> Lecture:
    """Read a file in the format that its content shows.

    `<` is the RSA flow of the Cnaf (checked against `xsd` where given), `{` the product's NDJSON, a YAML
    document a quotient familial answer, which needs the organisme (the answer does not say it).
    Raises LectureImpossible, at once for an unknown format, or while reading.
    """
    debut = _debut(chemin)
    if debut.startswith(b"<"):
        return flux_rsa.lire(chemin, xsd, suivi)
    if debut.startswith(b"{"):
        return ndjson.lire(chemin, suivi)
    if _sans_caf(debut):
        if organisme is None:
            raise LectureImpossible("une réponse de quotient familial ne dit pas sa Caf : donner l’organisme")
        return quotient_familial.lire(chemin, organisme)
    raise LectureImpossible("format inconnu : ni flux RSA (XML), ni NDJSON, ni réponse de quotient familial (YAML)")


def sans_caf(chemin: Path) -> bool:
    """Whether the file does not say its Caf: quotient familial answers. Raises LectureImpossible."""
    return _sans_caf(_debut(chemin))


def _sans_caf(debut: bytes) -> bool:
    return debut.startswith((b"---", *quotient_familial.CLES))


def _debut(chemin: Path) -> bytes:
    try:
        with chemin.open("rb") as fichier:
            tete = fichier.read(TETE)
    except OSError:
        raise LectureImpossible("fichier illisible") from None
    return tete.removeprefix(codecs.BOM_UTF8).lstrip()
