"""Builders of dossiers with defaults, and what a user types to open them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from atelier.personas import SIRET
from cdap.domain.calendrier import mois_de
from cdap.domain.dossiers import Cle, Dossier, DroitRsa, Liens, Mandat
from cdap.domain.foyer import Adresse, Personne, Role
from cdap.domain.versements import LignePaiement, Paiement, QuotientFamilial
from socle.travail import jour_de, maintenant

INSTRUCTEUR = "083C1370100000"
BAILLEUR = "831000003"
AUJOURD_HUI = jour_de(maintenant())


def il_y_a(mois: int) -> date:
    """A day about so many months ago, on the safe side of no boundary."""
    return AUJOURD_HUI - timedelta(days=round(mois * 30.44))


def un_dossier(**sections: Any) -> Dossier:
    """A dossier that every profile may open; override a section to make it fail."""
    adulte = Personne(role=Role.DEM, nom_naissance="AUBRAC", nom_usage="LEFÈVRE-D’ORMESSON", prenom="INES")
    conjoint = Personne(role=Role.CJT, nom_naissance="MARTIN", prenom="YANNICK")
    liens = Liens(
        numeros_instructeur=(INSTRUCTEUR,),
        numero_bailleur=BAILLEUR,
        mandats=(Mandat(siret=SIRET, depuis=il_y_a(30), jusqu_a=il_y_a(10)),),
        droits_rsa=(DroitRsa(depuis=il_y_a(12)),),
    )
    return Dossier(**({"cle": Cle("831", "0412377"), "personnes": (adulte, conjoint), "liens": liens} | sections))


def avec_liens(**liens: Any) -> Dossier:
    """The same dossier with other facts for the extra checks."""
    dossier = un_dossier()
    return replace(dossier, liens=replace(dossier.liens, **liens))


def saisie(**champs: Any) -> dict[str, Any]:
    """What the search screen sends for `un_dossier`."""
    return {
        "organisme": "831",
        "nom": "Aubrac",
        "numero_allocataire": "0412377",
        "numero_instructeur": INSTRUCTEUR,
        "numero_bailleur": BAILLEUR,
    } | champs


def un_dossier_paye(**sections: Any) -> Dossier:
    """The same, with all that an attestation de paiement certifies; override a section to block it."""
    mois = mois_de(il_y_a(1))
    lignes = (
        LignePaiement(prestation="Aide personnalisée au logement", montant=Decimal("273.87")),
        LignePaiement(prestation="Allocation aux adultes handicapés", montant=Decimal("1503.60")),
    )
    paye = {
        "adresse": Adresse(lignes=("12 RUE DES LILAS",), code_postal="83000", commune="TOULON"),
        "quotient_familial": QuotientFamilial(valeur=1057, mois=mois),
        "paiements": (Paiement(emis_le=AUJOURD_HUI, periode=mois, lignes=lignes),),
    }
    return un_dossier(**paye | sections)
