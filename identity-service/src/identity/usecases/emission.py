"""The making of tokens, which logging in and refreshing share."""

from dataclasses import dataclass
from datetime import datetime

from identity.domain.comptes import Compte
from identity.domain.droits import AUCUN, Droits
from identity.domain.jetons import CLIENT, VIE_ACCES, jeton_d_acces
from identity.domain.sessions import empreinte, tirer_jeton
from identity.usecases.ports import Outils
from socle.acces import Acces


@dataclass(frozen=True, slots=True)
class Jetons:
    """What a session gives: an access token, its life in seconds, and a refresh token with its end."""

    acces: str
    vie_s: int
    rafraichissement: str
    expire_a: datetime

    @property
    def empreinte(self) -> str:
        """What is stored of the refresh token."""
        return empreinte(self.rafraichissement)


def preparer(
    outils: Outils,
    acces: Acces,
    compte: Compte,
    sid: str,
    instant: datetime,
    limite: datetime,
    client: str | None = None,
) -> Jetons:
    """Ask for the rights in force and sign them: slow, so before the transaction begins.

    `client` is the front end that asks, None the portal. The session ends at `limite` at the latest: no refresh
    token lives longer.
    Raises VoisinIndisponible where habilitation does not answer: no token without the rights of today.
    """
    droits = _droits(outils, acces, compte)
    return Jetons(
        acces=outils.signataire.signer(jeton_d_acces(outils.issuer, compte, droits, sid, instant, client or CLIENT)),
        vie_s=int(VIE_ACCES.total_seconds()),
        rafraichissement=tirer_jeton(),
        expire_a=min(instant + outils.duree_session, limite),
    )


def _droits(outils: Outils, acces: Acces, compte: Compte) -> Droits:
    """An agent of a Caf has roles, which are ours to know, and no groups: habilitation is not asked."""
    partenaire = compte.appartenance.partenaire
    if partenaire is None:
        return AUCUN
    return outils.habilitation.droits_en_vigueur(compte.identifiant, partenaire, acces.trace)
