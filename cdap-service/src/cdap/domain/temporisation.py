"""Slowing down who tries names and numbers: after 20 failures in 10 minutes each opening must wait. And who writes
to the Caf: 20 messages an hour.

Architecture, section 6: 2 seconds, doubling with each further failure to 30, right or wrong alike.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from cdap.domain.refus import TropDEchecs, TropDeMessages

FENETRE = timedelta(minutes=10)
FRANCHISE = 20
PREMIERE_S, DERNIERE_S = 2, 30
HEURE = timedelta(hours=1)
MESSAGES_PAR_HEURE = 20


def exiger_patience(echecs: Sequence[datetime], a: datetime) -> None:
    """Refuse an opening that comes too early after the failures of the last ten minutes, oldest first.

    Raises TropDEchecs, with the seconds to wait in `Retry-After`.
    """
    recents = [echec for echec in echecs if echec > a - FENETRE]
    if len(recents) < FRANCHISE:
        return
    attente_s = min(DERNIERE_S, PREMIERE_S << min(len(recents) - FRANCHISE, 10))
    reste = recents[-1] + timedelta(seconds=attente_s) - a
    if reste > timedelta():
        raise TropDEchecs("trop_d_echecs", entetes={"Retry-After": str(ceil(reste.total_seconds()))})


def exiger_mesure(ecrits: Sequence[datetime], a: datetime) -> None:
    """Refuse a message of who has written 20 within the hour; `ecrits` are the instants, oldest first.

    Raises TropDeMessages, with the seconds to wait in `Retry-After`.
    """
    recents = [ecrit for ecrit in ecrits if ecrit > a - HEURE]
    if len(recents) >= MESSAGES_PAR_HEURE:
        reste = recents[-MESSAGES_PAR_HEURE] + HEURE - a
        raise TropDeMessages("trop_de_messages", entetes={"Retry-After": str(ceil(reste.total_seconds()))})
