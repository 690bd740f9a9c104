"""A message to the Caf about the consulted dossier (webinar, « Échanger avec la Caf pour le dossier consulté »)."""

import re
from dataclasses import dataclass

from cdap.domain.envois import Envoi
from cdap.domain.refus import MessageInvalide

_ATOME = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, dot-atom
_COURRIEL = re.compile(rf"{_ATOME}(\.{_ATOME})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
AVANT_AROBASE, COURRIEL = 64, 255
"""« 64 caractères @ 255 caractères maximum »."""
_DE_COMMANDE = re.compile(r"[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029]")
_ILLISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
OBLIGATOIRE, FORME = "Ce champ est obligatoire.", "Ce champ n’a pas la forme attendue."
AUTRE_DOSSIER = "Ce n’est pas le numéro du dossier consulté."


@dataclass(frozen=True, slots=True, kw_only=True)
class Saisie:
    """The form: « Tous les champs sont obligatoires, sauf mention contraire », the number is « facultatif »."""

    organisme: str
    nom: str
    courriel: str
    message: str
    numero_allocataire: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is mailed to `destinataire` and kept. `partenaire` (a SIRET) is from the token, the rest was typed."""

    envoi: Envoi
    destinataire: str
    partenaire: str | None
    saisie: Saisie


def exiger_complete(saisie: Saisie, numero_du_dossier: str) -> None:
    """Every field filled, on one line but for the message; an address that can be answered; no other dossier's number.

    Raises MessageInvalide, naming every field at fault.
    """
    fautes = []
    for champ in ("organisme", "nom", "courriel", "message"):
        texte: str = getattr(saisie, champ)
        interdits = _ILLISIBLE if champ == "message" else _DE_COMMANDE
        if not texte.strip():
            fautes.append((champ, OBLIGATOIRE))
        elif interdits.search(texte) or (champ == "courriel" and not est_un_courriel(texte)):
            fautes.append((champ, FORME))
    if saisie.numero_allocataire not in (None, numero_du_dossier):
        fautes.append(("numero_allocataire", AUTRE_DOSSIER))
    if fautes:
        raise MessageInvalide("saisie_invalide", erreurs=tuple(fautes))


def est_un_courriel(texte: str) -> bool:
    """Format nom@domaine.extension, with the lengths of the webinar."""
    return (
        _COURRIEL.fullmatch(texte) is not None
        and len(texte) <= COURRIEL
        and len(texte.partition("@")[0]) <= AVANT_AROBASE
    )


OBJET = "Message d’un partenaire au sujet d’un dossier consulté"


def lettre(message: Message) -> str:
    """The mail that the Caf receives."""
    saisie = message.saisie
    return f"""\
Un partenaire vous écrit depuis Mon Compte Partenaire, au sujet d’un dossier qu’il consulte.

Organisme : {saisie.organisme}
Nom et prénom : {saisie.nom}
Adresse électronique : {saisie.courriel}
Numéro allocataire : {saisie.numero_allocataire or "non indiqué"}

Message :

{saisie.message}

--
Compte vérifié par le portail : {message.envoi.sujet}, SIRET {message.partenaire or "inconnu"}
Référence au journal des accès : {message.envoi.id}
Pour répondre, répondez à ce courriel : la réponse va à l’adresse que le partenaire a donnée.
"""
