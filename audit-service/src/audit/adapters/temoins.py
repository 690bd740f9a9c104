"""Heads kept outside of the database: `AAAA-MM-JJ.ndjson`, only ever appended to, on the disk before it is said.

A line: `{"a": ISO instant, "source", "rang", "empreinte"}`. A line that a power cut left without its end stays the
last of its file, and the day goes on in `AAAA-MM-JJ-2.ndjson`: any other line that cannot be read is damage.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from audit.domain.chaine import Tete
from audit.usecases.ports import Temoignage
from socle.fichiers import retenir


class TemoinsFichiers:
    """The witnesses of a folder, which is made if it is missing; one process writes there."""

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier
        dossier.mkdir(parents=True, exist_ok=True)
        self._derniers: dict[str, Tete | None] = {}

    def dernier(self, source: str) -> Tete | None:
        """The last head kept of a source, looked for once in the files, the newest first."""
        if source not in self._derniers:
            self._derniers[source] = self._chercher(source)
        return self._derniers[source]

    def avant(self, source: str, instant: datetime) -> Tete | None:
        """The last head of a source that was witnessed before that instant."""
        limite = _instant(instant)
        for chemin in self._fichiers():
            if chemin.stem[:10] <= limite[:10] and (trouvee := _derniere(chemin, source, limite)) is not None:
                return trouvee
        return None

    def ajouter(self, temoignages: Sequence[Temoignage], a: datetime) -> None:
        """Append to the file of the day (UTC), and wait until that is on the disk. Raises OSError."""
        quand = a.astimezone(UTC)
        chemin = self._chemin(f"{quand:%Y-%m-%d}")
        lignes = [_ligne(temoignage, quand) for temoignage in temoignages]
        nouveau = not chemin.exists()
        with chemin.open("ab") as fichier:
            fichier.write("".join(lignes).encode())
            fichier.flush()
            os.fsync(fichier.fileno())
        if nouveau:
            retenir(self._dossier)
        self._derniers.update({temoignage.source: temoignage.tete for temoignage in temoignages})

    def _chemin(self, jour: str) -> Path:
        """The first file of that day whose last line has its end, or that is not there yet."""
        suites = (f"-{numero}" for numero in count(2))
        noms = (self._dossier / f"{jour}{suite}.ndjson" for suite in chain(("",), suites))
        return next(chemin for chemin in noms if _acheve(chemin))

    def _fichiers(self) -> list[Path]:
        """The newest first."""
        return sorted(self._dossier.glob("*.ndjson"), key=lambda chemin: chemin.stem, reverse=True)

    def _chercher(self, source: str) -> Tete | None:
        trouvees = (_derniere(chemin, source) for chemin in self._fichiers())
        return next((tete for tete in trouvees if tete is not None), None)


def _derniere(chemin: Path, source: str, avant: str | None = None) -> Tete | None:
    """The last head of a source in one file; with `avant`, of those witnessed before."""
    derniere = None
    for lu in _lignes(chemin):
        if lu.get("source") == source and (avant is None or str(lu.get("a")) < avant):
            derniere = Tete(lu["rang"], lu["empreinte"])
    return derniere


def _instant(quand: datetime) -> str:
    return quand.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ligne(temoignage: Temoignage, quand: datetime) -> str:
    dit = {
        "a": _instant(quand),
        "source": temoignage.source,
        "rang": temoignage.tete.rang,
        "empreinte": temoignage.tete.empreinte,
    }
    return json.dumps(dit) + "\n"


def _acheve(chemin: Path) -> bool:
    """Whether a line may be appended to this file."""
    if not chemin.exists():
        return True
    with chemin.open("rb") as fichier:
        taille = fichier.seek(0, os.SEEK_END)
        fichier.seek(max(0, taille - 1))
        return fichier.read() in (b"", b"\n")


def _lignes(chemin: Path) -> Iterator[dict[str, Any]]:
    with chemin.open(encoding="utf-8", errors="replace") as fichier:
        for texte in fichier:
            try:
                lu = json.loads(texte)
            except ValueError:
                continue
            if isinstance(lu, dict) and isinstance(lu.get("rang"), int) and isinstance(lu.get("empreinte"), str):
                yield lu
