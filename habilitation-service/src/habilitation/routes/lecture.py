"""Days and instants as the contract writes them; their form is checked by nobody else."""

from datetime import date, datetime

from habilitation.domain.refus import RequeteInvalide

FORME = "Ce champ n’a pas la forme attendue."


def jour(champ: str, texte: str) -> date:
    """A day, YYYY-MM-DD. Raises RequeteInvalide, naming the field."""
    try:
        lu = date.fromisoformat(texte)
    except ValueError:
        lu = None
    if lu is None or lu.isoformat() != texte:
        raise RequeteInvalide("date_invalide", erreurs=((champ, FORME),))
    return lu


def instant(champ: str, texte: str) -> datetime:
    """An instant with its offset (ISO 8601). Raises RequeteInvalide, naming the field."""
    try:
        lu = datetime.fromisoformat(texte)
        if lu.utcoffset() is not None:
            return lu
    except (ValueError, OverflowError):
        pass
    raise RequeteInvalide("instant_invalide", erreurs=((champ, FORME),))
