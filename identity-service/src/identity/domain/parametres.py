"""Parameters as OAuth sends them, in a query or in a form: each at most once (RFC 6749, 3.1 and 3.2)."""

from collections.abc import Iterable, Mapping, Sequence

Parametres = Mapping[str, Sequence[str]]


def un(parametres: Parametres, nom: str) -> str | None:
    """The one value; None where there is none, where it is empty (RFC 6749, 3.1), and where there are several."""
    valeurs = parametres.get(nom, ())
    return (valeurs[0] or None) if len(valeurs) == 1 else None


def doubles(parametres: Parametres, noms: Iterable[str]) -> list[str]:
    """Those of these names that have several values."""
    return [nom for nom in noms if len(parametres.get(nom, ())) > 1]
