"""The tables as the queries see them; the migrations made them, with their bounds and their triggers.

Every link has `depuis`, `par`, `motif`, and, once it is closed, `jusqu_a`, `clos_par` and `clos_motif`. An open link
has `jusqu_a` null: the bounds are unique indexes over those alone. `ETATS` are the tables that are no links.
"""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table

from habilitation.adapters.colonnes import Instant, Jour, Liste

metadata = MetaData()


def _lien(nom: str, *colonnes: Column[Any]) -> Table:
    return Table(
        nom,
        metadata,
        *colonnes,
        Column("depuis", Instant),
        Column("jusqu_a", Instant),
        Column("par", String),
        Column("clos_par", String),
        Column("motif", String),
        Column("clos_motif", String),
    )


partenaires = _lien(
    "partenaires",
    Column("siret", String, primary_key=True),
    Column("raison_sociale", String),
    Column("caf_referente", String),
)
documents = _lien(
    "documents",
    Column("id", String, primary_key=True),
    Column("partenaire", String),
    Column("genre", String),
    Column("signe_le", Jour),
    Column("service", String),
    Column("profils", Liste),
    Column("finalite", String),
    Column("fondement", String),
    Column("destinataire", String),
)
administrateurs = _lien(
    "administrateurs",
    Column("id", String, primary_key=True),
    Column("partenaire", String),
    Column("place", String),
    Column("identifiant", String),
)
groupes = _lien(
    "groupes",
    Column("id", String, primary_key=True),
    Column("partenaire", String),
    Column("nom", String),
)
habilitations = _lien(
    "habilitations",
    Column("id", String, primary_key=True),
    Column("groupe", String),
    Column("bulletin", String),
    Column("service", String),
    Column("profil", String),
    Column("portee", String),
    Column("organismes", Liste),
)
responsables = _lien(
    "responsables",
    Column("id", String, primary_key=True),
    Column("groupe", String),
    Column("identifiant", String),
)
profils_cdap = _lien(
    "profils_cdap",
    Column("id", String, primary_key=True),
    Column("identifiant", String),
    Column("profil", String),
)
appartenances = _lien(
    "appartenances",
    Column("id", String, primary_key=True),
    Column("groupe", String),
    Column("identifiant", String),
    Column("profil_cdap", String),
    Column("echeance", Jour),
)
suspensions = _lien(
    "suspensions",
    Column("id", String, primary_key=True),
    Column("partenaire", String),
    Column("cible", String),
    Column("reference", String),
)
demarches = _lien(
    "demarches",
    Column("id", String, primary_key=True),
    Column("document", String),
    Column("partenaire", String),
    Column("etat", String),
    Column("le", Jour),
    Column("genre", String),
    Column("service", String),
    Column("profils", Liste),
    Column("finalite", String),
    Column("fondement", String),
    Column("destinataire", String),
)
noms = _lien(
    "noms",
    Column("id", String, primary_key=True),
    Column("groupe", String),
    Column("nom", String),
)
version = Table(
    "version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer),
    Column("instant", Instant),
)
envois = Table(
    "envois",
    metadata,
    Column("sujet", String, primary_key=True),
    Column("cle", String, primary_key=True),
    Column("empreinte", String),
    Column("reference", String),
    Column("instant", Instant),
)
echeances = Table(
    "echeances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("jour", Jour),
)
ETATS = (version, envois, echeances)
