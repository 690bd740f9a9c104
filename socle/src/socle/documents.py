"""PDF documents that a screen reader can read: a typst template and its data give PDF/UA-1 bytes.

Invariant: the same template, data and instant give the same bytes; only the fonts that come with the library are
used, and a warning is a fault (an unknown font would be replaced in silence). No data stands in an error.
"""

import functools
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import orjson
import typst


class DocumentImpossible(Exception):
    """The document could not be composed: a fault of the template, or data that it cannot hold."""


@functools.cache
def _polices() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def composer(gabarit: Path, donnees: Mapping[str, object], le: datetime) -> bytes:
    """Compose one PDF (PDF/UA-1).

    `gabarit` is a `.typ` file; it reads its data with `json(bytes(sys.inputs.donnees))` and must set the title and
    the language of the document. `donnees` is anything that JSON can say, dates included; `le`, with its zone, is
    the instant that the file carries, to the second. Raises DocumentImpossible, which tells nothing of the data.
    """
    atelier = typst.Compiler(
        gabarit, root=gabarit.parent, font_paths=_polices(), sys_inputs={"donnees": orjson.dumps(donnees).decode()}
    )
    try:
        compose, reserves = atelier.compile_with_warnings(
            format="pdf", pdf_standards="ua-1", timestamp=le.replace(microsecond=0)
        )
    except typst.TypstError:
        # The message would quote the line, and with it the data.
        raise DocumentImpossible(gabarit.name) from None
    if reserves or not isinstance(compose, bytes):
        raise DocumentImpossible(gabarit.name)
    return compose
