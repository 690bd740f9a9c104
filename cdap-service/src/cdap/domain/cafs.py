"""What the documents and the dialogue need to know of a Caf: reference data, not a rule."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Caf:
    """`nom` as it stands after « le directeur de la » (« Caf du Var »); `courriel` receives the dialogue."""

    organisme: str
    nom: str
    adresse: tuple[str, ...] = ()
    telephone: str | None = None
    courriel: str | None = None
