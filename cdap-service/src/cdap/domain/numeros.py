"""The numbers by which a dossier, a Caf and a service instructeur are named, and their shapes.

Invariant: a number is text (leading zeros count), and no fault ever repeats the number that was given.
"""

import re

CODE_ORGANISME = re.compile(r"[0-9]{3}")
"""Code of a Caf, « 831 » for the Var (webinar, slide « Attestation de paiement »)."""

NUMERO_INSTRUCTEUR = re.compile(r"[0-9]{3}[ACFGIPST][0-9]{3}[0-9]{2}0{5}")
"""Département 3, type 1, commune 3, agrément 2, then five zeros (webinar, slide « Les profils », T4).

The letters are those of the services instructeurs: A organisme agréé, C CCAS, F Caf, G MSA, I internaute,
P Pôle emploi, S service social départemental, T CIAS.
"""

MATRICULE = re.compile(r"([0-9]{7})0{8}")
"""The number in the flows of the Cnaf: 15 digits, the seven of the dossier then zeros on the right."""


class NumeroInvalide(ValueError):
    """A number that has not its shape; the message tells the shape, never the number."""


def est_code_organisme(texte: str) -> bool:
    """Exactly three digits; whether the Caf exists is reference data, not a rule."""
    return CODE_ORGANISME.fullmatch(texte) is not None


def est_numero_instructeur(texte: str) -> bool:
    """The 14 characters of the webinar, ending in the fictive dossier number 00000."""
    return NUMERO_INSTRUCTEUR.fullmatch(texte) is not None


def completer_numero(texte: str) -> str:
    """Give back on the left the zeros that a file has lost: « 412377 » is 0412377. For imports only.

    Raises NumeroInvalide unless there are one to seven digits, not all of them zero.
    """
    chiffres = texte.strip()
    if re.fullmatch(r"[0-9]{1,7}", chiffres) is None or not chiffres.strip("0"):
        raise NumeroInvalide("un numéro d’allocataire compte un à sept chiffres")
    return chiffres.zfill(7)


def numero_de_matricule(matricule: str) -> str:
    """The seven digits of a MATRICULE of the Cnaf (205599000000000 is 2055990).

    Raises NumeroInvalide unless it counts exactly 15 digits, the last eight of them zero.
    """
    lu = MATRICULE.fullmatch(matricule.strip())
    if lu is None:
        raise NumeroInvalide("un matricule compte quinze chiffres, dont huit zéros à droite")
    return lu[1]


def meme_instructeur(un: str, autre: str) -> bool:
    """Whether two numbers name the same service: département, type, commune and agrément, nine characters.

    The five last digits are a dossier number, fictive here (webinar, slide « Les profils », T4).
    A number without its shape is the same as none.
    """
    return est_numero_instructeur(un) and est_numero_instructeur(autre) and un[:9] == autre[:9]
