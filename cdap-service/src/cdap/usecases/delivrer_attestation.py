"""A user has the attestation de paiement of the consulted dossier, as a PDF or by post (webinar, T1, T9 and T19)."""

from hashlib import sha256

from cdap.domain.attestation import Canal, attestation, exiger_delivrable
from cdap.domain.envois import Envoi
from cdap.domain.profils import Rubrique
from cdap.usecases.dossier_consulte import dossier_consulte
from cdap.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail


def delivrer_attestation(
    travail: Travail[Depots], acces: Acces, outils: Outils, consultation: str, canal: Canal
) -> bytes | Envoi:
    """Give the PDF, or what became of it by post: one letter for a consultation, however often it is asked for.

    The PDF bears the id of the event; that of a letter asked for again names the one that goes.
    Raises ConsultationInconnue, RubriqueInterdite, HorsPerimetre, AttestationImpossible.
    """
    rubrique = Rubrique.ATTESTATION_PAIEMENT
    with travail.acte("cdap.attestation.delivree", acces, rubrique=rubrique.value, objet=canal.value) as acte:
        with travail.lecture() as depots:  # to compose takes time, and must hold no lock
            ouverte, _, dossier = dossier_consulte(acte, depots, acces, consultation, rubrique)
            deja = depots.attestations.de_la_consultation(ouverte.id)
        if canal is Canal.COURRIER and deja is not None:
            return _redemandee(acte, deja)
        certifiee, caf = exiger_delivrable(
            attestation(dossier, acte.jour), outils.cafs.lire(ouverte.cle.organisme), canal
        )
        pdf = outils.imprimeur.imprimer(certifiee, caf, acte.recu, acte.instant)
        if canal is Canal.TELECHARGEMENT:
            return pdf
        envoi = Envoi(
            id=acte.recu,
            sujet=ouverte.sujet,
            consultation=ouverte.id,
            groupe=ouverte.groupe,
            cle=ouverte.cle,
            empreinte=sha256(pdf).hexdigest(),
            demande_a=acte.instant,
        )
        confiee = acte.depots.attestations.confier(envoi, pdf)
        return confiee if confiee.id == envoi.id else _redemandee(acte, confiee)


def _redemandee(acte: Acte[Depots], deja: Envoi) -> Envoi:
    """Say in the event that nothing more is delivered, and which letter it is about."""
    acte.note(objet=f"{Canal.COURRIER.value}:deja-demandee:{deja.id}")
    return deja
