"""What each generated dossier is to illustrate, so that every case exists however few there are.

Invariant: of each case at least two dossiers and at least one in ten, and the cases are independent draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from cdap.domain.calendrier import il_y_a
from cdap.domain.liens import Mandat

T = TypeVar("T")


class EtatRsa(StrEnum):
    """The four pasts that T18 and T19 tell apart."""

    OUVERT = "ouvert"
    CLOS_12_MOIS = "clos_12_mois"
    CLOS_30_MOIS = "clos_30_mois"
    JAMAIS = "jamais"


class Presence(StrEnum):
    """What the Caf's data say of a section."""

    CONNU = "connu"
    VIDE = "vide"
    INCONNU = "inconnu"


class Habitat(StrEnum):
    """How the household is lodged; BAILLEUR_SOCIAL has a bailleur number."""

    BAILLEUR_SOCIAL = "bailleur_social"
    LOCATAIRE = "locataire"
    PROPRIETAIRE = "proprietaire"
    HEBERGE = "heberge"
    INCONNU = "inconnu"


class Tutelle(StrEnum):
    """When a mandat runs."""

    EN_COURS = "en_cours"
    PASSEE = "passee"
    FUTURE = "future"
    AUCUNE = "aucune"


PRESENCES = {Presence.VIDE: 0.15, Presence.INCONNU: 0.10, Presence.CONNU: 0.75}
CREANCES = {Presence.CONNU: 0.30, Presence.INCONNU: 0.10, Presence.VIDE: 0.60}
"""Most households owe nothing."""
SECTIONS = (
    "quotient_familial",
    "paiements",
    "droits",
    "ressources",
    "courriers",
    "cmu",
    "donnees_complementaires",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The cases that one dossier illustrates."""

    numero: str
    rsa: EtatRsa
    avec_instructeur: bool
    habitat: Habitat
    mandats: tuple[Mandat, ...]
    presences: dict[str, Presence]


def planifier(nombre: int, hasard: Random, le: date, mandataires: Sequence[str]) -> list[Plan]:
    """Draw as many plans, with numbers that all differ, one in seven with a zero in front."""
    rsa = _repartir(
        nombre,
        hasard,
        {EtatRsa.OUVERT: 0.25, EtatRsa.CLOS_12_MOIS: 0.12, EtatRsa.CLOS_30_MOIS: 0.12, EtatRsa.JAMAIS: 0.51},
    )
    instructeurs = _repartir(nombre, hasard, {True: 0.25, False: 0.75})
    habitats = _repartir(
        nombre,
        hasard,
        {
            Habitat.BAILLEUR_SOCIAL: 0.30,
            Habitat.PROPRIETAIRE: 0.15,
            Habitat.HEBERGE: 0.10,
            Habitat.INCONNU: 0.10,
            Habitat.LOCATAIRE: 0.35,
        },
    )
    tutelles = {
        siret: _repartir(
            nombre,
            hasard,
            {Tutelle.EN_COURS: 0.1, Tutelle.PASSEE: 0.1, Tutelle.FUTURE: 0.1, Tutelle.AUCUNE: 0.7},
        )
        for siret in mandataires
    }
    presences = {section: _repartir(nombre, hasard, PRESENCES) for section in SECTIONS}
    presences["creances"] = _repartir(nombre, hasard, CREANCES)
    return [
        Plan(
            numero=numero,
            rsa=rsa[rang],
            avec_instructeur=instructeurs[rang],
            habitat=habitats[rang],
            mandats=tuple(
                _mandat(siret, tirees[rang], le)
                for siret, tirees in tutelles.items()
                if tirees[rang] is not Tutelle.AUCUNE
            ),
            presences={section: tirees[rang] for section, tirees in presences.items()},
        )
        for rang, numero in enumerate(_numeros(nombre, hasard))
    ]


def _numeros(nombre: int, hasard: Random) -> list[str]:
    petits = min(nombre, max(2, nombre // 7))
    tires = hasard.sample(range(1, 1_000_000), petits)
    tires += hasard.sample(range(1_000_000, 10_000_000), nombre - petits)
    hasard.shuffle(tires)
    return [f"{tire:07d}" for tire in tires]


def _repartir(nombre: int, hasard: Random, parts: dict[T, float]) -> list[T]:
    """Shuffle the cases in these shares, the last taking what is left after at least two of each other."""
    *cas, reste = parts
    tires = [un for un in cas for _ in range(max(2, -int(-parts[un] * nombre // 1)))][:nombre]
    tires += [reste] * (nombre - len(tires))
    hasard.shuffle(tires)
    return tires


def _mandat(siret: str, tutelle: Tutelle, le: date) -> Mandat:
    if tutelle is Tutelle.FUTURE:
        return Mandat(siret=siret, depuis=le + timedelta(days=45))
    if tutelle is Tutelle.PASSEE:
        return Mandat(siret=siret, depuis=il_y_a(40, le), jusqu_a=il_y_a(14, le))
    return Mandat(siret=siret, depuis=il_y_a(18, le))
