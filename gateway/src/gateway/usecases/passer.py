"""A request passes the door, or is refused and, where its rule says so, recorded."""

import time
from dataclasses import dataclass

from gateway.domain.entetes import annonce_un_corps, exiger_le_type, vers_le_client, vers_le_service
from gateway.domain.limites import Limites, Quota
from gateway.domain.messages import Demande, Entetes, Envoi, Reponse
from gateway.domain.refus import JetonRevoque
from gateway.domain.revocations import Revocations
from gateway.usecases.operation import Operation
from gateway.usecases.ports import Amont, Gardien, Preuves, Registre
from socle import traces
from socle.acces import Acces
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
    acces = await _identifier(outils, operation, demande)
    async with outils.registre.tracer(operation, acces):
        _exiger_en_vigueur(outils, acces)
        quota = _compter(outils, acces)
        if not operation.regle.autorise(acces):
            raise AccesRefuse("regle_de_l_operation")
        corps = b""
        if annonce_un_corps(demande.entetes):
            exiger_le_type(demande.entetes, operation.types)
            corps = await demande.corps(operation.limite)
        envoi = await _preparer(outils, operation, demande, corps)
        _exiger_en_vigueur(outils, acces)  # again: a slow body may have taken seconds
        reponse = await outils.amont.envoyer(operation.service, envoi)
    return Reponse(reponse.statut, vers_le_client(reponse.entetes, operation.passage) + quota, reponse.corps)


def _exiger_en_vigueur(outils: Outils, acces: Acces) -> None:
    if outils.revocations.coupe(acces):
        raise JetonRevoque("revoque")


def _compter(outils: Outils, acces: Acces) -> Entetes:
    """Count the request of a known user; the headers that say what is left."""
    if acces.sujet is None:
        return []
    quota: Quota = outils.limites.compter_personne(acces.sujet, acces.partenaire, time.monotonic())
    return [(nom.lower().encode(), valeur.encode()) for nom, valeur in quota.entetes().items()]


async def _identifier(outils: Outils, operation: Operation, demande: Demande) -> Acces:
    if operation.regle.publique:
        return Acces(acte=operation.acte, adresse=demande.adresse, trace=demande.trace)
    identite = await outils.gardien.identifier(demande.entetes, operation, demande.trace)
    return acces_de(identite, operation.acte, demande.adresse, demande.trace)


async def _preparer(outils: Outils, operation: Operation, demande: Demande, corps: bytes) -> Envoi:
    entetes = vers_le_service(demande.entetes, avec_jeton=not operation.regle.publique, passage=operation.passage)
    entetes.append((b"traceparent", traces.vers_l_aval(demande.trace).encode()))
    preuve = await outils.preuves.pour(operation.service)
    if preuve is not None and demande.adresse is not None:
        entetes += [(_PASSERELLE, preuve), (_ADRESSE, demande.adresse.encode())]
    return Envoi(demande.methode, demande.chemin, demande.requete, entetes, corps, operation.delai_s)
