"""A dossier and how fresh each of its sections is: an older flow never overwrites a newer one (ADR 28).

Invariant: the « arrêté » of a section (the instant for which its source vouches) never goes back. What has no
arrêté never overwrites what has one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from cdap.domain.dossiers import Cle, Dossier, fusionner
from cdap.domain.foyer import Situation
from cdap.domain.liens import Depart, Liens, clore, reunir

DETAILLEES = {"situation": Situation(), "liens": Liens()}
"""Sections whose fields come from several sources: each field counts as a section."""
AVEC_LE_RSA = {"liens.droits_rsa": "rsa", "liens.depart": "rsa"}
"""What the source of the RSA says as a whole."""


@dataclass(frozen=True, slots=True)
class Fiche:
    """A dossier as it is kept; `arretes` gives for a section a text that sorts as time does."""

    dossier: Dossier
    arretes: Mapping[str, str] = field(default_factory=dict)


def accueillir(ancienne: Fiche | None, recu: Dossier, arrete: str | None) -> Fiche:
    """The fiche after an import that vouches for `recu` at `arrete` (AAAA-MM-JJ and more, or None: unknown).

    Sections that are known from later stay; of an older RSA the periods of right that are over are still learnt.
    """
    sues = sections(recu)
    if ancienne is None or (ancienne.dossier.fictif and not recu.fictif):
        return Fiche(recu, dict.fromkeys(sues, arrete) if arrete else {})
    if recu.fictif and not ancienne.dossier.fictif:
        return ancienne
    vieilles = {nom for nom in sues if ancienne.arretes.get(nom, "") > (arrete or "")}
    ancien, neuf = ancienne.dossier, _sans(recu, vieilles)
    dossier = fusionner(ancien, neuf, _jour(ancienne.arretes.get("rsa")))
    if "rsa" in vieilles:
        dossier = _avec_le_passe(dossier, recu)
    dates = dict.fromkeys(sues - vieilles, arrete) if arrete else {}
    return Fiche(dossier, {**ancienne.arretes, **dates})


def apporte(ancienne: Fiche | None, recu: Dossier, arrete: str | None) -> bool:
    """Whether one section at least of what was received is not older than what is kept."""
    if ancienne is None:
        return True
    if recu.fictif and not ancienne.dossier.fictif:
        return False
    return any(ancienne.arretes.get(nom, "") <= (arrete or "") for nom in sections(recu))


def partir(ancienne: Fiche, vers: str, le: date, arrete: str | None) -> Fiche:
    """The fiche of the Caf that a household has left, as the Caf that took it tells."""
    if ancienne.arretes.get("rsa", "") > (arrete or ""):
        return ancienne
    liens = replace(ancienne.dossier.liens, depart=Depart(le=le, vers=vers))
    dates = {"rsa": arrete} if arrete else {}
    return Fiche(replace(ancienne.dossier, liens=liens), {**ancienne.arretes, **dates})


def heriter(fiche: Fiche, quittee: Fiche, le: date) -> Fiche:
    """What follows a household that came on that day: who it is, its measures of protection, its periods of RSA.

    Only where the new Caf knows nothing of it. What the former Caf did (payments, rights, debts, letters) and what
    belongs to the former dwelling (address, rent, bailleur, instructeur) stays there. True and fictive never mix.
    """
    dossier, avant = fiche.dossier, quittee.dossier
    if dossier.fictif != avant.fictif:
        return fiche
    veille = le - timedelta(days=1)
    passe = replace(avant, liens=replace(avant.liens, droits_rsa=clore(avant.liens.droits_rsa, veille)))
    suivies: dict[str, Any] = {
        nom: getattr(avant, nom)
        for nom in ("personnes", "quotient_familial", "ressources", "cmu_rsa", "cmuc_ressources")
        if getattr(dossier, nom) is None
    }
    dossier = _avec_le_passe(replace(dossier, **suivies), passe)
    mandats = dossier.liens.mandats if dossier.liens.mandats is not None else avant.liens.mandats
    dossier = replace(dossier, liens=replace(dossier.liens, mandats=mandats))
    dates = {nom: quittee.arretes[nom] for nom in (*suivies, "liens.mandats") if nom in quittee.arretes}
    return Fiche(dossier, {**dates, **fiche.arretes})


def sections(dossier: Dossier) -> set[str]:
    """The names of what a dossier knows: « paiements », « situation.familiale », « liens.mandats »…"""
    sues = set()
    for champ in fields(Dossier):
        valeur = getattr(dossier, champ.name)
        if champ.name in DETAILLEES:
            details = fields(valeur) if valeur is not None else ()
            sues |= {f"{champ.name}.{d.name}" for d in details if getattr(valeur, d.name) is not None}
        elif champ.name not in {"cle", "fictif"} and valeur is not None:
            sues.add(champ.name)
    return {AVEC_LE_RSA.get(nom, nom) for nom in sues}


def _sans(dossier: Dossier, vieilles: set[str]) -> Dossier:
    """The same dossier, knowing nothing of these sections."""
    if not vieilles:
        return dossier
    oublies: dict[str, Any] = {nom: None for nom in vieilles if "." not in nom}
    for nom in DETAILLEES:
        valeur = getattr(dossier, nom)
        if valeur is not None:
            champs = {f"{nom}.{champ.name}": champ.name for champ in fields(valeur)}
            vides = {champ: None for long, champ in champs.items() if AVEC_LE_RSA.get(long, long) in vieilles}
            oublies[nom] = replace(valeur, **vides)
    return replace(dossier, **oublies)


def _avec_le_passe(dossier: Dossier, plus_ancien: Dossier) -> Dossier:
    """The same dossier with the periods of RSA that an older source knew: where they meet, the newer one is right."""
    demande_le = dossier.rsa.date_demande if dossier.rsa else None
    droits_rsa = reunir(plus_ancien.liens.droits_rsa, dossier.liens.droits_rsa, demande_le)
    return replace(dossier, liens=replace(dossier.liens, droits_rsa=droits_rsa))


def _jour(arrete: str | None) -> date | None:
    return date.fromisoformat(arrete[:10]) if arrete else None


__all__ = ["Cle", "Fiche", "accueillir", "apporte", "heriter", "partir", "sections"]
