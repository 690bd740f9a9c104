"""Invented households: who they are, where and how they live. No real person, on purpose.

Invariant: everything is drawn from the given Random, every date derived from the given day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from faker import Faker

from cdap.adapters.plans import EtatRsa, Habitat
from cdap.domain.calendrier import il_y_a
from cdap.domain.foyer import (
    Activite,
    Adresse,
    AutrePersonne,
    Civilite,
    DonneesComplementaires,
    EnfantAeeh,
    Logement,
    Nationalite,
    Personne,
    PrecisionDate,
    Role,
    Situation,
    SituationDossier,
    SituationFamiliale,
)
from cdap.domain.nomenclatures import ACTIVITES, OCCUPATIONS, SITUATIONS_FAMILIALES, libelle

COMMUNES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "831": (
        ("83137", "83000", "TOULON"),
        ("83126", "83500", "LA SEYNE SUR MER"),
        ("83069", "83400", "HYERES"),
        ("83061", "83600", "FREJUS"),
        ("83050", "83300", "DRAGUIGNAN"),
        ("83129", "83140", "SIX FOURS LES PLAGES"),
        ("83062", "83130", "LA GARDE"),
        ("83118", "83700", "SAINT RAPHAEL"),
        ("83023", "83170", "BRIGNOLES"),
    ),
    "441": (("44109", "44000", "NANTES"),),
    "131": (("13055", "13001", "MARSEILLE"),),
    "781": (("78646", "78000", "VERSAILLES"),),
}
"""Insee code, postal code, name, for the Caf that the demonstration shows."""


def departement(organisme: str) -> str:
    """The département in three characters, for invented numbers only: the true list is reference data."""
    return organisme if organisme.startswith("97") else "0" + organisme[:2]


def communes(organisme: str) -> tuple[tuple[str, str, str], ...]:
    """Communes to live in; an openly fictive one where none is known."""
    prefixe = organisme[:2]
    return COMMUNES.get(organisme, ((f"{prefixe}999", f"{prefixe}990", "COMMUNE FICTIVE"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Names and streets to draw from, made once a run: Faker is slow, a draw is not."""

    noms: tuple[str, ...]
    prenoms: Mapping[Civilite, tuple[str, ...]]
    voies: tuple[str, ...]
    communes: tuple[tuple[str, str, str], ...]


def remplir(graine: str, organisme: str) -> Reserve:
    """The reserve of a seed: the same at a fixed version of Faker."""
    faker = Faker("fr_FR")
    faker.seed_instance(graine)
    return Reserve(
        noms=tuple(faker.last_name().upper() for _ in range(400)),
        prenoms={
            Civilite.MME: tuple(faker.first_name_female().upper() for _ in range(200)),
            Civilite.MR: tuple(faker.first_name_male().upper() for _ in range(200)),
        },
        voies=tuple(faker.street_address().upper() for _ in range(300)),
        communes=communes(organisme),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Famille:
    """The persons of an invented household, and what the benefits depend on."""

    responsable: Personne
    conjoint: Personne | None
    enfants: tuple[Personne, ...]
    sitfam: str
    depuis: date

    @property
    def personnes(self) -> tuple[Personne, ...]:
        """Everybody, responsable first."""
        conjoint = () if self.conjoint is None else (self.conjoint,)
        return (self.responsable, *conjoint, *self.enfants)


# Situation familiale, with a conjoint or not, number of children: the shapes that the demonstration draws.
FORMES: tuple[tuple[str, bool, int], ...] = (
    ("CEL", False, 0),
    ("CEL", False, 1),
    ("DIV", False, 2),
    ("SEF", False, 3),
    ("VEU", False, 0),
    ("MAR", True, 0),
    ("MAR", True, 2),
    ("MAR", True, 3),
    ("PAC", True, 1),
    ("VIM", True, 1),
    ("VIM", True, 2),
    ("MAR", True, 4),
)


def famille(hasard: Random, reserve: Reserve, rsa: EtatRsa, le: date) -> Famille:
    """Draw a household; those who have the RSA have no salary."""
    sitfam, a_deux, combien = hasard.choice(FORMES)
    civilite = hasard.choice((Civilite.MME, Civilite.MR))
    age = hasard.randint(62, 79) if combien == 0 and rsa is EtatRsa.JAMAIS else hasard.randint(24, 52)
    nom = hasard.choice(reserve.noms)
    usage = hasard.choice(reserve.noms) if hasard.random() < 0.2 else nom
    responsable = _adulte(hasard, reserve, Role.DEM, civilite, (nom, usage), age, rsa, le)
    conjoint = None
    if a_deux:
        autre = Civilite.MR if civilite is Civilite.MME else Civilite.MME
        naissance = hasard.choice(reserve.noms)
        commun = usage if hasard.random() < 0.7 else naissance
        age_conjoint = max(20, age + hasard.randint(-6, 6))
        conjoint = _adulte(hasard, reserve, Role.CJT, autre, (naissance, commun), age_conjoint, rsa, le)
    enfants = tuple(_enfant(hasard, reserve, usage, le) for _ in range(combien))
    depuis = il_y_a(hasard.randint(12, 150), le)
    return Famille(responsable=responsable, conjoint=conjoint, enfants=enfants, sitfam=sitfam, depuis=depuis)


def _adulte(
    hasard: Random,
    reserve: Reserve,
    role: Role,
    civilite: Civilite,
    noms: tuple[str, str],
    age: int,
    rsa: EtatRsa,
    le: date,
) -> Personne:
    if age >= 62:
        code = "RET"
    elif rsa is EtatRsa.OUVERT:
        code = hasard.choice(("CNI", "SSA", "SSA"))
    else:
        code = hasard.choice(("SAL", "SAL", "CDI", "CDD", "ETI", "CHO", "HAN"))
    depuis = il_y_a(hasard.randint(1, 60), le) - timedelta(days=hasard.randint(0, 27))
    return Personne(
        role=role,
        civilite=civilite,
        nom_naissance=noms[0],
        nom_usage=noms[1],
        prenom=hasard.choice(reserve.prenoms[civilite]),
        date_naissance=_naissance(hasard, age, le),
        precision_naissance=PrecisionDate.J if hasard.random() < 0.03 else PrecisionDate.N,
        activite=None
        if hasard.random() < 0.08
        else Activite(code=code, libelle=libelle(ACTIVITES, code), depuis=depuis),
    )


def _enfant(hasard: Random, reserve: Reserve, nom: str, le: date) -> Personne:
    age = hasard.randint(0, 18)
    civilite = hasard.choice((Civilite.MME, Civilite.MR))
    activite = Activite(code="SCO", libelle=ACTIVITES["SCO"]) if age >= 6 else None
    return Personne(
        role=Role.ENF,
        nom_naissance=nom,
        prenom=hasard.choice(reserve.prenoms[civilite]),
        date_naissance=_naissance(hasard, age, le),
        precision_naissance=PrecisionDate.N,
        activite=activite,
    )


def _naissance(hasard: Random, age: int, le: date) -> date:
    return il_y_a(age * 12, le) - timedelta(days=hasard.randint(1, 364))


def adresse(hasard: Random, reserve: Reserve) -> Adresse:
    """Draw an address."""
    insee, postal, commune = hasard.choice(reserve.communes)
    return Adresse(
        lignes=(hasard.choice(reserve.voies),),
        code_postal=postal,
        commune=commune,
        code_commune=insee,
        pays="FRANCE",
    )


def situation(hasard: Random, foyer: Famille, le: date) -> Situation:
    """The situation of a household; one in twelve is suspended, struck off or being affiliated."""
    etat = SituationDossier.AFFILIATION
    if hasard.random() < 1 / 12:
        etat = hasard.choice((SituationDossier.SUSPENSION, SituationDossier.RADIATION, SituationDossier.EN_COURS))
    etranger = hasard.random() < 0.15
    nationalite = Nationalite.ETRANGERE if etranger else Nationalite.FRANCAISE
    titre = le + timedelta(days=hasard.randint(60, 3000)) if etranger else None
    a_charge = len(foyer.enfants)
    return Situation(
        dossier=etat,
        familiale=SituationFamiliale(
            code=foyer.sitfam, libelle=libelle(SITUATIONS_FAMILIALES, foyer.sitfam), depuis=foyer.depuis
        ),
        enfants_a_charge_pf=a_charge,
        personnes_a_charge_al=a_charge + (1 if hasard.random() < 0.1 else 0),
        nationalite_responsable=nationalite,
        fin_titre_sejour_responsable=titre,
        nationalite_conjoint=nationalite if foyer.conjoint else None,
        fin_titre_sejour_conjoint=titre if foyer.conjoint else None,
        surendettement=hasard.choice((False, False, False, False, True, None)),
    )


OCCUPATION = {
    Habitat.BAILLEUR_SOCIAL: "LOC",
    Habitat.LOCATAIRE: "LOC",
    Habitat.PROPRIETAIRE: "PRO",
    Habitat.HEBERGE: "HGP",
}


def logement(hasard: Random, habitat: Habitat, le: date) -> Logement | None:
    """The dwelling; the rent of reference is that of July (art. R. 823-6 CCH)."""
    if habitat is Habitat.INCONNU:
        return None
    code = OCCUPATION[habitat]
    entree = il_y_a(hasard.randint(14, 200), le).replace(day=1)
    if code != "LOC":
        return Logement(type_occupation_code=code, type_occupation=libelle(OCCUPATIONS, code), debut_occupation=entree)
    return Logement(
        type_occupation_code=code,
        type_occupation=libelle(OCCUPATIONS, code),
        conventionne=habitat is Habitat.BAILLEUR_SOCIAL,
        debut_occupation=entree,
        debut_droit=il_y_a(-1, entree),
        loyer=Decimal(hasard.randint(380, 820)) + Decimal("0.00"),
        date_loyer_reference=date(le.year if le.month > 7 else le.year - 1, 7, 1),
        debut_bail=entree,
        surpeuplement=hasard.choice((None, False)),
        quittance_presente=hasard.choice((True, True, False)),
    )


def donnees_complementaires(hasard: Random, foyer: Famille) -> DonneesComplementaires:
    """One child with the AEEH in some households, one other person à charge in others."""
    aeeh = foyer.enfants[:1] if hasard.random() < 0.4 else ()
    autres: tuple[AutrePersonne, ...] = ()
    if hasard.random() < 0.2:
        autres = (
            AutrePersonne(
                nom=foyer.responsable.nom_naissance,
                prenom="CAMILLE",
                date_naissance=il_y_a(hasard.randint(200, 300), foyer.depuis),
                activite=ACTIVITES["ETU"],
            ),
        )
    return DonneesComplementaires(
        enfants_aeeh=tuple(
            EnfantAeeh(
                nom=enfant.nom_naissance,
                prenom=enfant.prenom,
                date_naissance=enfant.date_naissance,
                activite=enfant.activite.libelle if enfant.activite else None,
                charge="Oui",
                placement="Non",
            )
            for enfant in aeeh
        ),
        autres_personnes=autres,
    )
