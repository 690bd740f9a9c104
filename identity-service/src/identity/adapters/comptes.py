"""Accounts, the roles of agents, and the one password in force of each account.

Invariant: an identifiant is unique because the database says so, and no account is ever removed: never re-used.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from identity.adapters.tables import comptes, instant, mots_de_passe, roles_caf, seconds_facteurs, secours
from identity.domain.comptes import Appartenance, Compte, Personne, Role
from identity.domain.identifiants import Prefixe, tirer
from identity.domain.mots_de_passe import MotDePasse, Secours
from identity.domain.preuve import Titulaire
from identity.domain.second_facteur import SecondFacteur

TIRAGES = 20
PAR_ADRESSE = 10


class ComptesSql:
    """Accounts, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, identifiant: str) -> Compte | None:
        """The account, with the roles in force."""
        lignes = self._connexion.execute(_avec_roles(select(comptes)).where(comptes.c.identifiant == identifiant)).all()
        return _compte(lignes) if lignes else None

    def titulaire(self, identifiant: str) -> Titulaire | None:
        """The account with all that proves it, in one query: one that is not there takes the same way."""
        lignes = self._connexion.execute(
            _avec_roles(
                select(comptes, mots_de_passe.c.hash, mots_de_passe.c.provisoire, mots_de_passe.c.expire_a),
                secours.c.empreinte,
                secours.c.expire_a.label("secours_expire_a"),
                seconds_facteurs.c.scelle,
                seconds_facteurs.c.en_attente,
            )
            .join(mots_de_passe, mots_de_passe.c.identifiant == comptes.c.identifiant)
            .join(secours, secours.c.identifiant == comptes.c.identifiant, isouter=True)
            .join(seconds_facteurs, seconds_facteurs.c.identifiant == comptes.c.identifiant, isouter=True)
            .where(comptes.c.identifiant == identifiant)
        ).all()
        if not lignes:
            return None
        ligne = lignes[0]
        mot = MotDePasse(ligne.hash, ligne.provisoire, instant(ligne.expire_a))
        facteur = SecondFacteur(ligne.scelle, ligne.en_attente)
        if ligne.empreinte is None:
            return Titulaire(_compte(lignes), mot, facteur=facteur)
        expire_a = datetime.fromtimestamp(ligne.secours_expire_a, UTC)
        return Titulaire(_compte(lignes), mot, Secours(ligne.empreinte, expire_a), facteur)

    def par_courriel(self, courriel: str) -> list[str]:
        """The identifiants of the open accounts with that address, whose letters have no case."""
        requete = select(comptes.c.identifiant).where(
            func.lower(comptes.c.courriel) == courriel.lower(), comptes.c.ferme_a.is_(None)
        )
        return list(self._connexion.execute(requete.order_by(comptes.c.identifiant).limit(PAR_ADRESSE)).scalars())

    def fermer(self, identifiant: str, par: str, instant: datetime) -> bool:
        """Close the account for good; false if it is closed already."""
        fait = self._connexion.execute(
            update(comptes)
            .where(comptes.c.identifiant == identifiant, comptes.c.ferme_a.is_(None))
            .values(ferme_a=instant.timestamp(), ferme_par=par)
        )
        self._connexion.execute(delete(secours).where(secours.c.identifiant == identifiant))
        return fait.rowcount == 1

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
        self._connexion.execute(delete(secours).where(secours.c.identifiant == identifiant))
        return fait.rowcount == 1

    def imposer_mot_de_passe(self, identifiant: str, mot: MotDePasse, instant: datetime) -> None:
        """Replace the password, whatever it is, and any for who has forgotten hers."""
        self._connexion.execute(
            update(mots_de_passe).where(mots_de_passe.c.identifiant == identifiant).values(**_colonnes(mot, instant))
        )
        self._connexion.execute(delete(secours).where(secours.c.identifiant == identifiant))

    def poser_secours(self, identifiant: str, mot: Secours, instant: datetime, intervalle: timedelta) -> bool:
        """Give the account a password beside its own; false, and nothing is done, if it got one that recently."""
        self._connexion.execute(
            delete(secours).where(
                secours.c.identifiant == identifiant, secours.c.cree_a <= (instant - intervalle).timestamp()
            )
        )
        if self._connexion.execute(select(secours).where(secours.c.identifiant == identifiant)).first() is not None:
            return False
        self._connexion.execute(
            insert(secours).values(
                identifiant=identifiant,
                empreinte=mot.empreinte,
                expire_a=mot.expire_a.timestamp(),
                cree_a=instant.timestamp(),
            )
        )
        return True

    def a_ce_secours(self, identifiant: str, empreinte: str) -> bool:
        """Whether it still has that password beside its own; who else would use it waits for this transaction."""
        garde = self._connexion.execute(
            select(secours.c.empreinte).where(secours.c.identifiant == identifiant).with_for_update()
        ).scalar_one_or_none()
        return garde == empreinte

    def est_en_vigueur(self, identifiant: str, mot: MotDePasse) -> bool:
        """Whether it still is the password in force of an open account; a change waits for this transaction."""
        hash = self._connexion.execute(
            select(mots_de_passe.c.hash)
            .join(comptes, comptes.c.identifiant == mots_de_passe.c.identifiant)
            .where(mots_de_passe.c.identifiant == identifiant, comptes.c.ferme_a.is_(None))
            .with_for_update(read=True)
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


def _avec_roles(requete: Select[Any], *colonnes: ColumnElement[Any]) -> Select[Any]:
    """One row for each role in force, one row where there is none."""
    en_vigueur = and_(roles_caf.c.identifiant == comptes.c.identifiant, roles_caf.c.jusqu_a.is_(None))
    return requete.add_columns(roles_caf.c.role, *colonnes).join_from(comptes, roles_caf, en_vigueur, isouter=True)


def _compte(lignes: Sequence[Row[Any]]) -> Compte:
    ligne = lignes[0]
    return Compte(
        identifiant=ligne.identifiant,
        personne=Personne(ligne.nom, ligne.prenom, ligne.courriel),
        appartenance=Appartenance(ligne.partenaire, ligne.caf_referente, ligne.caf),
        roles=frozenset(Role(ligne.role) for ligne in lignes if ligne.role is not None),
        ferme=ligne.ferme_a is not None,
    )


def _colonnes(mot: MotDePasse, instant: datetime) -> dict[str, object]:
    return {
        "hash": mot.hash,
        "provisoire": mot.provisoire,
        "expire_a": mot.expire_a and mot.expire_a.timestamp(),
        "cree_a": instant.timestamp(),
    }
