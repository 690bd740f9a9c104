"""A request passes the door, or is refused and, where its rule says so, recorded."""

import time
from dataclasses import dataclass

from gateway.domain.entetes import exiger_le_type, vers_le_client, vers_le_service
from gateway.domain.limites import Limites
from gateway.domain.messages import Demande, Entetes, Envoi, Reponse
from gateway.domain.refus import JetonRevoque
from gateway.domain.revocations import Revocations
from gateway.usecases.operation import Operation
from gateway.usecases.ports import Amont, Gardien, Preuves, Registre
from socle import traces
from socle.acces import Acces
from socle.jetons import Identite
from socle.operations import ADRESSE, PASSERELLE, acces_de
from socle.refus import AccesRefuse

_ADRESSE, _PASSERELLE = ADRESSE.lower().encode(), PASSERELLE.lower().encode()


@dataclass(frozen=True, slots=True)
class Outils:
    """What a passage uses."""

    gardien: Gardien
    registre: Registre
    preuves: Preuves
    amont: Amont
    revocations: Revocations
    limites: Limites


async def passer(outils: Outils, operation: Operation, demande: Demande) -> Reponse:
    """Verify, authorize, forward; the answer of the service, cleaned.

    Raises a Refus: JetonAbsent, JetonRefuse, TypeNonAccepte, TropGrand; recorded for a known user: JetonRevoque,
    TropDeDemandes, AccesRefuse, ServiceIndisponible; TraceImpossible.
    """
    identite = await _identifier(outils, operation, demande)
    async with outils.registre.tracer(operation, lambda: _acces(operation, demande, identite)):
        quota = _admettre(outils, operation, identite)
        corps = b""
        if demande.a_un_corps:
            exiger_le_type(demande.entetes, operation.types)
            corps = await demande.corps(operation.limite)
        envoi = await _preparer(outils, operation, demande, corps)
        _exiger_en_vigueur(outils, identite)  # again: a slow body may have taken seconds
        reponse = await outils.amont.envoyer(operation.service, envoi)
    return Reponse(reponse.statut, vers_le_client(reponse.entetes, operation.passage) + quota, reponse.corps)


def _exiger_en_vigueur(outils: Outils, identite: Identite | None) -> None:
    if identite is not None and outils.revocations.coupe(identite):
        raise JetonRevoque("revoque")


def _admettre(outils: Outils, operation: Operation, identite: Identite | None) -> Entetes:
    """Whether this user may, counted; the headers that say what is left. Whoever comes to a public operation may."""
    if identite is None:
        return []
    _exiger_en_vigueur(outils, identite)
    quota: Entetes = []
    if identite.sujet is not None:
        quota = outils.limites.compter_personne(identite.sujet, identite.partenaire, time.monotonic()).octets()
    if not operation.regle.autorise(identite):
        raise AccesRefuse("regle_de_l_operation")
    return quota


async def _identifier(outils: Outils, operation: Operation, demande: Demande) -> Identite | None:
    if operation.publique:
        return None
    return await outils.gardien.identifier(demande.entetes, operation, demande.trace)


def _acces(operation: Operation, demande: Demande, identite: Identite | None) -> Acces:
    """What an event says of this request."""
    if identite is None:
        return Acces(acte=operation.acte, adresse=demande.adresse, trace=demande.trace)
    return acces_de(identite, operation.acte, demande.adresse, demande.trace)


async def _preparer(outils: Outils, operation: Operation, demande: Demande, corps: bytes) -> Envoi:
    entetes = vers_le_service(demande.entetes, avec_jeton=not operation.publique, passage=operation.passage)
    entetes.append((b"traceparent", traces.vers_l_aval(demande.trace, demande.pas).encode()))
    preuve = await outils.preuves.pour(operation.service)
    if preuve is not None and demande.adresse is not None:
        entetes += [(_PASSERELLE, preuve), (_ADRESSE, demande.adresse.encode())]
    return Envoi(demande.methode, demande.chemin, demande.requete, entetes, corps, operation.delai_s)
