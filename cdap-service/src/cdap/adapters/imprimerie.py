"""The PDF of an attestation de paiement: its data as French writes them, and the template beside this file."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from cdap.domain.attestation import Attestation, Certifie
from cdap.domain.cafs import Caf
from cdap.domain.foyer import Civilite
from socle.documents import composer

GABARIT = Path(__file__).with_name("attestation.typ")
MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre")  # fmt: skip
FINE, INSECABLE = "\u202f", "\u00a0"


class Imprimerie:
    """Makes PDF/UA-1 with `socle.documents`."""

    def imprimer(self, attestation: Attestation, caf: Caf, recu: str, le: datetime) -> bytes:
        """The PDF. Raises DocumentImpossible."""
        return composer(GABARIT, donnees(attestation, caf, recu), le)


def donnees(attestation: Attestation, caf: Caf, recu: str) -> dict[str, object]:
    """What the template prints, word for word."""
    adresse = attestation.adresse
    lieu = " ".join(filter(None, (adresse.code_postal, adresse.commune))) if adresse else ""
    pays = adresse.pays if adresse and adresse.pays and adresse.pays.strip().casefold() != "france" else None
    return {
        "caf": {"nom": caf.nom, "adresse": caf.adresse, "telephone": caf.telephone},
        "organisme": attestation.organisme,
        "numero": attestation.numero_allocataire,
        "destinataire": [
            _nom(attestation.personnes[0]),
            *((adresse and adresse.lignes) or ()),
            *filter(None, [lieu, pays]),
        ],
        "le": jour(attestation.le),
        "personnes": [_certifie(personne) for personne in attestation.personnes],
        "ont": "ont" if len(attestation.personnes) > 1 else "a",
        "mois": mois(attestation.mois),
        "lignes": [[ligne.prestation, montant(ligne.montant)] for ligne in attestation.lignes],
        "total": montant(attestation.total),
        "qf": f"{mois(attestation.quotient_familial.mois)}{INSECABLE}: {entier(attestation.quotient_familial.valeur)}",
        "recu": recu,
    }


def _nom(personne: Certifie) -> str:
    civilite = {Civilite.MR: "Monsieur", Civilite.MME: "Madame"}.get(personne.civilite) if personne.civilite else None
    return " ".join(filter(None, (civilite, personne.nom, personne.prenom)))


def _certifie(personne: Certifie) -> str:
    """« Monsieur X, né le 30/11/1985 »."""
    if personne.date_naissance is None:
        return _nom(personne)
    ne = {Civilite.MR: "né", Civilite.MME: "née"}.get(personne.civilite, "né(e)") if personne.civilite else "né(e)"
    return f"{_nom(personne)}, {ne} le {jour(personne.date_naissance)}"


def jour(le: date) -> str:
    """« 07/01/2022 »."""
    return f"{le:%d/%m}/{le.year:04d}"


def mois(aaaa_mm: str) -> str:
    """« décembre 2021 »."""
    annee, _, rang = aaaa_mm.partition("-")
    return f"{MOIS[int(rang) - 1]} {annee}"


def entier(euros: int) -> str:
    """« 1 057 € », with narrow no-break spaces."""
    return f"{euros:,}".replace(",", FINE) + f"{INSECABLE}€"


def montant(euros: Decimal) -> str:
    """« 1 064,21 € »."""
    return f"{euros:,.2f}".replace(",", FINE).replace(".", ",") + f"{INSECABLE}€"
