"""What has a rank is published, in order, when a broker is configured; the outbox stays what counts.

Invariant: the place up to which everything was confirmed moves after the broker's confirmation, and only forward from
where it was read. Killed anywhere, or two of them at once: some events are published twice, none is left out.
"""

import orjson
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, Table, select, update

from socle.bail import Bail
from socle.courtier import Editeur, Message
from socle.database import lecture
from socle.outbox import Range, ranges

PAR_LOT = 500

metadata = MetaData()
publication = Table(
    "outbox_publication",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rang", BigInteger, nullable=False),
)


def publier(engine: Engine, source: str, editeur: Editeur, limite: int = PAR_LOT, bail: Bail | None = None) -> int:
    """Publish what comes after the last confirmed rank; how many.

    Raises CourtierIndisponible, having moved nothing, and BailPerdu, having published what audit has or will have
    from the relay that took over.
    """
    with lecture(engine) as connexion:
        apres = connexion.execute(select(publication.c.rang)).scalar_one()
    lot = ranges(engine, apres, limite)
    if lot:
        editeur.publier([_message(source, evenement) for evenement in lot])
        with engine.begin() as connexion:
            if bail is not None:
                bail.renouveler(connexion)
            connexion.execute(update(publication).where(publication.c.rang == apres).values(rang=lot[-1].rang))
    return len(lot)


def _message(source: str, evenement: Range) -> Message:
    corps = evenement.corps.encode()
    return Message(
        cle=orjson.loads(corps)["type"],
        id=f"{source}:{evenement.rang}",
        corps=corps,
        entetes={
            "source": source,
            "rang": evenement.rang,
            "version": evenement.version,
            "precedente": evenement.precedente,
            "empreinte": evenement.empreinte,
        },
    )
