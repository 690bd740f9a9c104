"""Which request targets are read at all.

Invariant: what passes has one reading only. An encoded slash, backslash, percent sign or control character, an
encoded letter, digit, dot, hyphen, underscore or tilde (RFC 3986, 2.3: the same as the plain one), an empty
segment, `.` and `..` have two (one here, another in a service), so none of them passes.
"""

import re

from gateway.domain.refus import RequeteInvalide
from socle.refus import RessourceInconnue

CHEMIN_MAX = 2_048
_NON_RESERVE = rb"2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee]"
_LETTRE = rb"[A-Za-z0-9._~!$&'()*+,=:@-]|%(?!0|1|25|2[Ff]|5[Cc]|7[Ff]|" + _NON_RESERVE + rb")[0-9A-Fa-f]{2}"
_CHEMIN = re.compile(rb"(?:/(?!\.{1,2}(?:/|\Z))(?:" + _LETTRE + rb")+)+")
_SIMPLES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~-/"
_REQUETE = re.compile(rb"[\x21\x22\x24-\x7e]{0,4096}")


def exiger_lisible(chemin: bytes, requete: bytes) -> None:
    """Raise RessourceInconnue for a path, RequeteInvalide for a query, that has more than one reading."""
    if len(chemin) > CHEMIN_MAX or not (_est_simple(chemin) or _CHEMIN.fullmatch(chemin)):
        raise RessourceInconnue()
    if requete and not _REQUETE.fullmatch(requete):
        raise RequeteInvalide()


def _est_simple(chemin: bytes) -> bool:
    """Whether it is one of those that every client sends, without a dot, a percent sign or an empty segment: no
    expression is needed to see that."""
    return chemin[:1] == b"/" != chemin[-1:] and b"//" not in chemin and not chemin.translate(None, _SIMPLES)
