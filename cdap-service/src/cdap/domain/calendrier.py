"""Months, as the Caf counts them: calendar months, written AAAA-MM. No clock here."""

from calendar import monthrange
from datetime import date


def il_y_a(mois: int, le: date) -> date:
    """The same day so many calendar months earlier, or the last day of a month that has no such day."""
    rang = le.year * 12 + le.month - 1 - mois
    annee, indice = divmod(rang, 12)
    return date(annee, indice + 1, min(le.day, monthrange(annee, indice + 1)[1]))


def mois_de(jour: date) -> str:
    """The month of a day, as AAAA-MM."""
    return f"{jour:%Y-%m}"
