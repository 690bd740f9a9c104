"""The product's own format: one dossier a line, checked against `contracts/cdap/dossier.schema.json`.

Invariant: what the schema accepts is a dossier and comes back the same; what is unknown is left out.
"""

import codecs
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

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
from cdap.domain.dossiers import Dossier

RAISONS = {
    "additionalProperties": "champ inconnu",
    "enum": "valeur hors liste",
    "format": "valeur hors format",
    "maxItems": "liste trop longue",
    "maxLength": "texte trop long",
    "maximum": "nombre trop grand",
    "minLength": "texte vide",
    "minimum": "nombre trop petit",
    "pattern": "valeur hors format",
    "required": "champ obligatoire absent",
    "type": "type de valeur inattendu",
}
"""JSON Schema keywords, as the report of an import says them."""

TETE_DE_FLUX = b'{"flux"'
LONGUEUR_MAXIMALE = 1_000_000
"""Bytes of a line; a dossier has some 2 000."""


@cache
def validateur(schema_json: str = "dossier") -> jsonschema_rs.Validator:
    """The validator of a dossier, or of the head of a flow (`flux`), formats (dates) included."""
    schema = resources.files("contracts").joinpath(f"cdap/{schema_json}.schema.json").read_bytes()
    return jsonschema_rs.Draft202012Validator(
        msgspec.json.decode(schema), validate_formats=True, offline=True, mask="[…]"
    )


def lire(chemin: Path, suivi: Suivi = sans_suivi) -> Lecture:
    """Give each line as a Recu or a Rejet (« ligne 12 »); empty lines are none.

    Where the first line is the head of a flow (`contracts/cdap/flux.schema.json`) it comes out as an Entete, and
    the Bilan comes last. Raises LectureImpossible if the file cannot be read, or its head is wrong.
    """
    annonce: dict[str, Any] | None = None
    lus = 0
    for rang, ligne in _lignes(chemin, suivi):
        place = f"ligne {rang}"
        if ligne is None:
            lus += 1
            yield ChampInvalide(None, "ligne trop longue").rejet(place)
        elif lus == 0 and annonce is None and ligne.lstrip().startswith(TETE_DE_FLUX):
            annonce = _annonce(ligne)
            yield Entete(Nature.DOSSIERS, annonce.get("arrete_le"))
        else:
            lus += 1
            yield _lire(ligne, place)
    if annonce is not None:
        yield Bilan(annonce.get("dossiers"), lus)


def _lignes(chemin: Path, suivi: Suivi) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not empty, with their number; None for one that is too long."""
    try:
        with chemin.open("rb") as fichier:
            rang = lus = 0
            while ligne := fichier.readline(LONGUEUR_MAXIMALE + 1):
                rang, lus = rang + 1, lus + len(ligne)
                ligne = ligne.removeprefix(codecs.BOM_UTF8) if rang == 1 else ligne
                trop_longue = len(ligne) > LONGUEUR_MAXIMALE
                while len(ligne) > LONGUEUR_MAXIMALE and not ligne.endswith(b"\n"):
                    ligne = fichier.readline(LONGUEUR_MAXIMALE + 1)
                    lus += len(ligne)
                suivi(lus)
                if trop_longue:
                    yield rang, None
                elif ligne.strip():
                    yield rang, ligne
    except OSError:
        raise LectureImpossible("fichier illisible") from None


def _annonce(ligne: bytes) -> dict[str, Any]:
    """What the head of the flow says. Raises LectureImpossible."""
    try:
        objet = msgspec.json.decode(ligne)
    except (msgspec.DecodeError, RecursionError):
        objet = None
    if not validateur("flux").is_valid(objet):
        raise LectureImpossible("l’en-tête du flux est contraire à son schéma")
    lue: dict[str, Any] = _entiers(objet["flux"])
    return lue


def _lire(ligne: bytes, place: str) -> Recu | Rejet:
    try:
        return Recu(decoder(ligne), place)
    except ChampInvalide as faute:
        return faute.rejet(place)


def decoder(ligne: bytes) -> Dossier:
    """The dossier of one line. Raises ChampInvalide with the path of the field, never its value."""
    try:
        objet = msgspec.json.decode(ligne)
    except (msgspec.DecodeError, RecursionError):
        raise ChampInvalide(None, "JSON mal formé") from None
    for faute in validateur().iter_errors(objet):
        # The message would name an unexpected property, which the file chose: only the keyword is told.
        champ = "/".join(map(str, faute.instance_path)) or None
        raise ChampInvalide(champ, RAISONS.get(faute.kind.name, "contraire au schéma"))
    try:
        return msgspec.convert(_entiers(objet), Dossier)
    except msgspec.ValidationError:
        raise ChampInvalide(None, "contraire au modèle") from None


def encoder(dossier: Dossier) -> bytes:
    """The line of a dossier, without its end; the same dossier always gives the same bytes."""
    return msgspec.json.encode(_connu(msgspec.to_builtins(dossier)))


def ecrire(
    dossiers: Iterable[Dossier], chemin: Path, *, arrete_le: date | None = None, nombre: int | None = None
) -> None:
    """Write dossiers to a new file, one a line, after the head of the flow where a day or a number is given."""
    entete = {"arrete_le": arrete_le, "dossiers": nombre}
    with chemin.open("wb") as fichier:
        if arrete_le is not None or nombre is not None:
            fichier.write(msgspec.json.encode({"flux": _connu(msgspec.to_builtins(entete))}) + b"\n")
        fichier.writelines(encoder(dossier) + b"\n" for dossier in dossiers)


def _entiers(objet: Any) -> Any:
    """The same object with 612.0 as 612: for JSON Schema it is an integer, and the schema lets no other in."""
    if isinstance(objet, dict):
        return {nom: _entiers(valeur) for nom, valeur in objet.items()}
    if isinstance(objet, list):
        return [_entiers(valeur) for valeur in objet]
    return int(objet) if isinstance(objet, float) else objet


def _connu(objet: Any) -> Any:
    """The same object without the fields that are unknown; empty lists stay, they are known to be empty."""
    if isinstance(objet, dict):
        return {nom: _connu(valeur) for nom, valeur in objet.items() if valeur is not None}
    if isinstance(objet, (list, tuple)):
        return [_connu(valeur) for valeur in objet]
    return objet
