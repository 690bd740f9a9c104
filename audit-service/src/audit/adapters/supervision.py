"""Counts of consultations over SQL, from the one index that holds all that they need."""

from sqlalchemy import ColumnElement, Connection, Label, case, func, literal_column, select

from audit.adapters.tables import journal
from audit.domain.evenement import Issue
from audit.domain.supervision import LIGNES_MAX, Axe, Compte, Periode

OUVERTURE: ColumnElement[str] = literal_column("'cdap.consultation.ouverte'")
"""Written in full, as in the index: a bound value would not tell the database that the index is enough."""

_CLES = {
    Axe.PARTENAIRE: journal.c.partenaire,
    Axe.GROUPE: journal.c.groupe,
    Axe.PROFIL: journal.c.profil,
    Axe.JOUR: func.substr(journal.c.instant, literal_column("1"), literal_column("13")),
    Axe.DOSSIER: journal.c.numero_allocataire,
    Axe.CAUSE: journal.c.cause,
}


class SupervisionSql:
    """Openings of dossiers of one Caf, counted."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def compter(self, caf: str, periode: Periode, axe: Axe) -> list[Compte]:
        """Counts by the axis, the greatest first, at most 50 but for hours (`Axe.JOUR`), of which all are given."""
        depuis, avant = periode.instants
        cle, total = _CLES[axe].label("cle"), func.count().label("total")
        requete = (
            select(cle, *(_combien(issue) for issue in Issue), total)
            .where(journal.c.type == OUVERTURE, journal.c.organisme == caf)
            .where(journal.c.instant >= depuis, journal.c.instant < avant)
            .group_by(cle)
            .order_by(total.desc(), cle)
        )
        if axe is Axe.CAUSE:
            requete = requete.where(journal.c.issue != Issue.ACCORDE.value)
        if axe is not Axe.JOUR:
            requete = requete.limit(LIGNES_MAX)
        lignes = self._connexion.execute(requete).all()
        return [Compte(ligne.cle, ligne.accorde, ligne.refuse, ligne.echec) for ligne in lignes]


def _combien(issue: Issue) -> Label[int]:
    return func.sum(case((journal.c.issue == issue.value, 1), else_=0)).label(issue.value)
