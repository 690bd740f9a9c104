"""The Cnaf's flow of RSA beneficiaries (`vrsb0801.xsd`, windows-1252), read while it streams by.

Invariant: no DTD, no entity, no network, and never more than one household in memory. The NIR is not read.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from cdap.adapters import foyer_rsa
from cdap.adapters.balises import texte
from cdap.adapters.recus import Bilan, ChampInvalide, Lecture, LectureImpossible, Recu, Rejet

RACINE, FOYER, FIN = "Racine", "InfosFoyerRSA", "TransmissionFlux"


def lire(chemin: Path, xsd: Path | None = None) -> Lecture:
    """Give each household as a Recu or a Rejet (« foyer 3 »), then the Bilan of the flow.

    Raises LectureImpossible, with a line number at most, if the file is not such a flow, has a DTD, is
    broken, or does not follow the schema where one is given.
    """
    lus = 0
    annonces: int | None = None
    for balise in _balises(chemin, xsd):
        if balise.tag == FOYER:
            lus += 1
            yield _foyer(balise, f"foyer {lus}")
        elif balise.tag == FIN:
            annonces = _annonces(balise)
    yield Bilan(annonces, lus)


def _foyer(balise: etree._Element, place: str) -> Recu | Rejet:
    try:
        return Recu(foyer_rsa.dossier(balise))
    except ChampInvalide as faute:
        return faute.rejet(place)


def _annonces(balise: etree._Element) -> int | None:
    compte = texte(balise, "NBTOTDOSRSATRANSM")
    return int(compte) if compte is not None and compte.isascii() and compte.isdigit() else None


def _balises(chemin: Path, xsd: Path | None) -> Iterator[etree._Element]:
    """The households and the end of the flow, each forgotten, with all before it, once it was used."""
    try:
        evenements = _evenements(chemin, None if xsd is None else etree.XMLSchema(file=str(xsd)))
        _, racine = next(evenements)
        _verifier(racine)
        for moment, balise in evenements:
            if moment == "end" and balise.getparent() is racine:
                yield balise
                balise.clear()
                while balise.getprevious() is not None:
                    del racine[0]
    except etree.XMLSchemaParseError:
        raise LectureImpossible("schéma XML illisible") from None
    except etree.XMLSyntaxError as faute:
        raise LectureImpossible(f"XML mal formé ou contraire à son schéma, ligne {faute.lineno}") from None
    except OSError:
        raise LectureImpossible("fichier illisible") from None


def _evenements(chemin: Path, schema: etree.XMLSchema | None) -> Iterator[tuple[str, Any]]:
    ouvrir: Callable[..., Any] = etree.iterparse
    lus: Iterator[tuple[str, Any]] = ouvrir(
        str(chemin),
        events=("start", "end"),
        schema=schema,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return lus


def _verifier(racine: etree._Element) -> None:
    """A flow has no business with a DTD: entities could repeat themselves, or call for other files."""
    if racine.getroottree().docinfo.internalDTD is not None:
        raise LectureImpossible("une DTD n’est pas admise")
    if racine.tag != RACINE:
        raise LectureImpossible("ce document XML n’est pas un flux RSA de la Cnaf")
