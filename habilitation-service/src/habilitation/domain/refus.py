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
