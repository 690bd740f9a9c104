"""The feed of revocations, which the gateway follows: written in the transaction of the act that takes away."""

from collections.abc import Iterable

from sqlalchemy import Connection

from socle import fil


class Revocations:
    """What `usecases.ports.Revocations` asks for, on `socle.fil`."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def dire(
        self,
        version: int,
        *,
        identifiants: Iterable[str] = (),
        groupes: Iterable[str] = (),
        partenaires: Iterable[str] = (),
    ) -> None:
        """See the port."""
        for cle, vises in (("identifiants", identifiants), ("groupes", groupes), ("partenaires", partenaires)):
            if liste := list(vises):
                fil.inscrire(self._connexion, {"version": version, cle: liste})
