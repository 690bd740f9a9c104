"""A clock that jumps, for one process of the house: Python finds this file by PYTHONPATH, before anything of ours.

It takes the place of libfaketime, which a bare machine has not: every clock that our code can read by its hour
(`time.time`, `datetime.now`) is moved; `time.monotonic`, as on a machine whose clock is set, is not. The file that
MCP_HORLOGE names holds the shift in seconds; MCP_HORLOGE_DE is the process, as the words after `-m`.
"""

import datetime
import os
import sys
import time

_FICHIER = os.environ.get("MCP_HORLOGE", "")
_vrai, _heure = datetime.datetime, time.time
_lu = (0.0, 0.0)


def _ecart() -> float:
    """The shift; the file is read again when it was written again."""
    global _lu
    try:
        ecrit = os.stat(_FICHIER).st_mtime_ns  # noqa: PTH116
        if ecrit != _lu[0]:
            with open(_FICHIER, encoding="ascii") as fichier:  # noqa: PTH123 -- pathlib is not to be loaded here
                _lu = ecrit, float(fichier.read() or 0)
    except (OSError, ValueError):
        return 0.0
    return _lu[1]


class _Type(type(_vrai)):
    def __instancecheck__(cls, objet: object) -> bool:
        return isinstance(objet, _vrai)

    def __subclasscheck__(cls, classe: type) -> bool:
        return issubclass(classe, _vrai)


class _Decale(_vrai, metaclass=_Type):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> _vrai:
        return _vrai.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> _vrai:
        return _vrai.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)


if _FICHIER and " ".join(sys.orig_argv[-2:]) == os.environ.get("MCP_HORLOGE_DE"):
    time.time = lambda: _heure() + _ecart()
    datetime.datetime = _Decale
