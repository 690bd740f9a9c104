"""Load by wrk, from the other core: how many requests a second, and how long they took."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from charge.procede import RESTE

ICI = Path(__file__).parent
_EN_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True, slots=True)
class Tir:
    """One run: requests answered 2xx or 3xx, how many a second, and two percentiles in milliseconds."""

    requetes: int
    par_seconde: float
    p50_ms: float
    p99_ms: float


def tirer(
    url: str,
    secondes: float,
    *,
    connexions: int = 32,
    entetes: Mapping[str, str] | None = None,
    chemins: Path | None = None,
    au_plus: int | None = None,
) -> Tir:
    """Ask for `url` again and again, or for each line of `chemins` in turn; or stop after so many answers.

    Raises AssertionError if one request was not answered, or not well.
    """
    commande = ["taskset", "-c", str(RESTE), "wrk", "-t1", f"-c{connexions}", f"-d{secondes:.0f}s", "--latency"]
    for nom, valeur in (entetes or {}).items():
        commande += ["-H", f"{nom}: {valeur}"]
    if chemins is not None:
        commande += ["-s", str(ICI / "chemins.lua"), url, str(chemins)]
    elif au_plus is not None:
        commande += ["-s", str(ICI / "arrete.lua"), url, str(au_plus)]
    else:
        commande += [url]
    lance = subprocess.run(commande, capture_output=True, text=True)
    assert lance.returncode == 0, lance.stderr
    return _lire(lance.stdout)


def _lire(dit: str) -> Tir:
    assert "Non-2xx" not in dit and "Socket errors" not in dit, dit
    p50, p99 = (
        float(valeur) * _EN_MS[unite]
        for valeur, unite in re.findall(r"^ +(?:50|99)% +([\d.]+)(us|ms|s) *$", dit, re.MULTILINE)
    )
    requetes, par_seconde = re.search(r"(\d+) requests in", dit), re.search(r"Requests/sec: +([\d.]+)", dit)
    assert requetes and par_seconde, dit
    return Tir(int(requetes.group(1)), float(par_seconde.group(1)), p50, p99)
