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


MOIS_DE_COURRIERS = 3
"""« Courriers de novembre 2021 à janvier 2022 », read in January 2022 (webinar, « Synthèse du dossier – suites »)."""


def debut_des_courriers(le: date) -> date:
    """The first day of the letters that are called recent."""
    return il_y_a(MOIS_DE_COURRIERS - 1, le).replace(day=1)
