"""What the door refuses by itself; each refusal is a problem type of `contracts/problems.yaml`."""

from socle.refus import Refus


class RequeteInvalide(Refus):
    """The request target is not one that we read."""

    code = "requete-invalide"


class EntetesTropGrands(Refus):
    """The head of the request is over its limit."""

    code = "entetes-trop-grands"


class MethodeInconnue(Refus):
    """The path exists, this method does not; `permises` are those that do (RFC 9110, 15.5.6)."""

    code = "methode-inconnue"

    def __init__(self, permises: tuple[str, ...]) -> None:
        super().__init__()
        self.permises = permises


class TropGrand(Refus):
    """The body is over the limit of its operation."""

    code = "trop-grand"


class TropDeDemandes(Refus):
    """Over a limit of section 7; its headers say which, and when to come back."""

    code = "trop-de-demandes"


class JetonRevoque(Refus):
    """The token was good, and has been cut since: its session is over, or its rights have been taken away."""

    code = "jeton-invalide"


class TypeNonAccepte(Refus):
    """The body is not said to be plain JSON."""

    code = "type-non-accepte"


class ServiceIndisponible(Refus):
    """The service behind the door gave no whole answer; `cause` says how. No verdict on the person."""

    code = "service-indisponible"
    issue = "echec"
