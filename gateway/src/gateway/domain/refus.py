"""What the door refuses by itself; each refusal is a problem type of `contracts/problems.yaml`."""

from socle.refus import Refus


class RequeteInvalide(Refus):
    """The request target is not one that we read."""

    code = "requete-invalide"


class MethodeInconnue(Refus):
    """The path exists, this method does not; `permises` are those that do (RFC 9110, 15.5.6)."""

    code = "methode-inconnue"

    def __init__(self, permises: tuple[str, ...]) -> None:
        super().__init__()
        self.permises = permises


class TropGrand(Refus):
    """The body is over the limit of its operation."""

    code = "trop-grand"


class TypeNonAccepte(Refus):
    """The body is not said to be plain JSON."""

    code = "type-non-accepte"


class ServiceIndisponible(Refus):
    """The service behind the door gave no whole answer; `cause` says how. No verdict on the person."""

    code = "service-indisponible"
    issue = "echec"
