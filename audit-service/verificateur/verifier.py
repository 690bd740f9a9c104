#!/usr/bin/env python3
"""Checks an export of the journal, and the witnesses kept elsewhere: is it whole, is it what the sources said?

    verifier.py EXPORT --temoins DOSSIER

A program apart, with its own code: the standard library alone, nothing of the services it checks (architecture.md,
section 5). EXPORT is NDJSON, one entry a line: source, rang, version, precedente, empreinte, corps ("-" is the
standard input). Read once, as a stream; memory depends on the witnesses (40 bytes each), not on the entries: the
event ids wait in temporary files. Exit 0: complete; 1: faults, named one by one; 2: what was given cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TextIO

ORIGINE = "0" * 64
LIGNE_MAX = 4 * 1024 * 1024
EMPREINTE = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

MODIFIE = "contenu modifié"
MANQUANTE = "entrée manquante"
DOUBLE = "entrée insérée ou en double"
ROMPUE = "chaîne rompue"
TRONQUE = "journal tronqué"
CONTREDIT = "témoin contredit"
AUTRE = "source d’un autre"
VERSION = "version d’empreinte inconnue"
LIGNE = "ligne illisible"
TEMOIN = "témoin illisible"


class Illisible(Exception):
    """What was given cannot be read at all."""


class Fautes:
    """The first fault of each kind for each source, and how many more there are."""

    def __init__(self) -> None:
        self._premieres: dict[tuple[str, str], str] = {}
        self._suivantes: dict[tuple[str, str], int] = {}

    def ajouter(self, source: str, genre: str, ou: str) -> None:
        """Name a fault; only the first of its kind is kept in words."""
        cle = source, genre
        if cle in self._premieres:
            self._suivantes[cle] = self._suivantes.get(cle, 0) + 1
        else:
            self._premieres[cle] = f"{source}, {ou} : {genre}" if source else f"{ou} : {genre}"

    def lignes(self) -> Iterator[str]:
        """The faults, one a line."""
        for cle, texte in self._premieres.items():
            suivantes = self._suivantes.get(cle, 0)
            yield f"{texte} (et {nombre(suivantes)} de plus)" if suivantes else texte


class Temoins:
    """The witnesses of one source: ranks and prints, 40 bytes each, in the order of ranks."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self._dernier = 0
        self._en_ordre = True
        self._place = 0

    def ajouter(self, rang: int, empreinte: str) -> None:
        """Keep one."""
        self._en_ordre = self._en_ordre and rang >= self._dernier
        self._dernier = rang
        self._octets += struct.pack(">Q32s", rang, bytes.fromhex(empreinte))

    def ranger(self) -> None:
        """Put them in order, once all are there."""
        if not self._en_ordre:
            pas = (self._octets[place : place + 40] for place in range(0, len(self._octets), 40))
            self._octets = bytearray(b"".join(sorted(pas)))
            self._en_ordre = True

    def jusqu_a(self, rang: int) -> Iterator[tuple[int, str]]:
        """Those not yet given, up to this rank."""
        while self._place < len(self._octets):
            vu, empreinte = struct.unpack_from(">Q32s", self._octets, self._place)
            if vu > rang:
                return
            self._place += 40
            yield vu, empreinte.hex()

    @property
    def suivant(self) -> int | None:
        """The rank of the next that was not given."""
        if self._place >= len(self._octets):
            return None
        rang: int = struct.unpack_from(">Q", self._octets, self._place)[0]
        return rang


class Identifiants:
    """Every event id with its place, in temporary files, so that a double is found whatever the size."""

    FORME = struct.Struct(">16sIQ")
    PARTS = 64

    def __init__(self) -> None:
        self._parts: list[IO[bytes]] = [
            tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `doubles`, removed with the process in any case
            for _ in range(self.PARTS)
        ]
        self._sources: dict[str, int] = {}

    def ajouter(self, id: str, source: str, rang: int) -> None:
        """Keep one; the last byte of an id is chance, and spreads them evenly."""
        octets = bytes.fromhex(id.replace("-", ""))
        numero = self._sources.setdefault(source, len(self._sources))
        self._parts[octets[-1] % self.PARTS].write(self.FORME.pack(octets, numero, rang))

    def doubles(self) -> Iterator[tuple[str, int]]:
        """Source and rank of each entry whose id came before."""
        noms = list(self._sources)
        for part in self._parts:
            part.seek(0)
            vus: set[bytes] = set()
            while lu := part.read(self.FORME.size):
                octets, numero, rang = self.FORME.unpack(lu)
                if octets in vus:
                    yield noms[numero], rang
                vus.add(octets)
            part.close()


@dataclass
class Suite:
    """How far one source has been read: its last rank, and the prints from which the next may go on."""

    temoins: Temoins
    rang: int = 0
    empreintes: set[str] = field(default_factory=lambda: {ORIGINE})


class Verification:
    """One reading of an export against the witnesses."""

    def __init__(self, temoins: dict[str, Temoins], fautes: Fautes) -> None:
        self._temoins = temoins
        self._fautes = fautes
        self._suites: dict[str, Suite] = {}
        self._identifiants = Identifiants()
        self.entrees = 0
        self.sans_sens = 0

    @property
    def sources(self) -> int:
        """How many sources were met."""
        return len(self._suites)

    def entree(self, lu: dict[str, Any]) -> None:
        """Check one entry: its rank, its place in the chain, its bytes, its witness, and what its body says."""
        self.entrees += 1
        source, rang = lu["source"], lu["rang"]
        suite = self._suites.get(source)
        if suite is None:
            suite = self._suites[source] = Suite(self._temoins.pop(source, Temoins()))
        corps = lu["corps"].encode("utf-8", "surrogateescape")
        if rang <= suite.rang:
            self._faute(source, rang, DOUBLE)
            if rang == suite.rang and len(suite.empreintes) < 16:
                suite.empreintes.add(lu["empreinte"])
            return
        recalculee = hashlib.sha256(bytes.fromhex(lu["precedente"]) + corps).hexdigest()
        if lu["version"] != 1:
            self._faute(source, rang, VERSION)
        elif recalculee != lu["empreinte"]:
            self._faute(source, rang, MODIFIE)
        if rang > suite.rang + 1:
            self._manque(source, suite.rang + 1, rang - 1)
        elif lu["precedente"] not in suite.empreintes:
            self._faute(source, rang, ROMPUE)
        for vu, empreinte in suite.temoins.jusqu_a(rang):
            if vu == rang and empreinte != lu["empreinte"]:
                self._faute(source, rang, CONTREDIT)
        # One fault is named once: the next entry may go on from the print as written, or as it should be.
        suite.rang, suite.empreintes = rang, {lu["empreinte"], recalculee}
        self._corps(source, rang, corps)

    def finir(self) -> None:
        """What can only be said at the end: doubles, and witnesses of what is not there."""
        for source, rang in self._identifiants.doubles():
            self._faute(source, rang, DOUBLE)
        reste = {source: (suite.rang, suite.temoins) for source, suite in self._suites.items()}
        reste |= {source: (0, temoins) for source, temoins in self._temoins.items()}
        for source, (rang, temoins) in reste.items():
            if temoins.suivant is not None:
                self._fautes.ajouter(source, TRONQUE, f"après le rang {rang}, un témoin a vu le rang {temoins.suivant}")

    def _corps(self, source: str, rang: int, corps: bytes) -> None:
        """A body that is no event took its rank as it was; only what it says can contradict its place."""
        try:
            dit = json.loads(corps.decode("utf-8"))
        except (ValueError, RecursionError):
            dit = None
        if not isinstance(dit, dict):
            self.sans_sens += 1
            return
        if isinstance(dit.get("source"), str) and dit["source"] != source:
            self._faute(source, rang, AUTRE)
        if isinstance(dit.get("id"), str) and UUID.fullmatch(dit["id"]):
            self._identifiants.ajouter(dit["id"], source, rang)

    def _manque(self, source: str, premier: int, dernier: int) -> None:
        ou = f"rang {premier}" if premier == dernier else f"rangs {premier} à {dernier}"
        self._fautes.ajouter(source, MANQUANTE, ou)

    def _faute(self, source: str, rang: int, genre: str) -> None:
        self._fautes.ajouter(source, genre, f"rang {rang}")


def lire_temoins(dossier: Path, fautes: Fautes) -> tuple[dict[str, Temoins], int]:
    """The witnesses by source, and how many there are. A last line without its end is being written: it is left."""
    if not dossier.is_dir():
        raise Illisible(f"Le dossier des témoins est introuvable : {dossier}")
    temoins: dict[str, Temoins] = {}
    combien = 0
    for chemin in sorted(dossier.glob("*.ndjson")):
        with chemin.open("rb") as fichier:
            for numero, octets in enumerate(_lignes(fichier), start=1):
                lu = _objet(octets)
                if lu is None or not _place(lu) or not _est_empreinte(lu.get("empreinte")):
                    if octets.endswith(b"\n"):
                        fautes.ajouter("", TEMOIN, f"{chemin.name}, ligne {numero}")
                    continue
                temoins.setdefault(lu["source"], Temoins()).ajouter(lu["rang"], lu["empreinte"])
                combien += 1
    for de_la_source in temoins.values():
        de_la_source.ranger()
    return temoins, combien


def verifier(fichier: IO[bytes], temoins: dict[str, Temoins], fautes: Fautes) -> Verification:
    """Read the whole export. Raises Illisible where not one line of it is an entry."""
    verification = Verification(temoins, fautes)
    illisibles = 0
    for numero, octets in enumerate(_lignes(fichier), start=1):
        lu = _objet(octets)
        if lu is None or not _est_entree(lu):
            illisibles += 1
            fautes.ajouter("", LIGNE, f"ligne {numero} de l’export")
        else:
            verification.entree(lu)
    if illisibles and not verification.entrees:
        raise Illisible("L’export n’est pas un export du journal : aucune ligne n’est lisible.")
    verification.finir()
    return verification


def nombre(valeur: int) -> str:
    """A number as it is written in French."""
    return f"{valeur:,}".replace(",", "\u202f")


def accord(valeur: int, mot: str) -> str:
    """A number and its noun, plural from two on."""
    return f"{nombre(valeur)} {mot}{'s' if valeur > 1 else ''}"


def _lignes(fichier: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: fichier.readline(LIGNE_MAX), b"")


def _objet(octets: bytes) -> dict[str, Any] | None:
    try:
        lu = json.loads(octets)
    except (ValueError, RecursionError):
        return None
    return lu if isinstance(lu, dict) else None


def _place(lu: dict[str, Any]) -> bool:
    source, rang = lu.get("source"), lu.get("rang")
    return isinstance(source, str) and source != "" and type(rang) is int and 0 < rang < 2**63


def _est_empreinte(valeur: Any) -> bool:
    return isinstance(valeur, str) and EMPREINTE.fullmatch(valeur) is not None


def _est_entree(lu: dict[str, Any]) -> bool:
    if not _place(lu) or type(lu.get("version")) is not int or not isinstance(lu.get("corps"), str):
        return False
    if not _est_empreinte(lu.get("precedente")) or not _est_empreinte(lu.get("empreinte")):
        return False
    try:
        lu["corps"].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _ecrire(texte: str, sortie: TextIO = sys.stdout) -> None:
    sortie.write(texte + "\n")


def _dire(verification: Verification, temoins: int, fautes: Fautes) -> int:
    trouvees = list(fautes.lignes())
    if trouvees:
        _ecrire(f"Le journal n’est pas complet ou pas intact : {accord(len(trouvees), 'constat')}.")
        _ecrire("\n".join(trouvees))
        return 1
    entrees, sources = accord(verification.entrees, "entrée"), accord(verification.sources, "source")
    _ecrire(f"Le journal est complet : {entrees} de {sources}")
    if verification.sans_sens:
        _ecrire(
            f"Dont {accord(verification.sans_sens, 'entrée')} sans événement lisible, au rang que la source a donné."
        )
    if temoins:
        _ecrire(f"Comparé à {accord(temoins, 'témoin')}.")
    else:
        _ecrire("Attention : aucun témoin ; une fin de journal coupée ne se verrait pas.")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The exit code."""
    analyseur = argparse.ArgumentParser(description="Vérifier un export du journal des accès.")
    analyseur.add_argument("export", help="le fichier NDJSON, ou « - » pour l’entrée standard")
    analyseur.add_argument("--temoins", required=True, type=Path, help="le dossier des témoins")
    lus = analyseur.parse_args(arguments)
    for sortie in (sys.stdout, sys.stderr):
        if hasattr(sortie, "reconfigure"):
            sortie.reconfigure(encoding="utf-8", errors="backslashreplace")
    fautes = Fautes()
    try:
        temoins, combien = lire_temoins(lus.temoins, fautes)
        if lus.export == "-":
            verification = verifier(sys.stdin.buffer, temoins, fautes)
        else:
            with Path(lus.export).open("rb") as fichier:
                verification = verifier(fichier, temoins, fautes)
    except Illisible as faute:
        _ecrire(str(faute), sys.stderr)
        return 2
    except OSError as faute:
        _ecrire(f"Lecture impossible : {faute.strerror}", sys.stderr)
        return 2
    return _dire(verification, combien, fautes)


if __name__ == "__main__":
    sys.exit(main())
