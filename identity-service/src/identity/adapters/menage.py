"""What is no longer needed is dropped: a chore of the relay.

Invariant: nothing that is still in force is touched; what proves something afterwards is in the journal.
"""

import time
from collections.abc import Iterator

from sqlalchemy import Delete, Engine, delete, func, select

from identity.adapters.tables import (
    adresses_connues,
    captchas_utilises,
    codes_oidc,
    courriels,
    freins,
    jetons,
    oublis,
    secours,
    sessions,
)
from socle import fil

HEURE_S, JOUR_S = 3_600.0, 86_400.0
REVOCATIONS_S = HEURE_S  # every access token of an ended session has run out long before
COURRIELS_S = 3 * JOUR_S  # a provisional password lives for one day
SESSIONS_S = 90 * JOUR_S  # what one's last logins are shown from
CODES_S = JOUR_S  # longer than the session that it gave, which a second use still ends
FREINS_S = 2 * JOUR_S  # longer than any of them is remembered


def faire_le_menage(engine: Engine) -> None:
    """Drop what is over."""
    fil.oublier(engine, REVOCATIONS_S)
    for ordre in _ordres(time.time()):
        with engine.begin() as connexion:
            connexion.execute(ordre)


def _ordres(a: float) -> Iterator[Delete]:
    finie = func.coalesce(sessions.c.fermee_a, sessions.c.fin_a)
    mortes = select(sessions.c.sid).where(finie < a - HEURE_S)
    yield delete(jetons).where(jetons.c.sid.in_(mortes))
    yield delete(sessions).where(finie < a - SESSIONS_S)
    yield delete(courriels).where(func.coalesce(courriels.c.envoye_a, courriels.c.cree_a) < a - COURRIELS_S)
    yield delete(adresses_connues).where(adresses_connues.c.vue_a < a - SESSIONS_S)
    yield delete(freins).where(freins.c.dernier_a < a - FREINS_S)
    yield delete(captchas_utilises).where(captchas_utilises.c.expire_a < a)
    yield delete(codes_oidc).where(codes_oidc.c.expire_a < a - CODES_S)
    yield delete(secours).where(secours.c.expire_a < a)
    yield delete(oublis).where(oublis.c.identifiant.is_(None))
