"""The service of a plain stack: Connexion's FlaskApp, SQLAlchemy's ORM, an event published by kombu before the answer.

It reads the same rows as ours and gives one part of the same document; it knows no profile, no extra check, no outbox.
"""

import json
import os
import time
import uuid
from pathlib import Path

import jwt
from connexion import FlaskApp
from connexion.exceptions import OAuthProblem
from kombu import Connection, Exchange
from kombu.pools import producers
from sqlalchemy import LargeBinary, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

CLE = Path(os.environ["CLE"]).read_text(encoding="ascii")
engine = create_engine(os.environ["BASE"], pool_size=16)
Session = sessionmaker(engine)
courtier = Connection(os.environ["COURTIER"])
evenements = Exchange("evenements", type="topic", durable=True, no_declare=True)


class Base(DeclarativeBase):
    """What the tables have in common."""


class Dossier(Base):
    """The same rows as ours."""

    __tablename__ = "dossiers"
    organisme: Mapped[str] = mapped_column(primary_key=True)
    numero_allocataire: Mapped[str] = mapped_column(primary_key=True)
    contenu: Mapped[bytes] = mapped_column(LargeBinary)


class Consultation(Base):
    """The same rows as ours."""

    __tablename__ = "consultations"
    id: Mapped[str] = mapped_column(primary_key=True)
    sujet: Mapped[str]
    organisme: Mapped[str]
    numero_allocataire: Mapped[str]
    expire_a: Mapped[float]


def verifier(jeton):
    """The claims of a token."""
    try:
        return jwt.decode(jeton, CLE, algorithms=["RS256"], audience="mcp")
    except jwt.PyJWTError:
        raise OAuthProblem(detail="Jeton invalide") from None


def lire(consultation, rubrique, user, token_info):
    """One rubrique, and its event."""
    with Session() as session:
        ouverte = session.get(Consultation, consultation)
        if ouverte is None or ouverte.sujet != user or ouverte.expire_a < time.time():
            return {"title": "Consultation inconnue"}, 404
        dossier = session.get(Dossier, (ouverte.organisme, ouverte.numero_allocataire))
        contenu = json.loads(dossier.contenu)[rubrique]
        cle = {"organisme": ouverte.organisme, "numero_allocataire": ouverte.numero_allocataire}
    evenement = {
        "id": str(uuid.uuid4()), "type": "cdap.rubrique.lue", "time": time.time(), "sujet": user, "dossier": cle,
        "partenaire": token_info["partenaire"], "rubrique": rubrique, "consultation": consultation,
    }  # fmt: skip
    with producers[courtier].acquire(block=True) as editeur:
        editeur.publish(evenement, exchange=evenements, routing_key=evenement["type"], delivery_mode=2)
    return contenu, 200, {"Cache-Control": "no-store"}


app = FlaskApp(__name__)
app.add_api(Path(__file__).parent / "openapi_plain.yaml")
