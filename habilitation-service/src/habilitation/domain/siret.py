"""The number of an establishment (Insee): « sur la base du numéro SIRET » (webinar, « Conventionnement »)."""

from habilitation.domain.refus import SiretInvalide

LONGUEUR = 14
SIREN_LA_POSTE = "356000000"
SIEGE_LA_POSTE = "35600000000048"


def est_valide(siret: str) -> bool:
    """Whether the key is right: Luhn; for La Poste's establishments the sum of the digits is a multiple of 5.

    La Poste ran out of numbers that satisfy Luhn; its head office still does.
    """
    if len(siret) != LONGUEUR or not (siret.isascii() and siret.isdigit()):
        return False
    if siret.startswith(SIREN_LA_POSTE) and siret != SIEGE_LA_POSTE:
        return sum(map(int, siret)) % 5 == 0
    return _somme_de_luhn(siret) % 10 == 0


def exiger(siret: str) -> str:
    """The same number. Raises SiretInvalide."""
    if not est_valide(siret):
        raise SiretInvalide()
    return siret


def _somme_de_luhn(chiffres: str) -> int:
    """Every second digit from the right counts twice, and the digits of that product are added."""
    return sum(sum(divmod(int(chiffre) * (1 + rang % 2), 10)) for rang, chiffre in enumerate(reversed(chiffres)))
