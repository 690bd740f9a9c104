"""Nobody outlives the one who started him: the kernel ends a child whose parent is gone. Linux alone knows how."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_prctl = None
if sys.platform == "linux":
    with contextlib.suppress(OSError, AttributeError):
        _prctl = ctypes.CDLL(None).prctl


def avec_le_parent() -> Callable[[], None]:
    """What a child of this process has to run between fork and exec, so that it gets SIGTERM when we die."""
    parent = os.getpid()

    def lier() -> None:
        if _prctl is None:
            return
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return lier
