"""Supervisor, with one habit more: what it keeps ends with it, even where it is killed (`local.filiation`)."""

import sys
from collections.abc import Sequence

from supervisor.options import ServerOptions
from supervisor.supervisord import go

from local.filiation import avec_le_parent


class Options(ServerOptions):  # type: ignore[misc]  # supervisor has no types
    """Those of supervisor."""

    def __init__(self) -> None:
        super().__init__()
        self._lier = avec_le_parent()

    def setpgrp(self) -> None:
        """The first thing that supervisor does in a child that it has just forked."""
        self._lier()
        super().setpgrp()


def main(mots: Sequence[str]) -> None:
    """What `supervisord` does, once: this one is never told to start again."""
    options = Options()
    options.realize(list(mots))
    options.first, options.test = True, False
    go(options)
    options.close_httpservers()
    options.close_logger()


if __name__ == "__main__":
    main(sys.argv[1:])
