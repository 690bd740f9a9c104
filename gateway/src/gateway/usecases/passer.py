"""A request passes the door, or is refused and, where its rule says so, recorded."""

from dataclasses import dataclass

from gateway.domain.entetes import annonce_un_corps, exiger_json, vers_le_client, vers_le_service
from gateway.domain.messages import Demande, Envoi, Reponse
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


async def passer(outils: Outils, operation: Operation, demande: Demande) -> Reponse:
    """Verify, authorize, forward; the answer of the service, cleaned.

    Raises a Refus: JetonAbsent, JetonRefuse, AccesRefuse (recorded), TypeNonAccepte, TropGrand,
    ServiceIndisponible (recorded for a known user), TraceImpossible.
    """
    acces = await _identifier(outils, operation, demande)
    async with outils.registre.tracer(operation, acces):
        if not operation.regle.autorise(acces):
            raise AccesRefuse("regle_de_l_operation")
    corps = b""
    if annonce_un_corps(demande.entetes):
        exiger_json(demande.entetes)
        corps = await demande.corps(operation.limite)
    envoi = await _preparer(outils, operation, demande, corps)
    async with outils.registre.tracer(operation, acces):
        reponse = await outils.amont.envoyer(operation.service, envoi)
    return Reponse(reponse.statut, vers_le_client(reponse.entetes), reponse.corps)


async def _identifier(outils: Outils, operation: Operation, demande: Demande) -> Acces:
    if operation.regle.publique:
        return Acces(acte=operation.acte, adresse=demande.adresse, trace=demande.trace)
    identite = await outils.gardien.identifier(demande.entetes, operation, demande.trace)
    return acces_de(identite, operation.acte, demande.adresse, demande.trace)


async def _preparer(outils: Outils, operation: Operation, demande: Demande, corps: bytes) -> Envoi:
    entetes = vers_le_service(demande.entetes, avec_jeton=not operation.regle.publique)
    entetes.append((b"traceparent", traces.vers_l_aval(demande.trace).encode()))
    preuve = await outils.preuves.pour(operation.service)
    if preuve is not None and demande.adresse is not None:
        entetes += [(_PASSERELLE, preuve), (_ADRESSE, demande.adresse.encode())]
    return Envoi(demande.methode, demande.chemin, demande.requete, entetes, corps, operation.delai_s)
