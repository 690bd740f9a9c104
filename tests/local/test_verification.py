"""`make verify`: what is witnessed while the journal is exported is no truncation."""

import os
import subprocess

from atelier.maison import RACINE

INTERPRETE = """#!/bin/sh
# Stands for the interpreter: the collector witnesses a head while it exports; the verifier shows what it was given.
case "$*" in
    "-m audit exporter --vers "*) echo exporté > "$5"; echo 'après' >> "$MCP_VAR/temoins/2026-11-24.ndjson" ;;
    *verifier.py*) cat "$3" "$5"/* ;;
    *) exit 9 ;;
esac
"""


def test_un_temoin_arrive_pendant_l_export_n_est_pas_une_troncature(tmp_path):
    var, faux, temporaires = tmp_path / "les données", tmp_path / "bin", tmp_path / "tmp"
    for dossier in (var / "temoins", faux, temporaires):
        dossier.mkdir(parents=True)
    (var / "temoins" / "2026-11-24.ndjson").write_text("avant\n")
    (faux / "python").write_text(INTERPRETE)
    (faux / "python").chmod(0o700)
    env = os.environ | {"MCP_VAR": str(var), "TMPDIR": str(temporaires)}
    mots = ["make", "--assume-old=.venv/.installe", "verify", f"BIN={faux}"]  # Nothing is to be installed with it.
    verdict = subprocess.run(mots, env=env, cwd=RACINE, capture_output=True, text=True, timeout=60)
    assert verdict.returncode == 0, verdict.stderr
    assert verdict.stdout == "exporté\navant\n"
    assert (var / "journal.ndjson").read_text() == "exporté\n"
    assert list(temporaires.iterdir()) == []
