#!/usr/bin/env python3
"""Checks an export of the journal, and the witnesses kept elsewhere: is it whole, is it what the sources said?

    verifier.py EXPORT --temoins DOSSIER [--conservation JOURS] [--perte SOURCE:PREMIER-DERNIER …]

A program apart, with its own code: the standard library alone, nothing of the services it checks (architecture.md,
section 5). EXPORT is NDJSON: one line for each source that was purged, with its point (the last entry that went); one
entry a line: source, rang, version, precedente, empreinte, corps, and recherche, the columns that searches look at;
then one open alarm a line ("-" is the standard input). Read once, as a stream; memory
depends on the witnesses (48 bytes each), not on the entries: the event ids wait in temporary files.

What is a fault: bytes that are not those of their print, a place in the chain that does not fit, a witness that is
contradicted; a column that does not say what the bytes say, for a search would miss that access; an alarm that is
open, for its source may have stopped; a witness that cannot be read, unless it is a last line without its end; and
entries without a witness, for a cut end would not be seen. Entries wait for their witness about a minute: those of the
last ten before the newest are left in peace, and a journal that began less than ten minutes ago needs none.

A purge is no fault if a witness saw its very point, and saw it so long ago that all behind it had its age; a point that
no witness saw is forged, and one that was seen too lately came too early. A source that was restored from a copy opens
a new lineage: its first event must name the head that the journal has. Where both lost entries (audit restored, its
own events with it), the lineage says which: they are a fault until the operator says them too (--perte).

Exit 0: complete; 1: faults, named one by one; 2: what was given cannot be read.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, TextIO

ORIGINE = "0" * 64
LIGNE_MAX = 4 * 1024 * 1024
EMPREINTE = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
INSTOCKABLE = re.compile("[\x00\ud800-\udfff]")
TEXTE_MAX = 256
ISSUES = ("accorde", "refuse", "echec")
FACULTATIFS = (
    "cause", "sujet", "session", "partenaire", "caf", "groupe", "profil", "rubrique", "objet", "adresse",
)  # fmt: skip
SANS_COLONNE = ("client", "finalite", "fondement", "destinataire", "consultation", "trace")
CLE = ("organisme", "numero_allocataire")
COLONNES = ("id", "type", "instant", "service", "acte", "issue", *FACULTATIFS, *CLE)
CACHEE = {**dict.fromkeys(COLONNES), "illisible": True}
"""The columns of an entry that no search shows: it is no event, or its id is another's."""

SANS_TEMOIN = timedelta(minutes=10)
CONSERVATION_JOURS = 365
OUVERTURE = "journal.lignee.ouverte"
OBJET = re.compile(r"([0-9]{1,18}):([0-9a-f]{64}):([0-9]{1,18})")
PERTE = re.compile(r"([a-z]+):([0-9]{1,18})-([0-9]{1,18})")

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
VIDE = "témoin vide"
ABSENT = "aucun témoin"
COLONNE = "colonne de recherche modifiée"
ALARME = "alarme ouverte"
POINT = "purge sans témoin"
TROP_TOT = "purge avant l’âge"
LIGNEE = "lignée sans tête connue"
PERDUES = "entrées perdues, dites par une lignée"

EN_MOTS = {COLONNE: 1000, TEMOIN: 100, VIDE: 100, ALARME: 1000}
"""How many faults of a kind are named for each source; of those that draw others after them, the first alone."""


class Illisible(Exception):
    """What was given cannot be read at all."""


class Fautes:
    """The first faults of each kind for each source (`EN_MOTS`), and how many more there are."""

    def __init__(self) -> None:
        self._dites: dict[tuple[str, str], list[str]] = {}
        self._suivantes: dict[tuple[str, str], int] = {}

    def ajouter(self, source: str, genre: str, ou: str, quoi: str = "") -> None:
        """Name a fault: where, its kind, and what more there is to say of it."""
        cle = source, genre
        dites = self._dites.setdefault(cle, [])
        if len(dites) >= EN_MOTS.get(genre, 1):
            self._suivantes[cle] = self._suivantes.get(cle, 0) + 1
        else:
            dites.append((f"{source}, {ou} : {genre}" if source else f"{ou} : {genre}") + (quoi and f" ({quoi})"))

    def lignes(self) -> Iterator[str]:
        """The faults, one a line."""
        for cle, dites in self._dites.items():
            suivantes = self._suivantes.get(cle, 0)
            yield from dites[:-1]
            yield f"{dites[-1]} (et {nombre(suivantes)} de plus)" if suivantes else dites[-1]


class Temoins:
    """The witnesses of one source: rank, print and time (of the epoch, ms), 48 bytes each, in the order of ranks."""

    FORME = struct.Struct(">Q32sQ")

    def __init__(self) -> None:
        self._octets = bytearray()
        self._dernier = 0
        self._en_ordre = True
        self._place = 0
        self.plus_haut = 0

    def ajouter(self, rang: int, empreinte: str, a: int) -> None:
        """Keep one."""
        self._en_ordre = self._en_ordre and rang >= self._dernier
        self._dernier = rang
        self.plus_haut = max(self.plus_haut, rang)
        self._octets += self.FORME.pack(rang, bytes.fromhex(empreinte), a)

    def ranger(self) -> None:
        """Put them in order, once all are there."""
        if not self._en_ordre:
            pas = (self._octets[n : n + self.FORME.size] for n in range(0, len(self._octets), self.FORME.size))
            self._octets = bytearray(b"".join(sorted(pas)))
            self._en_ordre = True

    def jusqu_a(self, rang: int) -> Iterator[tuple[int, str, int]]:
        """Rank, print and time of those not yet given, up to this rank."""
        while self._place < len(self._octets):
            vu, empreinte, a = self.FORME.unpack_from(self._octets, self._place)
            if vu > rang:
                return
            self._place += self.FORME.size
            yield vu, empreinte.hex(), a

    @property
    def suivant(self) -> int | None:
        """The rank of the next that was not given."""
        if self._place >= len(self._octets):
            return None
        rang: int = struct.unpack_from(">Q", self._octets, self._place)[0]
        return rang


@dataclass(frozen=True)
class Identifie:
    """An event that has an id: where it stands, and whether a search shows it."""

    source: str
    rang: int
    cachee: bool
    reprise: bool
    """It came after a new lineage of its source, which may bring again what the journal had."""
    corps: bytes

    def repete(self, autre: Identifie) -> bool:
        """Whether this is the other one, brought again by a restored source."""
        return self.reprise and self.source == autre.source and self.corps == autre.corps


class Identifiants:
    """Every event id with its place, in temporary files, so that a double is found whatever the size."""

    FORME = struct.Struct(">16sIQ??8s")
    PARTS = 64

    def __init__(self) -> None:
        self._parts: list[IO[bytes]] = [
            tempfile.TemporaryFile()  # noqa: SIM115 -- closed by `doubles`, removed with the process in any case
            for _ in range(self.PARTS)
        ]
        self._sources: dict[str, int] = {}

    def ajouter(self, id: str, dit: Identifie) -> None:
        """Keep one; the last byte of an id is chance, and spreads them evenly."""
        octets = bytes.fromhex(id.replace("-", ""))
        numero = self._sources.setdefault(dit.source, len(self._sources))
        resume = hashlib.sha256(dit.corps).digest()[:8]
        self._parts[octets[-1] % self.PARTS].write(
            self.FORME.pack(octets, numero, dit.rang, dit.cachee, dit.reprise, resume)
        )

    def fautes(self) -> Iterator[tuple[str, int, str]]:
        """Source, rank and kind: an id that came twice, or an entry that is hidden and has its id for itself."""
        noms = list(self._sources)
        for part in self._parts:
            part.seek(0)
            vus: dict[bytes, Identifie] = {}
            cachees: list[tuple[bytes, Identifie]] = []
            while lu := part.read(self.FORME.size):
                octets, numero, *reste = self.FORME.unpack(lu)
                dit = Identifie(noms[numero], *reste)
                if dit.cachee:
                    cachees.append((octets, dit))
                elif octets in vus:
                    yield dit.source, dit.rang, DOUBLE
                else:
                    vus[octets] = dit
            for octets, dit in cachees:
                if octets not in vus:
                    yield dit.source, dit.rang, COLONNE
                elif not dit.repete(vus[octets]):
                    yield dit.source, dit.rang, DOUBLE
            part.close()


@dataclass
class Suite:
    """How far one source has been read: its last rank, and the prints from which the next may go on."""

    temoins: Temoins
    rang: int = 0
    empreintes: set[str] = field(default_factory=lambda: {ORIGINE})
    sans_temoin: tuple[int, str] | None = None
    """Rank and instant of the first event that no witness covers."""
    lignee: bool = False
    """Whether the source was restored, and went on with a new lineage."""
    commencee: bool = False
    """Whether an entry was read: a point comes before."""


@dataclass(frozen=True)
class Attendu:
    """What the operator knows: the present instant, how old what is purged must be, which losses are admitted."""

    maintenant: datetime
    conservation: timedelta
    pertes: frozenset[tuple[str, int, int]] = frozenset()


class Verification:
    """One reading of an export against the witnesses."""

    def __init__(self, temoins: dict[str, Temoins], fautes: Fautes, attendu: Attendu) -> None:
        self._temoins = temoins
        self._fautes = fautes
        self._attendu = attendu
        self.dites: list[str] = []
        self._suites: dict[str, Suite] = {}
        self._identifiants = Identifiants()
        self._premier, self._dernier = "", ""
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
        suite = self._suite(source)
        suite.commencee = True
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
        dit = _objet_dit(corps)
        ouverture = _ouverture(dit)
        if ouverture is not None:
            self._lignee(suite, source, lu, ouverture)
        elif rang > suite.rang + 1:
            self._manque(source, suite.rang + 1, rang - 1)
        elif lu["precedente"] not in suite.empreintes:
            self._faute(source, rang, ROMPUE)
        for vu, empreinte, _ in suite.temoins.jusqu_a(rang):
            if (vu == rang and empreinte != lu["empreinte"]) or (vu == rang - 1 and empreinte != lu["precedente"]):
                self._faute(source, vu, CONTREDIT)
        # One fault is named once: the next entry may go on from the print as written, or as it should be.
        suite.rang, suite.empreintes = rang, {lu["empreinte"], recalculee}
        if dit is None:
            self.sans_sens += 1
        elif isinstance(dit.get("source"), str) and dit["source"] != source:
            self._faute(source, rang, AUTRE)
        attendues = colonnes(dit)
        if attendues["instant"] is not None:
            self._dater(suite, rang, attendues["instant"])
        cachee = lu["recherche"] == CACHEE
        # An event that is hidden although it can be read may be a double: that is known at the end.
        if recalculee == lu["empreinte"] and lu["recherche"] != attendues and not cachee:
            self._colonnes(source, rang, lu["recherche"], attendues)
        if dit is not None and isinstance(dit.get("id"), str) and UUID.fullmatch(dit["id"]):
            cachee = cachee and not attendues["illisible"]
            self._identifiants.ajouter(dit["id"], Identifie(source, rang, cachee, suite.lignee, corps))

    def point(self, lu: dict[str, Any]) -> None:
        """A source begins after a purge: a witness must have seen that very head, long ago."""
        source, rang = lu["source"], lu["rang"]
        suite = self._suite(source)
        if suite.commencee or suite.rang:
            self._faute(source, rang, DOUBLE)
            return
        suite.rang, suite.empreintes = rang, {lu["empreinte"]}
        vus = [(empreinte, a) for vu, empreinte, a in suite.temoins.jusqu_a(rang) if vu == rang]
        limite = (self._attendu.maintenant - self._attendu.conservation).timestamp() * 1000
        if not vus:
            self._faute(source, rang, POINT)
        elif any(empreinte != lu["empreinte"] for empreinte, _ in vus):
            self._faute(source, rang, CONTREDIT)
        elif min(a for _, a in vus) > limite:
            self._faute(source, rang, TROP_TOT)
        self.dites.append(f"{source} : purgé jusqu’au rang {nombre(rang)}, qu’un témoin a vu.")

    def alarme(self, lue: dict[str, Any]) -> None:
        """An alarm that is open: what the source gave did not fit, and it may have stopped."""
        self._fautes.ajouter(lue["source"], ALARME, f"rang {lue['rang']}", f"n° {lue['numero']}, {lue['genre']}")

    def finir(self) -> None:
        """What can only be said at the end: doubles, witnesses of what is not there, entries without witness."""
        for source, rang, genre in self._identifiants.fautes():
            self._fautes.ajouter(source, genre, f"rang {rang}", "illisible" if genre == COLONNE else "")
        reste = {source: (suite.rang, suite.temoins) for source, suite in self._suites.items()}
        reste |= {source: (0, temoins) for source, temoins in self._temoins.items()}
        for source, (rang, temoins) in reste.items():
            if temoins.suivant is not None:
                self._fautes.ajouter(source, TRONQUE, f"après le rang {rang}, un témoin a vu le rang {temoins.suivant}")
        self._temoins_absents(self._attendu.maintenant)

    def _suite(self, source: str) -> Suite:
        suite = self._suites.get(source)
        if suite is None:
            suite = self._suites[source] = Suite(self._temoins.pop(source, Temoins()))
        return suite

    def _lignee(self, suite: Suite, source: str, lu: dict[str, Any], ouverture: tuple[int, str, int]) -> None:
        """A restored source goes on: from the head that it names, which the journal has, or has lost as well."""
        rang, (connu, empreinte, commun) = lu["rang"], ouverture
        if (connu, empreinte) != (rang - 1, lu["precedente"]):
            self._faute(source, rang, LIGNEE)
        if rang > suite.rang + 1:
            perte = source, suite.rang + 1, rang - 1
            if perte in self._attendu.pertes:
                self.dites.append(f"{source} : rangs {perte[1]} à {perte[2]} perdus à une restauration, et admis.")
            else:
                self._fautes.ajouter(source, PERDUES, f"rangs {perte[1]} à {perte[2]}")
        elif lu["precedente"] not in suite.empreintes:
            self._faute(source, rang, ROMPUE)
        suite.lignee = True
        perdus = f", sans les actes des rangs {commun + 1} à {connu}" if commun < connu else ""
        self.dites.append(f"{source} : restaurée, reprend au rang {rang}{perdus}.")

    def _temoins_absents(self, maintenant: datetime) -> None:
        """Entries that have waited too long for a witness, as the journal's own instants tell."""
        if not self._premier:
            return
        if not any(suite.temoins.plus_haut for suite in self._suites.values()):
            if maintenant - _datetime(self._premier) > SANS_TEMOIN:
                self._fautes.ajouter("", ABSENT, f"le journal commence le {self._premier}")
            return
        for source, suite in self._suites.items():
            if suite.sans_temoin is not None:
                rang, instant = suite.sans_temoin
                if _datetime(self._dernier) - _datetime(instant) > SANS_TEMOIN:
                    self._fautes.ajouter(source, ABSENT, f"à partir du rang {rang}")

    def _dater(self, suite: Suite, rang: int, instant: str) -> None:
        if instant > self._dernier:
            self._dernier = instant
        if not self._premier or instant < self._premier:
            self._premier = instant
        if suite.sans_temoin is None and rang > suite.temoins.plus_haut:
            suite.sans_temoin = rang, instant

    def _colonnes(self, source: str, rang: int, lues: dict[str, Any], attendues: dict[str, Any]) -> None:
        absente = object()
        noms = [nom for nom in {**attendues, **lues} if lues.get(nom, absente) != attendues.get(nom, absente)]
        self._fautes.ajouter(source, COLONNE, f"rang {rang}", ", ".join(noms))

    def _manque(self, source: str, premier: int, dernier: int) -> None:
        ou = f"rang {premier}" if premier == dernier else f"rangs {premier} à {dernier}"
        self._fautes.ajouter(source, MANQUANTE, ou)

    def _faute(self, source: str, rang: int, genre: str) -> None:
        self._fautes.ajouter(source, genre, f"rang {rang}")


def colonnes(dit: dict[str, Any] | None) -> dict[str, Any]:
    """What the columns of an entry must say, by its body: nothing where a part of it has not its form."""
    data = None if dit is None else dit.get("data")
    if dit is None or not isinstance(data, dict) or dit.get("specversion") != "1.0":
        return CACHEE
    id, instant, dossier = dit.get("id"), _instant(dit.get("time")), data.get("dossier")
    if dossier is None:
        dossier = {}
    if not isinstance(dossier, dict) or not isinstance(id, str) or not UUID.fullmatch(id) or instant is None:
        return CACHEE
    lues = {nom: None if (dite := data.get(nom)) == "" else dite for nom in FACULTATIFS}
    lues |= {nom: None if (dite := dossier.get(nom)) == "" else dite for nom in CLE}
    textes = [dite for dite in lues.values() if dite is not None]
    textes += [dite for nom in SANS_COLONNE if (dite := data.get(nom)) is not None and dite != ""]
    lues["type"], lues["acte"], lues["service"] = dit.get("type"), data.get("acte"), data.get("service")
    textes += [lues["type"], lues["acte"], lues["service"], dit.get("source")]
    if not _sont_textes(textes) or data.get("issue") not in ISSUES or not _est_nombre(data.get("nombre")):
        return CACHEE
    return {**lues, "id": id, "instant": instant, "issue": data["issue"], "illisible": False}


def lire_temoins(dossier: Path, fautes: Fautes) -> tuple[dict[str, Temoins], int]:
    """The witnesses by source, and how many there are. A last line without its end is being written, or was when
    the power went: it is left."""
    if not dossier.is_dir():
        raise Illisible(f"Le dossier des témoins est introuvable : {dossier}")
    temoins: dict[str, Temoins] = {}
    combien = 0
    toujours = int(datetime.now(UTC).timestamp() * 1000)
    for chemin in sorted(dossier.glob("*.ndjson")):
        octets = b""
        with chemin.open("rb") as fichier:
            for numero, octets in enumerate(_lignes(fichier), start=1):
                lu = _objet(octets)
                if lu is not None and _place(lu) and _est_empreinte(lu.get("empreinte")):
                    a = _millisecondes(lu.get("a"), toujours)
                    temoins.setdefault(lu["source"], Temoins()).ajouter(lu["rang"], lu["empreinte"], a)
                    combien += 1
                elif octets.endswith(b"\n") or len(octets) >= LIGNE_MAX:
                    fautes.ajouter("", TEMOIN, f"{chemin.name}, ligne {numero}")
        if not octets:
            fautes.ajouter("", VIDE, chemin.name)
    for de_la_source in temoins.values():
        de_la_source.ranger()
    return temoins, combien


def verifier(fichier: IO[bytes], temoins: dict[str, Temoins], fautes: Fautes, attendu: Attendu) -> Verification:
    """Read the whole export. Raises Illisible where not one line of it is an entry."""
    verification = Verification(temoins, fautes, attendu)
    illisibles = 0
    for numero, octets in enumerate(_lignes(fichier), start=1):
        lu = _objet(octets)
        if lu is not None and _est_entree(lu):
            verification.entree(lu)
        elif lu is not None and _est_point(lu.get("point")):
            verification.point(lu["point"])
        elif lu is not None and _est_alarme(lu.get("alarme")):
            verification.alarme(lu["alarme"])
        else:
            illisibles += 1
            fautes.ajouter("", LIGNE, f"ligne {numero} de l’export")
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


def _objet(octets: bytes | str) -> dict[str, Any] | None:
    try:
        lu = json.loads(octets)
    except (ValueError, RecursionError):
        return None
    return lu if isinstance(lu, dict) else None


def _objet_dit(corps: bytes) -> dict[str, Any] | None:
    """What a body says. One that is no event took its rank as it was."""
    try:
        return _objet(corps.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _instant(valeur: Any) -> str | None:
    """The instant in the one form that compares as text: UTC, with microseconds; None if it is none."""
    if not isinstance(valeur, str) or not _sont_textes([valeur]):
        return None
    try:
        lu = datetime.fromisoformat(valeur)
        if INSTANT.fullmatch(valeur):
            return valeur
        if lu.tzinfo is None:
            return None
        return lu.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except (ValueError, OverflowError):
        return None


def _ouverture(dit: dict[str, Any] | None) -> tuple[int, str, int] | None:
    """The head from which an event opens a lineage, and the last common rank; no head where it names none."""
    if dit is None or dit.get("type") != OUVERTURE:
        return None
    data = dit.get("data")
    objet = data.get("objet") if isinstance(data, dict) else None
    lu = OBJET.fullmatch(objet) if isinstance(objet, str) else None
    return (-1, "", -1) if lu is None else (int(lu[1]), lu[2], int(lu[3]))


def _millisecondes(a: Any, sinon: int) -> int:
    """When a head was witnessed; a witness without a time proves no age."""
    instant = _instant(a)
    return sinon if instant is None else max(0, int(_datetime(instant).timestamp() * 1000))


def _datetime(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def _sont_textes(valeurs: list[Any]) -> bool:
    """Whether all of them can be columns; all at once, for this is what an entry costs."""
    try:
        ensemble, longueurs = "".join(valeurs), [*map(len, valeurs)]
    except TypeError:
        return False
    if not 0 < min(longueurs) <= max(longueurs) <= TEXTE_MAX:
        return False
    return (ensemble.isascii() and "\0" not in ensemble) or INSTOCKABLE.search(ensemble) is None


def _est_nombre(valeur: Any) -> bool:
    """How many refusals one event stands for; most stand for themselves, and say none."""
    return valeur is None or (type(valeur) is int and 0 < valeur < 2**53)


def _place(lu: dict[str, Any]) -> bool:
    source, rang = lu.get("source"), lu.get("rang")
    return isinstance(source, str) and source != "" and type(rang) is int and 0 < rang < 2**63


def _est_empreinte(valeur: Any) -> bool:
    return isinstance(valeur, str) and EMPREINTE.fullmatch(valeur) is not None


def _est_entree(lu: dict[str, Any]) -> bool:
    if not _place(lu) or type(lu.get("version")) is not int or not isinstance(lu.get("corps"), str):
        return False
    if not isinstance(lu.get("recherche"), dict):
        return False
    if not _est_empreinte(lu.get("precedente")) or not _est_empreinte(lu.get("empreinte")):
        return False
    try:
        lu["corps"].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _est_point(lu: Any) -> bool:
    return isinstance(lu, dict) and _place(lu) and _est_empreinte(lu.get("empreinte"))


def _est_alarme(lue: Any) -> bool:
    if not isinstance(lue, dict) or type(lue.get("numero")) is not int or type(lue.get("rang")) is not int:
        return False
    return isinstance(lue.get("source"), str) and isinstance(lue.get("genre"), str)


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
    if verification.dites:
        _ecrire("\n".join(verification.dites))
    if temoins:
        _ecrire(f"Comparé à {accord(temoins, 'témoin')}.")
    else:
        _ecrire("Attention : le journal commence, et n’a pas de témoin ; une fin coupée ne se verrait pas.")
    return 0


def _perte(texte: str) -> tuple[str, int, int]:
    lu = PERTE.fullmatch(texte)
    if lu is None:
        raise argparse.ArgumentTypeError("attendu : SOURCE:PREMIER-DERNIER")
    return lu[1], int(lu[2]), int(lu[3])


def main(arguments: list[str] | None = None) -> int:
    """The exit code."""
    analyseur = argparse.ArgumentParser(description="Vérifier un export du journal des accès.")
    analyseur.add_argument("export", help="le fichier NDJSON, ou « - » pour l’entrée standard")
    analyseur.add_argument("--temoins", required=True, type=Path, help="le dossier des témoins")
    analyseur.add_argument(
        "--conservation", type=int, default=CONSERVATION_JOURS, metavar="JOURS", help="l’âge de ce qui est purgé (365)"
    )
    analyseur.add_argument(
        "--perte", action="append", default=[], type=_perte, metavar="SOURCE:PREMIER-DERNIER",
        help="des rangs perdus à une restauration, admis par l’exploitant",
    )  # fmt: skip
    lus = analyseur.parse_args(arguments)
    attendu = Attendu(datetime.now(UTC), timedelta(days=lus.conservation), frozenset(lus.perte))
    for sortie in (sys.stdout, sys.stderr):
        if hasattr(sortie, "reconfigure"):
            sortie.reconfigure(encoding="utf-8", errors="backslashreplace")
    fautes = Fautes()
    try:
        temoins, combien = lire_temoins(lus.temoins, fautes)
        if lus.export == "-":
            verification = verifier(sys.stdin.buffer, temoins, fautes, attendu)
        else:
            with Path(lus.export).open("rb") as fichier:
                verification = verifier(fichier, temoins, fautes, attendu)
    except Illisible as faute:
        _ecrire(str(faute), sys.stderr)
        return 2
    except OSError as faute:
        _ecrire(f"Lecture impossible : {faute.strerror}", sys.stderr)
        return 2
    return _dire(verification, combien, fautes)


if __name__ == "__main__":
    sys.exit(main())
