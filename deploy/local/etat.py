"""`demo.json`: what runs, who can log in, and which dossiers there are to open.

Invariant: it is replaced at once, readable by its owner only, and removed when the system starts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from local import personnages
from local.coffre import ecrire_prive
from local.demonstration import Demonstration, role_de
from local.personnages import AGENTS, CAF, PARTENAIRES, UTILISATEURS
from local.reglages import Reglages

Fiche = dict[str, Any]
PAR_GENRE = 3
CONTROLES: Mapping[str, str] = {"T4": "numero_instructeur", "T9": "tutelle", "T10": "numero_bailleur"}


def ecrire(reglages: Reglages, processus: list[Fiche], comptes: list[Fiche], dossiers: list[Fiche]) -> None:
    """Write the file anew."""
    contenu = {
        "passerelle": reglages.passerelle,
        "portail": None,
        "courriels": str(reglages.courriels),
        "processus": processus,
        "comptes": comptes,
        "dossiers": dossiers,
    }
    ecrire_prive(reglages.demo_json, json.dumps(contenu, ensure_ascii=False, indent=1))


def comptes_de(demonstration: Demonstration, dossiers: list[Fiche]) -> list[Fiche]:
    """The accounts, in the order that other programs rely on."""
    raisons = {partenaire.siret: partenaire.raison_sociale for partenaire in PARTENAIRES}
    comptes = []
    for utilisateur in UTILISATEURS:
        groupe = {
            "service": "cdap",
            "profil": utilisateur.profil,
            "portee": utilisateur.portee,
            "organismes": list(utilisateur.organismes),
        }
        qui = f"{utilisateur.metier}, {raisons[utilisateur.siret]}"
        comptes.append(
            _compte(demonstration, role_de(utilisateur), qui, groupes=[groupe])
            | {"dossier": _ouvrable(utilisateur.profil, utilisateur.siret, dossiers)}
        )
    ccas = raisons[personnages.CCAS]
    administrateur = f"administrateur-{personnages.CCAS}"
    comptes.append(_compte(demonstration, administrateur, f"Administrateur partenaire, {ccas}"))
    comptes.append(_compte(demonstration, "responsable", f"Responsable des habilitations, {ccas}"))
    referent = "Référente Mon Compte Partenaire, Caf du Var"
    comptes.append(_compte(demonstration, f"referent-{CAF}", referent, roles=["caf:referent"]))
    comptes += [_compte(demonstration, agent.role, agent.qui, roles=[agent.role]) for agent in AGENTS]
    return comptes


def dossiers_choisis(fichier: Path, le: date) -> list[Fiche]:
    """A few dossiers of each kind: those that pass and those that fail each of the extra checks."""
    if not fichier.exists():
        return []
    comptes: dict[tuple[Any, ...], int] = {}
    choisis = []
    with fichier.open(encoding="utf-8") as lignes:
        for fiche, genre in _fiches(lignes, le):
            comptes[genre] = comptes.get(genre, 0) + 1
            if comptes[genre] <= PAR_GENRE:
                choisis.append(fiche)
    return choisis


def _fiches(lignes: Iterable[str], le: date) -> Iterator[tuple[Fiche, tuple[Any, ...]]]:
    for ligne in lignes:
        dossier = json.loads(ligne)
        if "cle" not in dossier:  # the first line tells of the file
            continue
        liens = dossier["liens"]
        mandats = [mandat for mandat in liens.get("mandats") or () if date.fromisoformat(mandat["depuis"]) <= le]
        droits = liens.get("droits_rsa") or ()
        fiche = dict(dossier["cle"]) | {
            "nom": _nom(dossier),
            "rsa": any(_recent(droit, le) for droit in droits),
            "numero_instructeur": next(iter(liens.get("numeros_instructeur") or ()), None),
            "numero_bailleur": liens.get("numero_bailleur"),
            "tutelle": mandats[0]["siret"] if mandats else None,
        }
        genre = (
            fiche["rsa"],
            bool(droits),
            fiche["numero_instructeur"] is not None,
            fiche["numero_bailleur"] is not None,
            fiche["tutelle"],
        )
        if fiche["nom"]:
            yield fiche, genre


def _recent(droit: Fiche, le: date) -> bool:
    """RSA on the day or in about two years before, with a month of margin: the service itself decides."""
    fin = droit.get("jusqu_a")
    return date.fromisoformat(droit["depuis"]) <= le and (
        fin is None or date.fromisoformat(fin) >= le - timedelta(days=700)
    )


def _nom(dossier: Fiche) -> str | None:
    for personne in dossier.get("personnes") or ():
        if personne.get("role") == "DEM":
            nom = personne.get("nom_naissance") or personne.get("nom_usage")
            return str(nom) if nom else None
    return None


def _ouvrable(profil: str, siret: str, dossiers: list[Fiche]) -> Fiche | None:
    """A dossier that passes the profile's check."""
    champ = CONTROLES.get(profil)
    for fiche in dossiers:
        if champ == "tutelle":
            convient = fiche["tutelle"] == siret
        elif champ:
            convient = fiche[champ] is not None
        else:
            convient = fiche["rsa"]
        if convient:
            return fiche
    return None


def _compte(demonstration: Demonstration, role: str, qui: str, **champs: Any) -> Fiche:
    return {
        "identifiant": demonstration.identifiant(role),
        "mot_de_passe": demonstration.mot_de_passe(role),
        "qui": qui,
        "roles": [],
        "groupes": [],
        "dossier": None,
    } | champs
