"""The référent suspends, à titre conservatoire, a service, a group or a user of a partner."""

from uuid_utils.compat import uuid7

from habilitation.domain.envois import Envoi
from habilitation.domain.liens import Trait
from habilitation.domain.perimetre import exiger_compte
from habilitation.domain.suspensions import Cible, Suspension
from habilitation.usecases.perimetres import partenaire_suivi, revoquer, signer
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.une_fois import deja_fait, redire, retenir
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def suspendre(
    travail: Travail[Depots],
    acces: Acces,
    comptes: Comptes,
    siret: str,
    cible: tuple[Cible, str],
    motif: str,
    envoi: Envoi,
) -> str:
    """Give the id of the suspension. What is suspended gives nothing from now on, and tokens are cut.

    Raises RessourceInconnue, DejaExistant, VersionPerimee, CleReutilisee; VoisinIndisponible only for a user whom
    this service never saw.
    """
    genre, reference = cible
    with travail.acte("habilitation.suspension.prononcee", acces, objet=siret) as acte:
        with travail.lecture() as depots:
            partenaire_suivi(depots, acces, siret, acte.jour)
            connu = genre is not Cible.UTILISATEUR or depots.partenaires.connait(siret, reference)
        if not connu:
            exiger_compte(comptes.partenaire_de(reference, acces.trace), siret)
        fait = deja_fait(acte, acces, envoi)
        partenaire_suivi(acte.depots, acces, siret, acte.jour, None if fait else envoi)
        acte.note(partenaire=siret, objet=reference)
        if fait:
            return redire(acte, fait).reference
        trait = signer(acte.depots, acces, acte.instant, motif)
        _couper(acte.depots, siret, genre, reference, trait)
        suspension = Suspension(str(uuid7()), genre, reference, trait)
        acte.depots.suspensions.prononcer(siret, suspension)
        retenir(acte, acces, envoi, suspension.id, trait)
        return suspension.id


def _couper(depots: Depots, siret: str, genre: Cible, reference: str, trait: Trait) -> None:
    """Tell the feed; of a suspended service all tokens of the partner are renewed. Raises RessourceInconnue."""
    if genre is Cible.SERVICE:
        revoquer(depots, trait, partenaires=(siret,))
    elif genre is Cible.UTILISATEUR:
        revoquer(depots, trait, identifiants=(reference,))
    else:
        groupe = depots.groupes.lire(reference)
        if groupe is None or groupe.partenaire != siret:
            raise RessourceInconnue("groupe_inconnu")
        responsable = (groupe.responsable,) if groupe.responsable else ()
        revoquer(depots, trait, groupes=(groupe.id,), identifiants=responsable)
