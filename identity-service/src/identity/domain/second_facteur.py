"""The second factor: who must have one, and the codes that recover it."""

import secrets
from dataclasses import dataclass

from identity.domain.comptes import Appartenance
from socle.refus import Refus

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODES, GROUPES, PAR_GROUPE = 10, 3, 4


class SecondFacteurRequis(Refus):
    """The password is right; the code of the second factor is missing."""

    code = "second-facteur-requis"


class SecondFacteurAEnroler(Refus):
    """The password is right; a second factor is required, and there is none yet."""

    code = "second-facteur-a-enroler"


@dataclass(frozen=True, slots=True)
class SecondFacteur:
    """The sealed secret in force of an account, and the one that waits for its first code."""

    scelle: str | None = None
    en_attente: str | None = None


AUCUN_FACTEUR = SecondFacteur()


@dataclass(frozen=True, slots=True)
class CodePresente:
    """What a code was recognised as: the step of its time, or the print of a recovery code."""

    pas: int | None = None
    empreinte: str | None = None


def cibles(ou: Appartenance) -> list[str]:
    """Under which names a second factor may be required of somebody: by her Caf, by her partner, by its Caf."""
    if ou.partenaire is None:
        return [cible_caf(str(ou.caf))]
    return [cible_partenaire(ou.partenaire, par_la_caf=False), cible_partenaire(ou.partenaire, par_la_caf=True)]


def cible_caf(caf: str) -> str:
    """The agents of a Caf."""
    return f"caf:{caf}"


def cible_partenaire(partenaire: str, *, par_la_caf: bool) -> str:
    """The people of a partner; what the Caf requires of them, the partner cannot lift."""
    return f"{'caf-partenaire' if par_la_caf else 'partenaire'}:{partenaire}"


def tirer_codes() -> list[str]:
    """Draw the recovery codes, of 60 bits each: « K7MQ-2XPA-9RTW »."""
    return ["-".join(_groupe() for _ in range(GROUPES)) for _ in range(CODES)]


def normaliser_code(code: str) -> str:
    """A code as it is compared: without the blanks and hyphens that people add or leave out."""
    return "".join(caractere for caractere in code.upper() if caractere not in " -\u00a0\u202f")


def _groupe() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(PAR_GROUPE))
