"""Steps of a creation that is sent again under the same key (`Idempotency-Key`): it is done once.

A creation looks first (`deja_fait`, which makes other changes wait), checks that the person still may, and then
either gives again what it made, as it stood at that instant (`redire`), or does it and keeps that (`retenir`).
"""

from habilitation.domain.envois import Envoi, Fait, exiger_le_meme
from habilitation.domain.liens import Trait
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Acte

REJEU = "rejeu"


def deja_fait(acte: Acte[Depots], acces: Acces, envoi: Envoi) -> Fait | None:
    """What this demand did already. Raises CleReutilisee."""
    acte.depots.version.prendre()
    if envoi.cle is None or acces.sujet is None:
        return None
    fait = acte.depots.envois.fait(acces.sujet, envoi.cle)
    return None if fait is None else exiger_le_meme(fait, envoi)


def redire(acte: Acte[Depots], fait: Fait) -> Fait:
    """The last step of an act that does nothing anew: its event says `rejeu`."""
    acte.note(cause=REJEU)
    return fait


def retenir(acte: Acte[Depots], acces: Acces, envoi: Envoi, reference: str, trait: Trait) -> None:
    """Keep what was made under this key."""
    if envoi.cle is not None and acces.sujet is not None:
        acte.depots.envois.retenir(acces.sujet, envoi.cle, Fait(envoi.empreinte, reference, trait.instant))
