"""The refusals of CDAP: what the caller is told is in the code, what the journal keeps in the cause."""

from typing import ClassVar

from socle.refus import Refus


class DossierNonAccessible(Refus):
    """Every failed opening: one answer, whatever the true cause."""

    code: ClassVar[str] = "dossier-non-accessible"


class TropDEchecs(Refus):
    """Too many openings of this user have failed: she must wait, right or wrong (architecture, section 6)."""

    code: ClassVar[str] = "trop-de-demandes"


class TropDeMessages(Refus):
    """This user has written too many messages within the hour: the mailbox of a Caf is read by people."""

    code: ClassVar[str] = "trop-de-demandes"


class GroupeAPreciser(Refus):
    """Several groups of the user cover the organisme, and none was named."""

    code: ClassVar[str] = "groupe-a-preciser"


class ConsultationInconnue(Refus):
    """Unknown, expired, or somebody else's: the same answer."""

    code: ClassVar[str] = "consultation-inconnue"


class RubriqueInterdite(Refus):
    """The profile has not this rubrique."""

    code: ClassVar[str] = "rubrique-interdite"


class HorsPerimetre(Refus):
    """The group, or its extra check, no longer lets this dossier be read."""

    code: ClassVar[str] = "acces-refuse"


class AttestationImpossible(Refus):
    """The attestation cannot be delivered; the motif is the cause, and what the caller reads."""

    code: ClassVar[str] = "attestation-impossible"


class MessageInvalide(Refus):
    """A field of the dialogue is not filled as it must be."""

    code: ClassVar[str] = "requete-invalide"


class DialogueIndisponible(Refus):
    """No address is known at which this Caf reads messages."""

    code: ClassVar[str] = "dialogue-indisponible"


class VueInvalide(Refus):
    """The rubrique has not this view, or not with these bounds."""

    code: ClassVar[str] = "requete-invalide"
