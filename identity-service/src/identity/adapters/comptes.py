"""Accounts, the roles of agents, and the one password in force of each account.

Invariant: an identifiant is unique because the database says so, and no account is ever removed: never re-used.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from identity.adapters.tables import comptes, instant, mots_de_passe, roles_caf
from identity.domain.comptes import Appartenance, Compte, Personne, Role
from identity.domain.identifiants import Prefixe, tirer
from identity.domain.mots_de_passe import MotDePasse

TIRAGES = 20


class ComptesSql:
    """Accounts, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, identifiant: str) -> Compte | None:
        """The account, with the roles in force."""
        ligne = self._connexion.execute(select(comptes).where(comptes.c.identifiant == identifiant)).one_or_none()
        return None if ligne is None else self._compte(ligne)

    def avec_mot_de_passe(self, identifiant: str) -> tuple[Compte, MotDePasse] | None:
        """The account and its password in force."""
        ligne = self._connexion.execute(
            select(comptes, mots_de_passe.c.hash, mots_de_passe.c.provisoire, mots_de_passe.c.expire_a)
            .join(mots_de_passe, mots_de_passe.c.identifiant == comptes.c.identifiant)
            .where(comptes.c.identifiant == identifiant)
        ).one_or_none()
        if ligne is None:
            return None
        return self._compte(ligne), MotDePasse(ligne.hash, ligne.provisoire, instant(ligne.expire_a))

    def creer(self, prefixe: Prefixe, personne: Personne, ou: Appartenance, par: str, instant: datetime) -> str:
        """Make the account under an identifiant that nobody ever had; the identifiant."""
        for _ in range(TIRAGES):
            identifiant = tirer(prefixe)
            try:
                with self._connexion.begin_nested():
                    self._connexion.execute(
                        insert(comptes).values(
                            identifiant=identifiant,
                            nom=personne.nom,
                            prenom=personne.prenom,
                            courriel=personne.courriel,
                            partenaire=ou.partenaire,
                            caf=ou.caf,
                            caf_referente=ou.caf_referente,
                            cree_a=instant.timestamp(),
                            par=par,
                        )
                    )
            except IntegrityError:
                continue
            return identifiant
        raise RuntimeError("no free identifiant was drawn")

    def poser_mot_de_passe(self, identifiant: str, mot: MotDePasse, instant: datetime) -> None:
        """Give a new account its first password."""
        self._connexion.execute(insert(mots_de_passe).values(identifiant=identifiant, **_colonnes(mot, instant)))

    def remplacer_mot_de_passe(self, identifiant: str, ancien: MotDePasse, mot: MotDePasse, instant: datetime) -> bool:
        """Replace the password; false if `ancien` is no longer the one in force (its hash has its own salt)."""
        fait = self._connexion.execute(
            update(mots_de_passe)
            .where(mots_de_passe.c.identifiant == identifiant, mots_de_passe.c.hash == ancien.hash)
            .values(**_colonnes(mot, instant))
        )
        return fait.rowcount == 1

    def est_en_vigueur(self, identifiant: str, mot: MotDePasse) -> bool:
        """Whether it still is the password in force; a change must wait for the end of this transaction."""
        hash = self._connexion.execute(
            select(mots_de_passe.c.hash).where(mots_de_passe.c.identifiant == identifiant).with_for_update(read=True)
        ).scalar_one_or_none()
        return hash == mot.hash

    def donner_roles(self, identifiant: str, roles: Iterable[Role], par: str, motif: str, instant: datetime) -> None:
        """Open these roles; the database refuses one that is open already."""
        self._connexion.execute(
            insert(roles_caf),
            [
                {"identifiant": identifiant, "role": role, "depuis": instant.timestamp(), "par": par, "motif": motif}
                for role in sorted(roles)
            ],
        )

    def a_un_referent(self, caf: str) -> bool:
        """Whether an agent of this Caf holds the role of référent."""
        tenu = (
            select(roles_caf.c.id)
            .join(comptes, comptes.c.identifiant == roles_caf.c.identifiant)
            .where(comptes.c.caf == caf, roles_caf.c.role == Role.REFERENT, roles_caf.c.jusqu_a.is_(None))
        )
        return bool(self._connexion.execute(select(exists(tenu))).scalar())

    def _compte(self, ligne: Row[Any]) -> Compte:
        roles = self._connexion.execute(
            select(roles_caf.c.role).where(roles_caf.c.identifiant == ligne.identifiant, roles_caf.c.jusqu_a.is_(None))
        ).scalars()
        return Compte(
            identifiant=ligne.identifiant,
            personne=Personne(ligne.nom, ligne.prenom, ligne.courriel),
            appartenance=Appartenance(ligne.partenaire, ligne.caf_referente, ligne.caf),
            roles=frozenset(Role(role) for role in roles),
        )


def _colonnes(mot: MotDePasse, instant: datetime) -> dict[str, object]:
    return {
        "hash": mot.hash,
        "provisoire": mot.provisoire,
        "expire_a": mot.expire_a and mot.expire_a.timestamp(),
        "cree_a": instant.timestamp(),
    }
