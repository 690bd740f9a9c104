"""The answers of the Cnaf's quotient familial (API Particulier, version 2), one YAML file an answer.

Invariant: a household whose family name is not certain is rejected: a first name never opens a dossier.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from cdap.adapters.recus import ChampInvalide, Lecture, LectureImpossible, Recu
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.foyer import Adresse, Civilite, Personne, PrecisionDate, Role
from cdap.domain.noms import comparable, est_comparable
from cdap.domain.numeros import NumeroInvalide, completer_numero, est_code_organisme
from cdap.domain.versements import QuotientFamilial

CLES = (b"description:", b"params:", b"status:", b"payload:")
"""How such a file may begin where it leaves out the `---`."""
TAILLE_MAXIMALE = 1_000_000
PLACE = "réponse"
"""A file holds one answer; its name may hold a numéro d’allocataire, and is not kept."""

CIVILITES = {"F": Civilite.MME, "M": Civilite.MR}
ROLES = (Role.DEM, Role.CJT)
"""The answer does not say who is who: its first allocataire is taken for the responsable."""


def lire(chemin: Path, organisme: str) -> Lecture:
    """Give the one dossier of this file, or its Rejet. It vouches for the first day of the month of its QF.

    Raises LectureImpossible if the file cannot be opened or the organisme is not the code of a Caf.
    """
    if not est_code_organisme(organisme):
        raise LectureImpossible("l’organisme est un code de trois chiffres")
    try:
        contenu = chemin.read_bytes()
    except OSError:
        raise LectureImpossible("fichier illisible") from None
    try:
        dossier = _dossier(_document(contenu), organisme)
    except ChampInvalide as faute:
        yield faute.rejet(PLACE)
        return
    mois = dossier.quotient_familial.mois if dossier.quotient_familial else None
    yield Recu(dossier, PLACE, arrete=f"{mois}-01" if mois else None)


def _document(contenu: bytes) -> Mapping[str, Any]:
    """The YAML document, every scalar as text.

    The plainest of the safe loaders: the others would read the number 0412377 as an octal integer.
    """
    if len(contenu) > TAILLE_MAXIMALE:
        raise ChampInvalide(None, "fichier trop long pour une réponse")
    try:
        lu = yaml.load(contenu, Loader=yaml.CBaseLoader)  # noqa: S506 (builds text, lists and mappings only)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise ChampInvalide(None, "YAML mal formé") from None
    return _objet(lu, None)


def _dossier(document: Mapping[str, Any], organisme: str) -> Dossier:
    if document.get("status") != "200":
        raise ChampInvalide("status", "la réponse n’est pas un succès")
    try:
        cle = Cle(
            organisme,
            completer_numero(str(_objet(document.get("params"), "params").get("numeroAllocataire"))),
        )
    except NumeroInvalide as faute:
        raise ChampInvalide("params.numeroAllocataire", str(faute)) from None
    try:
        reponse = _objet(msgspec.json.decode(str(document.get("payload"))), "payload")
    except (msgspec.DecodeError, RecursionError):
        raise ChampInvalide("payload", "JSON mal formé") from None
    return Dossier(
        cle=cle,
        personnes=_personnes(reponse),
        adresse=_adresse(reponse.get("adresse")),
        quotient_familial=_quotient(reponse),
    )


def _quotient(reponse: Mapping[str, Any]) -> QuotientFamilial:
    """The QF of the month. Null, absent and 0 are unknown: this API says 0 where CDAP shows « non connu »."""
    valeur = _entier(reponse, "quotientFamilial")
    mois, annee = _entier(reponse, "mois"), _entier(reponse, "annee")
    if mois is not None and not 1 <= mois <= 12:
        raise ChampInvalide("payload.mois", "mois de 1 à 12 attendu")
    if annee is not None and not 1900 <= annee <= 2999:
        raise ChampInvalide("payload.annee", "année attendue")
    return QuotientFamilial(
        valeur=valeur or None, mois=None if mois is None or annee is None else f"{annee:04d}-{mois:02d}"
    )


def _entier(reponse: Mapping[str, Any], nom: str) -> int | None:
    lu = reponse.get(nom)
    if lu is None or lu == "":
        return None
    if isinstance(lu, str) and re.fullmatch(r"[0-9]{1,7}", lu):
        lu = int(lu)
    if not isinstance(lu, int) or isinstance(lu, bool) or not 0 <= lu <= 9_999_999:
        raise ChampInvalide(f"payload.{nom}", "nombre entier attendu")
    return lu


def _personnes(reponse: Mapping[str, Any]) -> tuple[Personne, ...]:
    allocataires = _liste(reponse, "allocataires")
    enfants = _liste(reponse, "enfants")
    if not allocataires:
        raise ChampInvalide("payload.allocataires", "aucun allocataire")
    famille = _nom_de_famille([*allocataires, *enfants])
    adultes = [
        _personne(lu, f"payload.allocataires[{rang}]", famille, ROLES[rang] if rang < len(ROLES) else Role.AUT)
        for rang, lu in enumerate(allocataires)
    ]
    jeunes = [_personne(lu, f"payload.enfants[{rang}]", famille, Role.ENF) for rang, lu in enumerate(enfants)]
    return (*adultes, *jeunes)


def _nom_de_famille(lus: list[Mapping[str, Any]]) -> str:
    """The comparable form of the one word that all persons of the household share.

    `nomPrenom` puts now the name first, now the first name: only what they have in common tells them apart.
    """
    mots = [{comparable(mot) for mot in _mots(lu)} for lu in lus]
    communs = set.intersection(*mots)
    if len(communs) != 1 or not est_comparable(min(communs)):
        raise ChampInvalide("payload.nomPrenom", "le nom de famille n’est pas certain")
    return communs.pop()


def _personne(lu: Mapping[str, Any], place: str, famille: str, role: Role) -> Personne:
    noms = [mot for mot in _mots(lu) if comparable(mot) == famille]
    prenoms = [mot for mot in _mots(lu) if comparable(mot) != famille]
    naissance, precision = _naissance(lu.get("dateDeNaissance"), f"{place}.dateDeNaissance")
    return Personne(
        role=role,
        civilite=None if role is Role.ENF else CIVILITES.get(str(lu.get("sexe"))),
        nom_usage=noms[0],
        prenom=" ".join(prenoms) or None,
        date_naissance=naissance,
        precision_naissance=precision,
    )


def _naissance(lu: Any, champ: str) -> tuple[date | None, PrecisionDate | None]:
    """A date written JJMMAAAA; 00 for a day, or a day and a month, that nobody knows."""
    if lu is None or lu == "":
        return None, None
    chiffres = re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{4})", lu) if isinstance(lu, str) else None
    if chiffres is None:
        raise ChampInvalide(champ, "date attendue, JJMMAAAA")
    jour, mois, annee = map(int, chiffres.groups())
    precision = PrecisionDate.O if mois == 0 else PrecisionDate.J if jour == 0 else PrecisionDate.N
    try:
        return date(annee, mois or 1, jour or 1), precision
    except ValueError:
        raise ChampInvalide(champ, "cette date n’existe pas") from None


def _adresse(lu: Any) -> Adresse | None:
    if not isinstance(lu, Mapping):
        return None
    lignes = (_texte(lu, nom) for nom in ("complementIdentite", "complementIdentiteGeo", "numeroRue", "lieuDit"))
    ville = re.fullmatch(r"([0-9]{5})(?:\s+(.+))?", _texte(lu, "codePostalVille") or "")
    return Adresse(
        lignes=tuple(ligne for ligne in lignes if ligne),
        code_postal=ville[1] if ville else None,
        commune=ville[2] if ville else _texte(lu, "codePostalVille"),
        pays=_texte(lu, "pays"),
    )


def _texte(lu: Mapping[str, Any], nom: str) -> str | None:
    valeur = lu.get(nom)
    return (valeur.strip() or None) if isinstance(valeur, str) else None


def _mots(lu: Mapping[str, Any]) -> list[str]:
    return (_texte(lu, "nomPrenom") or "").split()


def _liste(reponse: Mapping[str, Any], nom: str) -> list[Mapping[str, Any]]:
    lue = reponse.get(nom)
    if lue is None:
        return []
    if not isinstance(lue, list):
        raise ChampInvalide(f"payload.{nom}", "liste attendue")
    return [_objet(element, f"payload.{nom}[{rang}]") for rang, element in enumerate(lue)]


def _objet(lu: Any, champ: str | None) -> Mapping[str, Any]:
    if not isinstance(lu, Mapping):
        raise ChampInvalide(champ, "objet attendu")
    return lu
