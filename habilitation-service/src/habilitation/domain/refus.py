"""The refusals of this service: each code stands in `contracts/problems.yaml`, each cause is for the journal alone."""

from socle.refus import Refus


class SiretInvalide(Refus):
    """Not a SIRET: 14 digits whose key is right."""

    code = "siret-invalide"


class RequeteInvalide(Refus):
    """What was asked is not complete, or contradicts itself."""

    code = "requete-invalide"


class DejaExistant(Refus):
    """What was to be opened is open already."""

    code = "deja-existant"


class PlaceOccupee(Refus):
    """The place (principal, suppléant, responsable) has its person."""

    code = "place-occupee"


class ProfilUnique(Refus):
    """The user has another CDAP profile."""

    code = "profil-unique"


class ConventionIncomplete(Refus):
    """Convention, contrat de service or bulletin d'adhésion is missing, or signed later than today."""

    code = "convention-incomplete"


class HorsBulletin(Refus):
    """The partner's bulletins do not grant this profile or this portée."""

    code = "hors-bulletin"


class HabilitationSuspendue(Refus):
    """The Caf has suspended the service of this partner."""

    code = "habilitation-suspendue"


class EtapeImpossible(Refus):
    """A document goes one step at a time: sent, received, complete, signed."""

    code = "etape-impossible"


class SansResponsable(Refus):
    """Only CDAP, AFAS and Bailleur know a responsable des habilitations."""

    code = "sans-responsable"


class VersionPerimee(Refus):
    """What was read has changed since (`If-Match`)."""

    code = "version-perimee"


class CleReutilisee(Refus):
    """The idempotency key was used for another demand."""

    code = "cle-reutilisee"
