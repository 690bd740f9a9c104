"""What every new account gets in one transaction: itself, a provisional password, and the mail that tells it."""

from dataclasses import dataclass
from datetime import datetime

from identity.domain.comptes import Appartenance, Personne
from identity.domain.courriels import bienvenue
from identity.domain.identifiants import Prefixe
from identity.domain.mots_de_passe import VALIDITE_PROVISOIRE, MotDePasse, tirer_provisoire
from identity.usecases.ports import Coffre, Depots


@dataclass(frozen=True, slots=True)
class Provisoire:
    """A provisional password, in clear for the mail and hashed for the store."""

    clair: str
    mot: MotDePasse
    cree_a: datetime
    expire_a: datetime


def preparer_provisoire(coffre: Coffre, instant: datetime) -> Provisoire:
    """Draw and hash a provisional password: slow, so before the transaction begins."""
    clair, expire_a = tirer_provisoire(), instant + VALIDITE_PROVISOIRE
    mot = MotDePasse(coffre.hacher(clair), provisoire=True, expire_a=expire_a)
    return Provisoire(clair, mot, instant, expire_a)


def inscrire(depots: Depots, prefixe: Prefixe, personne: Personne, ou: Appartenance, par: str, mot: Provisoire) -> str:
    """Make the account, its password and its mail; the new identifiant."""
    identifiant = depots.comptes.creer(prefixe, personne, ou, par, mot.cree_a)
    depots.comptes.poser_mot_de_passe(identifiant, mot.mot, mot.cree_a)
    depots.courriels.enfiler(bienvenue(personne, identifiant, mot.clair, mot.expire_a), mot.cree_a)
    return identifiant
