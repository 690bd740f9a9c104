"""Where the tests of a service put its database: SQLite by default, or a fresh PostgreSQL database each time.

`MCP_ESSAIS_POSTGRESQL` is the address of a database, with its owner's password, that is copied for each test; the
owner may create databases.
"""

import os
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url

VARIABLE = "MCP_ESSAIS_POSTGRESQL"
GARDEES = 30
_faites: list[str] = []


def nouvelle_base(fichier: Path, modele: str | None = None) -> str:
    """The address of an empty database; `fichier` is where it is, if it is a SQLite file. `modele` stands for the
    environment's, where a test is for PostgreSQL alone."""
    modele = modele or os.environ.get(VARIABLE)
    if not modele:
        return f"sqlite:///{fichier}"
    adresse = make_url(modele).set(drivername="postgresql+psycopg")
    nom = f"essai_{uuid4().hex}"
    serveur = create_engine(adresse.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with serveur.connect() as connexion:
        connexion.exec_driver_sql(f'CREATE DATABASE {nom} TEMPLATE "{adresse.database}"')
        _faites.append(nom)
        if len(_faites) > GARDEES:
            connexion.exec_driver_sql(f"DROP DATABASE IF EXISTS {_faites.pop(0)} WITH (FORCE)")
    serveur.dispose()
    return adresse.set(database=nom).render_as_string(hide_password=False)
