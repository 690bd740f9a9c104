"""The bounds that the database keeps, as unique indexes over open links, and the refusal that each one means.

Invariant: nobody looks before inserting; what two writers both want, the database gives to one of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from socle.refus import Refus


@dataclass(frozen=True, slots=True)
class Borne:
    """A unique index: PostgreSQL names it when it is crossed, SQLite names its columns."""

    index: str
    table: str
    colonnes: tuple[str, ...]

    def est_franchie(self, faute: IntegrityError) -> bool:
        """Whether it is this bound that was crossed."""
        dit = str(faute.orig)
        colonnes = ", ".join(f"{self.table}.{colonne}" for colonne in self.colonnes)
        return f'"{self.index}"' in dit or dit == f"UNIQUE constraint failed: {colonnes}"


PARTENAIRE = Borne("partenaires_siret", "partenaires", ("siret",))
DOCUMENT = Borne("documents_un_par_genre", "documents", ("partenaire", "genre"))
BULLETIN = Borne("documents_un_bulletin_par_service", "documents", ("partenaire", "service"))
PLACE = Borne("administrateurs_un_par_place", "administrateurs", ("partenaire", "place"))
PERSONNE = Borne("administrateurs_une_place_par_personne", "administrateurs", ("partenaire", "identifiant"))
RESPONSABLE = Borne("responsables_un_par_groupe", "responsables", ("groupe",))
APPARTENANCE = Borne("appartenances_une_par_membre", "appartenances", ("groupe", "identifiant"))
PROFIL_CDAP = Borne("profils_cdap_un_par_utilisateur", "profils_cdap", ("identifiant",))
SUSPENSION = Borne("suspensions_une_par_cible", "suspensions", ("partenaire", "cible", "reference"))
DEMARCHE = Borne("demarches_une_par_genre", "demarches", ("partenaire", "genre"))
DEMARCHE_BULLETIN = Borne("demarches_une_par_service", "demarches", ("partenaire", "service"))
NOM = Borne("noms_un_par_groupe", "noms", ("groupe",))
ENVOI = Borne("envois_une_fois", "envois", ("sujet", "cle"))


@contextmanager
def sous(bornes: Mapping[Borne, type[Refus]]) -> Iterator[None]:
    """Turn the crossing of one of these bounds into its refusal; any other fault goes on up."""
    try:
        yield
    except IntegrityError as faute:
        for borne, refus in bornes.items():
            if borne.est_franchie(faute):
                raise refus() from None
        raise
