"""A user writes to the Caf about the consulted dossier (webinar, « Dialogue »)."""

from dataclasses import astuple
from hashlib import sha256

from cdap.domain.dialogue import Message, Saisie, exiger_complete
from cdap.domain.envois import Envoi
from cdap.domain.refus import DialogueIndisponible
from cdap.domain.temporisation import HEURE, exiger_mesure
from cdap.usecases.dossier_consulte import dossier_consulte
from cdap.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail


def ecrire_a_la_caf(
    travail: Travail[Depots], acces: Acces, outils: Outils, consultation: str, saisie: Saisie
) -> Message:
    """Keep the message, and have it mailed; the same one again in the same consultation is the one that is kept.

    Raises ConsultationInconnue, HorsPerimetre, MessageInvalide, DialogueIndisponible, TropDeMessages.
    """
    with travail.acte("cdap.message.ecrit", acces) as acte:
        ouverte, _, dossier = dossier_consulte(acte, acte.depots, acces, consultation)
        exiger_complete(saisie, dossier.cle.numero_allocataire)
        caf = outils.cafs.lire(ouverte.cle.organisme)
        if caf is None or caf.courriel is None:
            raise DialogueIndisponible("adresse_de_la_caf_inconnue")
        message = Message(
            envoi=Envoi(
                id=acte.recu,
                sujet=ouverte.sujet,
                consultation=ouverte.id,
                groupe=ouverte.groupe,
                cle=ouverte.cle,
                empreinte=sha256("\0".join(map(str, astuple(saisie))).encode()).hexdigest(),
                demande_a=acte.instant,
            ),
            destinataire=caf.courriel,
            partenaire=acces.partenaire,
            saisie=saisie,
        )
        messages = acte.depots.messages
        garde = messages.retrouver(ouverte.id, message.envoi.empreinte)
        if garde is None:
            exiger_mesure(messages.de(ouverte.sujet, acte.instant - HEURE), acte.instant)
            messages.garder(message)
            garde = message
        acte.note(objet=garde.envoi.id)
        return garde
