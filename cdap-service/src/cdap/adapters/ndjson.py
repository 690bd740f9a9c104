"""The product's own format: one dossier a line, checked against `contracts/cdap/dossier.schema.json`.

Invariant: what the schema accepts is a dossier and comes back the same; what is unknown is left out.
"""

import codecs
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from cdap.adapters.recus import ChampInvalide, Lecture, LectureImpossible, Recu, Rejet
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

LONGUEUR_MAXIMALE = 1_000_000
"""Bytes of a line; a dossier has some 2 000."""


@cache
def validateur() -> jsonschema_rs.Validator:
    """The validator of a dossier, its formats (dates) included."""
    schema = resources.files("contracts").joinpath("cdap/dossier.schema.json").read_bytes()
    return jsonschema_rs.Draft202012Validator(
        msgspec.json.decode(schema), validate_formats=True, offline=True, mask="[…]"
    )


def lire(chemin: Path) -> Lecture:
    """Give each line as a Recu or a Rejet (« ligne 12 »); empty lines are none.

    Raises LectureImpossible if the file cannot be read.
    """
    try:
        with chemin.open("rb") as fichier:
            rang = 0
            while ligne := fichier.readline(LONGUEUR_MAXIMALE + 1):
                rang += 1
                ligne = ligne.removeprefix(codecs.BOM_UTF8) if rang == 1 else ligne
                place = f"ligne {rang}"
                trop_longue = len(ligne) > LONGUEUR_MAXIMALE
                while len(ligne) > LONGUEUR_MAXIMALE and not ligne.endswith(b"\n"):
                    ligne = fichier.readline(LONGUEUR_MAXIMALE + 1)
                if trop_longue:
                    yield ChampInvalide(None, "ligne trop longue").rejet(place)
                elif ligne.strip():
                    yield _lire(ligne, place)
    except OSError:
        raise LectureImpossible("fichier illisible") from None


def _lire(ligne: bytes, place: str) -> Recu | Rejet:
    try:
        return Recu(decoder(ligne))
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


def ecrire(dossiers: Iterable[Dossier], chemin: Path) -> None:
    """Write dossiers to a new file, one a line."""
    with chemin.open("wb") as fichier:
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
