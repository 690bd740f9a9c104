"""Invented resources, rights and payments that hold together: lines add up, payé = total - retenue.

Invariant: amounts are plausible, not calculated rights. Bases by date: openfisca-france; QF: Cnaf rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from cdap.adapters.fiction_foyer import Famille
from cdap.adapters.plans import EtatRsa
from cdap.domain.calendrier import il_y_a, mois_de
from cdap.domain.foyer import Civilite, Logement, Personne
from cdap.domain.nomenclatures import (
    CLOTURES_RSA,
    ETATS_RSA,
    NATURES_RSA,
    RESSOURCES,
    SUSPENSIONS_DROIT_RSA,
    SUSPENSIONS_VERSEMENT_RSA,
)
from cdap.domain.revenus import (
    DetailRsa,
    LigneRessource,
    MontantsRsa,
    MotifRsa,
    PersonneRsa,
    Ressources,
    RessourcesAnnuelles,
    RessourcesLogement,
    Rsa,
)
from cdap.domain.versements import Creance, Droit, LignePaiement, Paiement, QuotientFamilial

CENTIME = Decimal("0.01")
ZERO = Decimal("0.00")

BMAF = ((2023, "445.93"), (2024, "466.44"), (2025, "474.37"), (2026, "478.16"))
AAH = ((2023, "971.37"), (2024, "1016.05"), (2025, "1033.32"), (2026, "1041.59"))
RSA = ((2023, "607.75"), (2024, "635.71"), (2025, "646.52"), (2026, "651.69"))
"""Amounts that take effect on the first of April of these years."""
MVA = Decimal("104.77")
SEUIL_AL = Decimal("10.00")
"""Under it an aide au logement is shown and not paid (no threshold for a tenant's APL since 2018)."""

MOIS_PAYES = 2

NATURE = {"RET": "022", "SAL": "001", "CDI": "001", "CDD": "001", "ETI": "030", "CHO": "010", "HAN": "000"}


def bareme(table: Sequence[tuple[int, str]], le: date) -> Decimal:
    """The amount in force on that day, the oldest known before."""
    annee = le.year if le.month >= 4 else le.year - 1
    connus = [Decimal(montant) for depuis, montant in table if depuis <= annee]
    return connus[-1] if connus else Decimal(table[0][1])


def centimes(montant: Decimal) -> Decimal:
    """Rounded to the cent."""
    return montant.quantize(CENTIME, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prestation:
    """A benefit of the month; `a_part`: paid around the 25th, not on the 5th of the next month."""

    code: str
    nom: str
    montant: Decimal
    beneficiaire: str | None = None
    a_part: bool = False
    sous_seuil: bool = False
    suspension: bool = False

    @property
    def payee(self) -> bool:
        """Whether it comes into a payment."""
        return self.montant > 0 and not self.sous_seuil and not self.suspension


def annuelles(hasard: Random, foyer: Famille, rsa: EtatRsa) -> tuple[LigneRessource, ...]:
    """What responsable and conjoint had in a year, one nature each."""
    lignes: dict[str, dict[str, Decimal]] = {}
    for colonne, personne in (("responsable", foyer.responsable), ("conjoint", foyer.conjoint)):
        if personne is not None:
            nature, montant = _revenu(hasard, personne, rsa)
            lignes.setdefault(nature, {})[colonne] = montant
    return tuple(
        LigneRessource(
            nature_code=nature,
            nature=RESSOURCES[nature],
            responsable=montants.get("responsable"),
            conjoint=montants.get("conjoint"),
        )
        for nature, montants in lignes.items()
    )


def _revenu(hasard: Random, personne: Personne, rsa: EtatRsa) -> tuple[str, Decimal]:
    if rsa is EtatRsa.OUVERT:
        return ("000", ZERO) if hasard.random() < 0.5 else ("001", Decimal(hasard.randint(300, 4_000)) + ZERO)
    nature = NATURE.get((personne.activite.code if personne.activite else None) or "", "000")
    haut = {"022": 19_000, "001": 28_000, "030": 24_000, "010": 14_000}.get(nature)
    return nature, ZERO if haut is None else Decimal(hasard.randint(7_000, haut)) + ZERO


def total(lignes: Sequence[LigneRessource]) -> Decimal:
    """Both columns together."""
    return sum(((ligne.responsable or ZERO) + (ligne.conjoint or ZERO) for ligne in lignes), ZERO)


def ressources(hasard: Random, lignes: tuple[LigneRessource, ...], le: date) -> Ressources:
    """Those of year N-2, and those of the last twelve months for the aide au logement."""
    evolution = Decimal(hasard.randint(97, 106)) / 100
    recentes = tuple(
        LigneRessource(
            nature_code=ligne.nature_code,
            nature=ligne.nature,
            responsable=None if ligne.responsable is None else centimes(ligne.responsable * evolution),
            conjoint=None if ligne.conjoint is None else centimes(ligne.conjoint * evolution),
        )
        for ligne in lignes
    )
    return Ressources(
        annuelles=(RessourcesAnnuelles(annee=le.year - 2, lignes=lignes),),
        aide_au_logement=(RessourcesLogement(mois=mois_de(le), lignes=recentes),),
    )


def prestations(
    hasard: Random,
    foyer: Famille,
    lieu: Logement | None,
    annuel: Decimal,
    rsa: EtatRsa,
    avec_aeeh: bool,
    le: date,
) -> tuple[Prestation, ...]:
    """The benefits of a month."""
    enfants = len(foyer.enfants)
    bmaf = bareme(BMAF, le)
    lues = []
    aide = _aide_au_logement(hasard, enfants, lieu, annuel, foyer.conjoint is not None)
    if aide:
        lues.append(aide)
    if enfants >= 2:
        taux = Decimal("0.32") + Decimal("0.41") * (enfants - 2)
        lues.append(Prestation(code="AF", nom="Allocations familiales", montant=centimes(bmaf * taux)))
    if avec_aeeh:
        montant = centimes(bmaf * Decimal("0.32"))
        lues.append(Prestation(code="AEEH", nom="Allocation d’éducation de l’enfant handicapé", montant=montant))
    if foyer.responsable.activite and foyer.responsable.activite.code == "HAN":
        pour = "Madame" if foyer.responsable.civilite is Civilite.MME else "Monsieur"
        lues.append(
            Prestation(
                code="AAH",
                nom="Allocation aux adultes handicapés",
                montant=bareme(AAH, le),
                beneficiaire=pour,
            )
        )
        lues.append(Prestation(code="MVA", nom="Majoration pour la vie autonome", montant=MVA, beneficiaire=pour))
    if rsa is EtatRsa.OUVERT:
        montant = _montant_rsa(foyer, annuel, le)
        lues.append(
            Prestation(
                code="RSA",
                nom="Revenu de solidarité active",
                montant=montant,
                suspension=hasard.random() < 0.15,
            )
        )
    return tuple(lues)


def _aide_au_logement(
    hasard: Random, enfants: int, lieu: Logement | None, annuel: Decimal, a_deux: bool
) -> Prestation | None:
    if lieu is None or lieu.loyer is None:
        return None
    montant = centimes(Decimal(240 + 45 * enfants + hasard.randint(0, 60)) - annuel / 12 * Decimal("0.12"))
    montant = min(montant, centimes(lieu.loyer * Decimal("0.8")))
    if lieu.conventionne:
        if montant <= 0:
            return None
        return Prestation(code="APL", nom="Aide personnalisée au logement", montant=montant, a_part=True)
    montant = max(montant, centimes(Decimal(hasard.randint(300, 2_500)) / 100))
    code, nom = (
        ("ALF", "Allocation de logement familiale") if enfants or a_deux else ("ALS", "Allocation de logement sociale")
    )
    return Prestation(code=code, nom=nom, montant=montant, a_part=True, sous_seuil=montant < SEUIL_AL)


def _montant_rsa(foyer: Famille, annuel: Decimal, le: date) -> Decimal:
    """The scale of art. R. 262-1 CASF: half for the second person, 0,3 for each other, 0,4 from the third child on."""
    enfants = len(foyer.enfants)
    autres = enfants + (foyer.conjoint is not None)
    coefficient = Decimal(1) + Decimal("0.1") * max(0, enfants - 2)
    if autres:
        coefficient += Decimal("0.5") + Decimal("0.3") * (autres - 1)
    return max(centimes(bareme(RSA, le) * coefficient - annuel / 12), Decimal("15.00"))


def quotient(foyer: Famille, annuel: Decimal, lues: Sequence[Prestation], le: date) -> QuotientFamilial:
    """(annual resources / 12 + benefits of the month) / parts; parts: 2, then 2,5, 3, 4, and 0,5 a child."""
    enfants = len(foyer.enfants)
    parts = Decimal(2) + Decimal("0.5") * enfants + (Decimal("0.5") if enfants >= 3 else 0)
    mensuel = annuel / 12 + sum((prestation.montant for prestation in lues if prestation.payee), ZERO)
    return QuotientFamilial(valeur=int((mensuel / parts).to_integral_value(ROUND_HALF_UP)), mois=mois_de(le))


def droits(lues: Sequence[Prestation], le: date) -> tuple[Droit, ...]:
    """The rights of the month, those under the threshold and those suspended included."""
    return tuple(
        Droit(
            mois=mois_de(le),
            prestation_code=lue.code,
            prestation=lue.nom,
            beneficiaire=lue.beneficiaire,
            montant=lue.montant,
            sous_seuil=lue.sous_seuil,
            suspension=lue.suspension,
        )
        for lue in lues
    )


def paiements(lues: Sequence[Prestation], avec_creance: bool, chez_bailleur: bool, le: date) -> tuple[Paiement, ...]:
    """The payments of the last months that were issued by that day, newest first."""
    faits = []
    for recul in range(MOIS_PAYES):
        mois = il_y_a(recul, le.replace(day=1))
        a_part = [lue for lue in lues if lue.payee and lue.a_part]
        mensuels = [lue for lue in lues if lue.payee and not lue.a_part]
        if a_part:
            destinataire = "Bailleur" if chez_bailleur else "Allocataire"
            faits.append(_paiement(a_part, f"{a_part[0].code} émis", mois.replace(day=25), mois, ZERO, destinataire))
        if mensuels:
            somme = sum((lue.montant for lue in mensuels), ZERO)
            retenue = centimes(min(somme / 5, Decimal(50))) if avec_creance else ZERO
            emis = il_y_a(-1, mois).replace(day=5)
            faits.append(_paiement(mensuels, "Mensuel émis", emis, mois, retenue, "Allocataire"))
    emis_le = [fait for fait in faits if fait.emis_le is not None and fait.emis_le <= le]
    return tuple(sorted(emis_le, key=lambda fait: fait.emis_le or le, reverse=True))


def _paiement(
    lues: Sequence[Prestation], traitement: str, emis: date, mois: date, retenue: Decimal, destinataire: str
) -> Paiement:
    somme = sum((lue.montant for lue in lues), ZERO)
    return Paiement(
        emis_le=emis,
        type_traitement=traitement,
        periode=mois_de(mois),
        montant_total=somme,
        retenue=retenue,
        montant_paye=somme - retenue,
        destinataire=destinataire,
        lignes=tuple(LignePaiement(prestation=lue.nom, montant=lue.montant) for lue in lues),
    )


def creance(hasard: Random, le: date) -> Creance:
    """A debt that is being paid back."""
    initial = centimes(Decimal(hasard.randint(8_000, 150_000)) / 100)
    debut = il_y_a(hasard.randint(3, 18), le)
    return Creance(
        nature_code="INK",
        nature="Indu",
        rang=1,
        motif_code="40",
        motif="Ressources",
        responsabilite_code="63",
        responsabilite="Déclaration tardive",
        implantee_le=debut,
        debut_regularisation=il_y_a(6, debut),
        fin_regularisation=debut,
        montant_initial=initial,
        solde=centimes(initial * hasard.randint(10, 90) / 100),
    )


def rsa(
    hasard: Random, foyer: Famille, etat: EtatRsa, annuel: Decimal, lues: Sequence[Prestation], le: date
) -> tuple[Rsa | None, date | None, date | None]:
    """The rubrique RSA, and the first and last day of the right, as the state of the plan wants them."""
    if etat is EtatRsa.JAMAIS:
        return _demande(hasard, le), None, None
    fin = {EtatRsa.CLOS_12_MOIS: il_y_a(12, le), EtatRsa.CLOS_30_MOIS: il_y_a(30, le)}.get(etat)
    debut = il_y_a(hasard.randint(4, 36), fin or le).replace(day=1)
    suspendu = any(lue.code == "RSA" and lue.suspension for lue in lues)
    code = hasard.choice("56") if fin else hasard.choice("34") if suspendu else "2"
    nature = "RSD" if foyer.conjoint or not foyer.enfants else "RSI"
    verse = next((lue.montant for lue in lues if lue.code == "RSA" and lue.payee), None)
    adultes = (foyer.responsable, foyer.conjoint)
    lu = Rsa(
        etat_code=code,
        etat=ETATS_RSA[code],
        date_demande=debut,
        numero_demande=f"{hasard.randrange(10**11):011d}",
        suspensions_droit=_suspension(hasard, SUSPENSIONS_DROIT_RSA, le) if code == "3" else (),
        suspensions_versement=_suspension(hasard, SUSPENSIONS_VERSEMENT_RSA, le) if code == "4" else (),
        cloture=_motif(hasard, CLOTURES_RSA, fin) if fin else None,
        montants=None
        if verse is None
        else MontantsRsa(
            depuis=il_y_a(2, le).replace(day=1),
            ressources_mensuelles=centimes(annuel / 12),
            total_droit=verse,
        ),
        details=(
            DetailRsa(nature_code=nature, nature=NATURES_RSA[nature], depuis=debut, jusqu_a=fin, montant_verse=verse),
        ),
        personnes=tuple(
            PersonneRsa(role=adulte.role, prenom=adulte.prenom, droits_et_devoirs=fin is None)
            for adulte in adultes
            if adulte is not None
        ),
    )
    return lu, debut, fin


def _demande(hasard: Random, le: date) -> Rsa | None:
    """What is known of a household that never had the RSA: a demand that waits, or was refused; mostly nothing."""
    code = hasard.choice(("0", "1", *[None] * 6))
    if code is None:
        return None
    depuis = le - timedelta(days=hasard.randint(5, 60))
    return Rsa(
        etat_code=code,
        etat=ETATS_RSA[code],
        date_demande=depuis,
        numero_demande=f"{hasard.randrange(10**11):011d}",
        refus=MotifRsa(le=depuis + timedelta(days=5)) if code == "1" else None,
        suspensions_droit=(),
        suspensions_versement=(),
    )


def _suspension(hasard: Random, nomenclature: Mapping[str, str], le: date) -> tuple[MotifRsa, ...]:
    return (_motif(hasard, nomenclature, il_y_a(1, le)),)


def _motif(hasard: Random, nomenclature: Mapping[str, str], le: date) -> MotifRsa:
    code = hasard.choice(sorted(nomenclature))
    return MotifRsa(code=code, libelle=nomenclature[code], le=le)
