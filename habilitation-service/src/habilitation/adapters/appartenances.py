"""Memberships, and the one CDAP profile of each user, which every CDAP membership references."""

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

    def ajouter(self, groupe: str, identifiant: str, profil_cdap: str | None, trait: Trait) -> None:
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
            )

    def retirer(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """See the port."""
        la_sienne = appartenances.c.groupe == groupe, appartenances.c.identifiant == identifiant
        if clore(self._connexion, appartenances, trait, *la_sienne) == 0:
            raise RessourceInconnue("non_membre")

    def tenir_profil_cdap(self, identifiant: str, profil: str, trait: Trait) -> str:
        """See the port."""
        ouvert = self._connexion.execute(
            select(profils_cdap.c.id, profils_cdap.c.profil).where(
                profils_cdap.c.identifiant == identifiant, profils_cdap.c.jusqu_a.is_(None)
            )
        ).one_or_none()
        if ouvert is None:
            return self._ouvrir_profil_cdap(identifiant, profil, trait)
        if ouvert.profil != profil:
            raise ProfilUnique()
        return str(ouvert.id)

    def lacher_profil_cdap(self, identifiant: str, trait: Trait) -> None:
        """See the port."""
        repose_dessus = exists().where(
            appartenances.c.profil_cdap == profils_cdap.c.id, appartenances.c.jusqu_a.is_(None)
        )
        clore(self._connexion, profils_cdap, trait, profils_cdap.c.identifiant == identifiant, ~repose_dessus)

    def _ouvrir_profil_cdap(self, identifiant: str, profil: str, trait: Trait) -> str:
        id = identifier()
        with bornes.sous({bornes.PROFIL_CDAP: ProfilUnique}):
            ouvrir(self._connexion, profils_cdap, trait, id=id, identifiant=identifiant, profil=profil)
        return id
