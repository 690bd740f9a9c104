"""Steps that several acts share: fetch what is to be acted on, make sure that this person may, and sign.

Where a step takes an `Envoi`, what was read must not have changed since (`If-Match`).
"""

from datetime import date, datetime

from habilitation.domain.envois import Envoi
from habilitation.domain.etiquettes import exiger_inchange
from habilitation.domain.groupes import Groupe
from habilitation.domain.liens import Trait, trait
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.perimetre import exiger_administrateur, exiger_gestion, exiger_referent
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue


def signer(depots: Depots, acces: Acces, instant: datetime, motif: str | None = None) -> Trait:
    """Move the version of the rights on, and give the stroke of the pen for what follows in this transaction."""
    version, retenu = depots.version.avancer(instant)
    return trait(retenu, acces.sujet, motif, version)


def revoquer(depots: Depots, trait: Trait, **vises: tuple[str, ...]) -> None:
    """Tell the feed whose tokens of an older version are cut: identifiants, groupes or partenaires."""
    if trait.version is not None:
        depots.revocations.dire(trait.version, **vises)


def partenaire_suivi(depots: Depots, acces: Acces, siret: str, jour: date, envoi: Envoi | None = None) -> Partenaire:
    """The partner that this référent's Caf follows. Raises RessourceInconnue, VersionPerimee."""
    return _inchange(depots, exiger_referent(acces, depots.partenaires.lire(siret)), jour, envoi)


def partenaire_administre(
    depots: Depots, acces: Acces, siret: str, jour: date, envoi: Envoi | None = None
) -> Partenaire:
    """The partner that this person administers. Raises RessourceInconnue, VersionPerimee."""
    return _inchange(depots, exiger_administrateur(acces, depots.partenaires.lire(siret), jour), jour, envoi)


def groupe_administre(depots: Depots, acces: Acces, id: str, jour: date, envoi: Envoi | None = None) -> Groupe:
    """The group of the partner that this person administers. Raises RessourceInconnue, VersionPerimee."""
    groupe = _existant(depots, id)
    exiger_administrateur(acces, depots.partenaires.lire(groupe.partenaire), jour)
    return _tel_que_lu(groupe, jour, envoi)


def groupe_delegue(depots: Depots, acces: Acces, id: str, jour: date, envoi: Envoi) -> Groupe:
    """The group whose delegation this person may take back: its administrateur, or the référent of the Caf.

    Raises RessourceInconnue, VersionPerimee.
    """
    groupe = _existant(depots, id)
    partenaire = depots.partenaires.lire(groupe.partenaire)
    if acces.caf is not None:
        exiger_referent(acces, partenaire)
    else:
        exiger_administrateur(acces, partenaire, jour)
    return _tel_que_lu(groupe, jour, envoi)


def groupe_gere(depots: Depots, acces: Acces, id: str, jour: date, envoi: Envoi | None = None) -> Groupe:
    """The group whose members this person may move. Raises RessourceInconnue, VersionPerimee."""
    groupe = _existant(depots, id)
    partenaire = depots.partenaires.lire(groupe.partenaire)
    if partenaire is None:
        raise RessourceInconnue("partenaire_inconnu")
    exiger_gestion(acces, partenaire, groupe, jour)
    return _tel_que_lu(groupe, jour, envoi)


def _inchange(depots: Depots, partenaire: Partenaire, jour: date, envoi: Envoi | None) -> Partenaire:
    if envoi and envoi.si:
        groupes = tuple(groupe.au(jour) for groupe in depots.groupes.du_partenaire(partenaire.siret))
        exiger_inchange(envoi.si, partenaire, groupes)
    return partenaire


def _tel_que_lu(groupe: Groupe, jour: date, envoi: Envoi | None) -> Groupe:
    if envoi:
        exiger_inchange(envoi.si, groupe.au(jour))
    return groupe


def _existant(depots: Depots, id: str) -> Groupe:
    groupe = depots.groupes.lire(id)
    if groupe is None:
        raise RessourceInconnue("groupe_inconnu")
    return groupe
