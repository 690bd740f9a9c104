"""What a search finds, as a file: CSV for a spreadsheet, or NDJSON with the bytes and the proof of each entry."""

from collections.abc import Iterable, Iterator
from typing import Any

import flask
import orjson

from audit.domain.accueil import Entree
from audit.domain.tableau import en_csv
from audit.routes.evenements import criteres
from audit.usecases.exporter_evenements import exporter_evenements
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def exporter(body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """A file; its lines leave as they are written, the event has been committed before the first."""
    format = body["format"]
    entrees = exporter_evenements(travail, acces, criteres(body), format)
    lignes, mime = (en_csv(entrees), "text/csv") if format == "csv" else (_en_ndjson(entrees), "application/x-ndjson")
    reponse = flask.Response(lignes, mimetype=mime)
    reponse.headers["Content-Disposition"] = f'attachment; filename="journal.{format}"'
    reponse.headers["Cache-Control"] = "no-store"
    return reponse


def _en_ndjson(entrees: Iterable[Entree]) -> Iterator[bytes]:
    """One entry a line; its print can be recomputed from `precedente` and the bytes of `corps`."""
    for entree in entrees:
        recu = entree.recu
        yield orjson.dumps(
            {
                "source": entree.source,
                "rang": recu.rang,
                "version": recu.version,
                "precedente": recu.precedente,
                "empreinte": recu.empreinte,
                "corps": recu.corps.decode(),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
