"""The accounts, asked of identity over HTTP (`contracts/identity`, internes.verifier_compte)."""

from socle.refus import VoisinIndisponible
from socle.voisins import Voisin

VERIFIER = "/identity/v1/comptes/verification"


class ComptesDIdentity:
    """What `usecases.ports.Comptes` asks for."""

    def __init__(self, identity: Voisin) -> None:
        self._identity = identity

    def partenaire_de(self, identifiant: str, trace: str | None) -> str | None:
        """See the port."""
        lu = self._identity.demander(VERIFIER, corps={"identifiant": identifiant}, trace=trace)
        if lu is None:
            return None
        try:
            partenaire = lu["partenaire"]
        except (TypeError, KeyError):
            raise VoisinIndisponible("reponse_illisible") from None
        return None if partenaire is None else str(partenaire)
