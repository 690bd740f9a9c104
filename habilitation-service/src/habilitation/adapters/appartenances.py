"""Memberships, and the one CDAP profile of each user, which every CDAP membership references."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, exists, select

from habilitation.adapters import bornes
from habilitation.adapters.ecriture import clore, identifier, ouvrir
from habilitation.adapters.tables import appartenances, profils_cdap
from habilitation.domain.liens import Trait
from habilitation.domain.refus import DejaExistant, ProfilUnique
from socle.refus import RessourceInconnue


class Appartenances:
    """The store of memberships."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def ajouter(
        self, groupe: str, identifiant: str, profil_cdap: str | None, trait: Trait, echeance: date | None = None
    ) -> None:
        """See the port."""
        with bornes.sous({bornes.APPARTENANCE: DejaExistant}):
            ouvrir(
                self._connexion,
                appartenances,
                trait,
                id=identifier(),
                groupe=groupe,
                identifiant=identifiant,
                profil_cdap=profil_cdap,
                echeance=echeance,
            )

    def retirer(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """See the port."""
        la_sienne = appartenances.c.groupe == groupe, appartenances.c.identifiant == identifiant
        if clore(self._connexion, appartenances, trait, *la_sienne) == 0:
            raise RessourceInconnue("non_membre")

    def clore_echues(self, identifiant: str, jour: date, trait: Trait) -> None:
        """See the port."""
        echues = appartenances.c.identifiant == identifiant, appartenances.c.echeance < jour
        if clore(self._connexion, appartenances, trait, *echues):
            self.lacher_profils_cdap([identifiant], trait)

    def vider(self, groupe: str, trait: Trait) -> None:
        """See the port."""
        clore(self._connexion, appartenances, trait, appartenances.c.groupe == groupe)

    def tenir_profil_cdap(self, identifiant: str, profil: str, trait: Trait) -> str:
        """See the port."""
        tenu = self._connexion.execute(
            select(profils_cdap.c.id, profils_cdap.c.profil).where(
                profils_cdap.c.identifiant == identifiant, profils_cdap.c.jusqu_a.is_(None)
            )
        ).one_or_none()
        if tenu is None:
            return self._ouvrir_profil_cdap(identifiant, profil, trait)
        if tenu.profil != profil:
            raise ProfilUnique()
        return str(tenu.id)

    def lacher_profils_cdap(self, identifiants: Iterable[str], trait: Trait) -> None:
        """See the port."""
        repose_dessus = exists().where(
            appartenances.c.profil_cdap == profils_cdap.c.id, appartenances.c.jusqu_a.is_(None)
        )
        les_leurs = profils_cdap.c.identifiant.in_(list(identifiants))
        clore(self._connexion, profils_cdap, trait, les_leurs, ~repose_dessus)

    def _ouvrir_profil_cdap(self, identifiant: str, profil: str, trait: Trait) -> str:
        id = identifier()
        with bornes.sous({bornes.PROFIL_CDAP: ProfilUnique}):
            ouvrir(self._connexion, profils_cdap, trait, id=id, identifiant=identifiant, profil=profil)
        return id
