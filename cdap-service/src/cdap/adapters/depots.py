"""The stores of CDAP over SQL: the dossiers, read only for who consults, and the consultations."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property

import msgspec
from sqlalchemy import Connection, Engine, String, and_, bindparam, delete, insert, select, tuple_

from cdap.adapters.envois import AttestationsSql, MessagesSql
from cdap.adapters.fiches import FichesSql, Tenue
from cdap.adapters.tables import attestations, consultations, dossiers, echecs, messages
from cdap.adapters.verrous import tenir_l_utilisateur
from cdap.domain.consultations import Consultation
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.fraicheur import accueillir
from socle.prepares import Lien, Preparee, ecrivable

CONSERVATION_S = 3_600.0
"""How long an expired consultation is kept, so that its use is told as expired, not as unknown."""
CONSERVATION_ENVOIS_S = 366 * 86_400.0

# What every read asks is composed once: SQLAlchemy takes longer to compose a statement than PostgreSQL to run it.
_VOISINE = Preparee(
    select(dossiers.c.organisme, dossiers.c.numero_allocataire, dossiers.c.contenu)
    .where(
        tuple_(dossiers.c.organisme, dossiers.c.numero_allocataire)
        >= tuple_(bindparam("organisme", type_=String), bindparam("numero", type_=String))
    )
    .order_by(dossiers.c.organisme, dossiers.c.numero_allocataire)
    .limit(1)
)
_CONSULTATION = Preparee(
    select(
        dossiers.c.contenu,
        consultations.c.id,
        consultations.c.sujet,
        consultations.c.session,
        consultations.c.groupe,
        consultations.c.organisme,
        consultations.c.numero_allocataire,
        consultations.c.numero_instructeur,
        consultations.c.numero_bailleur,
        consultations.c.ouverte_a,
        consultations.c.expire_a,
    )
    .select_from(
        consultations.outerjoin(
            dossiers,
            and_(
                dossiers.c.organisme == consultations.c.organisme,
                dossiers.c.numero_allocataire == consultations.c.numero_allocataire,
            ),
        )
    )
    .where(consultations.c.id == bindparam("id"))
)
"""With the dossier that it is about, which whoever asks for a consultation asks for next: one exchange less."""
_Avance = dict[Cle, bytes]
_DECODEUR = msgspec.json.Decoder(Dossier)


class DossiersSql:
    """Dossiers by key; `fusionner` is for the import alone."""

    def __init__(self, lien: Lien, avance: _Avance | None = None) -> None:
        self._lien = lien
        self._avance = {} if avance is None else avance

    def lire(self, cle: Cle) -> Dossier | None:
        """The dossier of that key, or None, for the same work: its neighbour is read and decoded where there is none.

        So the time of an answer does not tell whether a number is somebody's.
        """
        if (contenu := self._avance.get(cle)) is not None:
            return _DECODEUR.decode(contenu)
        voisine = _VOISINE.une(self._lien, organisme=cle.organisme, numero=cle.numero_allocataire)
        if voisine is None:
            return None
        organisme, numero, contenu = voisine
        dossier = _DECODEUR.decode(contenu)
        return dossier if Cle(organisme, numero) == cle else None

    def fusionner(self, recus: Sequence[Dossier]) -> None:
        """Take in what was received without a date; what it does not know of a dossier is kept."""
        for recu in recus:
            fiches = FichesSql(ecrivable(self._lien))
            tenues = fiches.lire([recu.cle])
            ancienne = tenues[recu.cle].fiche if tenues else None
            fiches.ecrire([Tenue(accueillir(ancienne, recu, None))], frozenset(tenues))


class ConsultationsSql:
    """The consultations under way. `avance` takes the dossier that is read with one."""

    def __init__(self, lien: Lien, avance: _Avance) -> None:
        self._lien = lien
        self._avance = avance

    def inscrire(self, consultation: Consultation) -> None:
        """Keep a new consultation."""
        ecrivable(self._lien).execute(
            insert(consultations).values(
                id=consultation.id,
                sujet=consultation.sujet,
                session=consultation.session,
                groupe=consultation.groupe,
                organisme=consultation.cle.organisme,
                numero_allocataire=consultation.cle.numero_allocataire,
                numero_instructeur=consultation.numero_instructeur,
                numero_bailleur=consultation.numero_bailleur,
                ouverte_a=consultation.ouverte_a.timestamp(),
                expire_a=consultation.expire_a.timestamp(),
            )
        )

    def lire(self, id: str) -> Consultation | None:
        """The consultation of that id, or None."""
        ligne = _CONSULTATION.une(self._lien, id=id)
        if ligne is None:
            return None
        contenu, id, sujet, session, groupe, organisme, numero, instructeur, bailleur, ouverte_a, expire_a = ligne
        cle = Cle(organisme, numero)
        if contenu is not None:
            self._avance[cle] = contenu
        return Consultation(
            id=id,
            sujet=sujet,
            session=session,
            groupe=groupe,
            cle=cle,
            numero_instructeur=instructeur,
            numero_bailleur=bailleur,
            ouverte_a=datetime.fromtimestamp(ouverte_a, UTC),
            expire_a=datetime.fromtimestamp(expire_a, UTC),
        )


class EchecsSql:
    """The failed openings of the last minutes."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def de(self, sujet: str, depuis: datetime) -> Sequence[datetime]:
        """When they were, oldest first."""
        tenir_l_utilisateur(self._connexion, sujet)
        ici = (echecs.c.sujet == sujet, echecs.c.a > depuis.timestamp())
        instants = self._connexion.execute(select(echecs.c.a).where(*ici).order_by(echecs.c.a)).scalars()
        return [datetime.fromtimestamp(instant, UTC) for instant in instants]

    def inscrire(self, sujet: str, a: datetime) -> None:
        """One more."""
        self._connexion.execute(insert(echecs).values(sujet=sujet, a=a.timestamp()))

    def retirer(self, sujet: str, a: datetime) -> None:
        """It was none after all."""
        self._connexion.execute(delete(echecs).filter_by(sujet=sujet, a=a.timestamp()))


class DepotsSql:
    """The stores of one act. Those that write are made in the act that asks for them: one that only reads has none."""

    def __init__(self, lien: Lien) -> None:
        self._lien = lien
        avance: _Avance = {}
        self.dossiers = DossiersSql(lien, avance)
        self.consultations = ConsultationsSql(lien, avance)

    @cached_property
    def echecs(self) -> EchecsSql:
        """The failed openings."""
        return EchecsSql(ecrivable(self._lien))

    @cached_property
    def attestations(self) -> AttestationsSql:
        """The attestations that go by post."""
        return AttestationsSql(ecrivable(self._lien))

    @cached_property
    def messages(self) -> MessagesSql:
        """The messages to the Caf."""
        return MessagesSql(ecrivable(self._lien))


def oublier_le_perime(engine: Engine) -> None:
    """A chore: drop the consultations that expired, and the failures that were, more than an hour ago; and what
    was handed over to the Caf, once its event too has left the journal."""
    limite, ancien = time.time() - CONSERVATION_S, time.time() - CONSERVATION_ENVOIS_S
    for table, perime in (
        (consultations, consultations.c.expire_a < limite),
        (echecs, echecs.c.a < limite),
        (attestations, attestations.c.envoye_a < ancien),
        (messages, messages.c.envoye_a < ancien),
    ):
        with engine.connect().execution_options(lecture=True) as connexion:
            il_y_en_a = connexion.execute(select(table.c.id).where(perime).limit(1)).scalar()
        if il_y_en_a is not None:
            with engine.begin() as connexion:
                connexion.execute(delete(table).where(perime))
