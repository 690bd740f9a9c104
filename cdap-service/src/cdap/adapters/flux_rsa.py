"""The Cnaf's flow of RSA beneficiaries (`vrsb0801.xsd`, windows-1252), read while it streams by.

Invariant: no DTD, no entity, no network, and never more than one household in memory. The NIR is not read.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from cdap.adapters import foyer_rsa
from cdap.adapters.balises import jour, ligne_de, texte
from cdap.adapters.recus import (
    Bilan,
    ChampInvalide,
    Entete,
    Lecture,
    LectureImpossible,
    Nature,
    Recu,
    Rejet,
    Suivi,
    sans_suivi,
)

RACINE, ENTETE, FOYER, FIN = "Racine", "IdentificationFlux", "InfosFoyerRSA", "TransmissionFlux"
NATURES = {"M": Nature.RSA_MENSUEL, "J": Nature.RSA_QUOTIDIEN}
"""TYPEFLUX."""

TAILLE_FOYER = 2_000_000
"""Bytes between the ends of two households, at most; a household has some 7 000."""
SUR_UN_OCTET = re.compile(r"windows-125[0-9]|cp125[0-9]|iso-?8859-[0-9]+|latin-?[0-9]+", re.IGNORECASE)
_HEURE = re.compile(r"[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?")


def lire(chemin: Path, xsd: Path | None = None, suivi: Suivi = sans_suivi) -> Lecture:
    """Give the Entete of the flow if it has one, each household as a Recu or a Rejet (« ligne 40, foyer 3 »),
    then the Bilan.

    Raises LectureImpossible, with a line number at most, if the file is not such a flow, has a DTD, is broken or not
    in the encoding that it announces, or does not follow the schema where one is given.
    """
    lus = 0
    annonces: int | None = None
    for balise in _balises(chemin, xsd, suivi):
        if balise.tag == FOYER:
            lus += 1
            yield _foyer(balise, lus)
        elif balise.tag == FIN:
            annonces = _annonces(balise)
        elif balise.tag == ENTETE:
            if lus:
                raise LectureImpossible("l’identification du flux n’est pas en tête")
            yield _entete(balise)
    yield Bilan(annonces, lus)


def _foyer(balise: etree._Element, rang: int) -> Recu | Rejet:
    place = f"foyer {rang}"
    try:
        dossier = foyer_rsa.dossier(balise)
        return Recu(dossier, f"ligne {ligne_de(balise)}, {place}", arrivee=foyer_rsa.arrivee(balise))
    except ChampInvalide as faute:
        return faute.rejet(f"ligne {faute.ligne or ligne_de(balise)}, {place}")


def _entete(balise: etree._Element) -> Entete:
    """The day of reference (DTREF) orders the flows; for one day, the instant at which each was made."""
    try:
        reference, cree_le = jour(balise, "DTREF"), jour(balise, "DTCREAFLUX")
    except ChampInvalide as faute:
        raise LectureImpossible(f"{faute.champ} : {faute.raison}, ligne {faute.ligne}") from None
    heure = texte(balise, "HEUCREAFLUX") or ""
    cree_a = f"{cree_le}T{heure[:8]}" if cree_le and _HEURE.fullmatch(heure) else str(cree_le or "")
    nature = NATURES.get(texte(balise, "TYPEFLUX") or "", Nature.RSA)
    return Entete(nature, f"{reference} {cree_a}".strip() if reference else None)


def _annonces(balise: etree._Element) -> int | None:
    compte = texte(balise, "NBTOTDOSRSATRANSM")
    return int(compte) if compte is not None and re.fullmatch(r"[0-9]{1,8}", compte) else None


def _balises(chemin: Path, xsd: Path | None, suivi: Suivi) -> Iterator[etree._Element]:
    """The parts of the flow, each forgotten, with all before it, once it was used."""
    try:
        with chemin.open("rb") as fichier:
            octets = Octets(fichier, suivi)
            evenements = _evenements(octets, None if xsd is None else etree.XMLSchema(file=str(xsd)))
            racine = _racine(evenements)
            for moment, balise in evenements:
                if moment == "end" and balise.getparent() is racine:
                    yield balise
                    octets.part_finie()
                    balise.clear()
                    while balise.getprevious() is not None:
                        del racine[0]
            if octets.en_utf8 and SUR_UN_OCTET.fullmatch(racine.getroottree().docinfo.encoding or ""):
                raise LectureImpossible("le fichier est en UTF-8, et en annonce un autre encodage")
    except etree.XMLSchemaParseError:
        raise LectureImpossible("schéma XML illisible") from None
    except etree.XMLSyntaxError as faute:
        raise LectureImpossible(f"XML mal formé ou contraire à son schéma, ligne {faute.lineno}") from None
    except OSError:
        raise LectureImpossible("fichier illisible") from None


def _evenements(octets: "Octets", schema: etree.XMLSchema | None) -> Iterator[tuple[str, Any]]:
    ouvrir: Callable[..., Any] = etree.iterparse
    lus: Iterator[tuple[str, Any]] = ouvrir(
        octets,
        events=("start", "end"),
        tag=(RACINE, ENTETE, FOYER, FIN),
        schema=schema,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return lus


def _racine(evenements: Iterator[tuple[str, Any]]) -> etree._Element:
    """The root. A flow has no business with a DTD: entities could repeat themselves, or call for other files."""
    _, racine = next(evenements, ("", None))
    if racine is None or racine.getparent() is not None or racine.tag != RACINE:
        raise LectureImpossible("ce document XML n’est pas un flux RSA de la Cnaf")
    if racine.getroottree().docinfo.internalDTD is not None:
        raise LectureImpossible("une DTD n’est pas admise")
    trouvee: etree._Element = racine
    return trouvee


class Octets:
    """The bytes of the flow on their way to the parser: how many, none too many for one part, in UTF-8 or not."""

    def __init__(self, fichier: BinaryIO, suivi: Suivi) -> None:
        self._fichier = fichier
        self._suivi = suivi
        self._lus = 0
        self._debut = 0
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._accents = False

    def read(self, taille: int = -1) -> bytes:
        """The next bytes. Raises LectureImpossible."""
        morceau = self._fichier.read(taille)
        self._lus += len(morceau)
        if self._lus - self._debut > TAILLE_FOYER:
            raise LectureImpossible("un élément est trop long pour un foyer")
        if self._utf8 is not None and not (morceau.isascii() and not self._utf8.getstate()[0]):
            self._accents = True
            try:
                self._utf8.decode(morceau, final=not morceau)
            except UnicodeDecodeError:
                self._utf8 = None
        self._suivi(self._lus)
        return morceau

    def part_finie(self) -> None:
        """One more part of the flow is behind."""
        self._debut = self._lus

    @property
    def en_utf8(self) -> bool:
        """Whether there were other characters than ASCII, all of them in UTF-8."""
        return self._accents and self._utf8 is not None
