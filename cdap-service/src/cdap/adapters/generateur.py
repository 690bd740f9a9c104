"""Dossiers for a demonstration: invented, marked `fictif`, and always the same for the same seed and day.

Invariant: no clock and no global randomness; each dossier has its own draw, from the seed and its number.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from cdap.adapters import fiction_foyer, fiction_prestations
from cdap.adapters.plans import EtatRsa, Habitat, Plan, Presence, planifier
from cdap.domain.calendrier import il_y_a
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.foyer import DonneesComplementaires
from cdap.domain.liens import DroitRsa, Liens
from cdap.domain.revenus import CmucRessources, CmuRsa, Ressources
from cdap.domain.versements import Courrier, QuotientFamilial

MESSAGES = (
    "Nous avons reçu votre courrier",
    "Nous avons reçu votre déclaration de ressources",
    "Nous avons reçu votre changement de situation",
)


def engendrer(nombre: int, organisme: str, graine: int, le: date, mandataires: Sequence[str] = ()) -> Iterator[Dossier]:
    """Give as many dossiers of this organisme, as they could stand on that day.

    Of each case of the checks (RSA open, closed 12 or 30 months ago, never; instructeur; bailleur; mandat of
    each SIRET of `mandataires`, current, past, to come) and of each absence there are at least two and one in
    ten, for 40 dossiers and more.
    """
    depart = f"{graine}/{organisme}"
    reserve = fiction_foyer.remplir(depart, organisme)
    for plan in planifier(nombre, _tirage(depart), le, mandataires):
        yield _dossier(plan, organisme, reserve, _tirage(f"{depart}/{plan.numero}"), le)


def _tirage(graine: str) -> Random:
    return Random(graine)  # noqa: S311 (a demonstration is to be repeatable, nothing here is secret)


def _dossier(plan: Plan, organisme: str, reserve: fiction_foyer.Reserve, hasard: Random, le: date) -> Dossier:
    foyer = fiction_foyer.famille(hasard, reserve, plan.rsa, le)
    lieu = fiction_foyer.logement(hasard, plan.habitat, le)
    complements = fiction_foyer.donnees_complementaires(hasard, foyer)
    lignes = fiction_prestations.annuelles(hasard, foyer, plan.rsa)
    annuel = fiction_prestations.total(lignes)
    avec_aeeh = bool(complements.enfants_aeeh) and plan.presences["donnees_complementaires"] is Presence.CONNU
    lues = fiction_prestations.prestations(hasard, foyer, lieu, annuel, plan.rsa, avec_aeeh, le)
    creances = (fiction_prestations.creance(hasard, le),) if plan.presences["creances"] is Presence.CONNU else ()
    rsa, debut, fin = fiction_prestations.rsa(hasard, foyer, plan.rsa, annuel, lues, le)
    connus = {section: presence is not Presence.INCONNU for section, presence in plan.presences.items()}
    pleins = {section: presence is Presence.CONNU for section, presence in plan.presences.items()}
    chez_bailleur = plan.habitat is Habitat.BAILLEUR_SOCIAL
    paiements = fiction_prestations.paiements(lues, bool(creances), chez_bailleur, le)
    quotient = QuotientFamilial()
    if pleins["quotient_familial"]:
        quotient = fiction_prestations.quotient(foyer, annuel, lues, le)
    return Dossier(
        cle=Cle(organisme, plan.numero),
        fictif=True,
        personnes=foyer.personnes,
        adresse=fiction_foyer.adresse(hasard, reserve),
        situation=fiction_foyer.situation(hasard, foyer, le),
        quotient_familial=quotient if connus["quotient_familial"] else None,
        droits=(fiction_prestations.droits(lues, le) if pleins["droits"] else ()) if connus["droits"] else None,
        paiements=(paiements if pleins["paiements"] else ()) if connus["paiements"] else None,
        logement=lieu,
        ressources=(
            fiction_prestations.ressources(hasard, lignes, le)
            if pleins["ressources"]
            else Ressources(annuelles=(), aide_au_logement=())
        )
        if connus["ressources"]
        else None,
        rsa=rsa,
        creances=creances if connus["creances"] else None,
        courriers=(_courriers(hasard, le) if pleins["courriers"] else ()) if connus["courriers"] else None,
        cmu_rsa=_cmu(plan.rsa, le) if connus["cmu"] else None,
        cmuc_ressources=CmucRessources(debut=il_y_a(12, le), fin=il_y_a(1, le), lignes=lignes)
        if pleins["cmu"]
        else None,
        donnees_complementaires=(
            complements
            if pleins["donnees_complementaires"]
            else DonneesComplementaires(enfants_aeeh=(), autres_personnes=())
        )
        if connus["donnees_complementaires"]
        else None,
        liens=Liens(
            numeros_instructeur=(_instructeur(hasard, organisme),) if plan.avec_instructeur else (),
            numero_bailleur=f"{organisme}{hasard.randint(1, 8):06d}" if chez_bailleur else None,
            mandats=plan.mandats,
            droits_rsa=(DroitRsa(depuis=debut, jusqu_a=fin),) if debut else (),
        ),
    )


def _instructeur(hasard: Random, organisme: str) -> str:
    """One of a few invented services: a CCAS, a service social départemental, an approved body."""
    service = hasard.choice(("C13701", "C12601", "S00012", "A13703"))
    return f"{fiction_foyer.departement(organisme)}{service}00000"


def _courriers(hasard: Random, le: date) -> tuple[Courrier, ...]:
    """One to three letters of the last half-year, newest first."""
    recus = sorted(hasard.randint(1, 180) for _ in range(hasard.randint(1, 3)))
    courriers = []
    for jours in recus:
        traite = le - timedelta(days=jours - 5) if jours > 5 else None
        courriers.append(
            Courrier(
                message=hasard.choice(MESSAGES),
                recu_le=le - timedelta(days=jours),
                etat="Votre dossier a été traité" if traite else "Votre demande est en cours de traitement",
                traite_le=traite,
            )
        )
    return tuple(courriers)


def _cmu(etat: EtatRsa, le: date) -> CmuRsa:
    if etat is not EtatRsa.OUVERT:
        return CmuRsa(beneficiaire=False)
    debut = il_y_a(5, le).replace(day=1)
    return CmuRsa(beneficiaire=True, avec_participation=False, debut=debut, fin=il_y_a(-12, debut))
