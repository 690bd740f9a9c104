"""The verifier, run as the program that it is: no site packages, no environment, its own code alone."""

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import audit
from audit.adapters.export import lignes
from audit.adapters.temoins import TemoinsFichiers
from audit.usecases.accueillir import accueillir
from audit.usecases.temoigner import temoigner

VERIFIER = Path(audit.__file__).parents[2] / "verificateur" / "verifier.py"
SOURCES = ("audit", "cdap", "identity")
MIDI = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def temoins(tmp_path):
    return tmp_path / "temoins"


@pytest.fixture
def export(engine, registre, forge, temoins):
    """The export of an honest journal, as a list of entries; its heads were witnessed at ranks 6 and 10."""
    fichiers = TemoinsFichiers(temoins)
    series = {source: forge.serie(12, source) for source in SOURCES}
    for debut, fin in ((0, 6), (6, 10), (10, 12)):
        for source, recus in series.items():
            accueillir(registre, source, forge.lot(recus[debut:fin], debut))
        if fin < 12:
            temoigner(registre, fichiers, SOURCES, MIDI)
    return [json.loads(ligne) for ligne in lignes(engine)]


@pytest.fixture
def verifier(tmp_path, temoins):
    """Run it on these entries: exit code, lines of the standard output, standard error."""

    def lancer(entrees, dossier=temoins):
        fichier = tmp_path / "export.ndjson"
        octets = entrees if isinstance(entrees, bytes) else "".join(json.dumps(e) + "\n" for e in entrees).encode()
        fichier.write_bytes(octets)
        rendu = subprocess.run(
            [sys.executable, "-I", "-S", VERIFIER, fichier, "--temoins", dossier], capture_output=True, env={}
        )
        return rendu.returncode, rendu.stdout.decode().splitlines(), rendu.stderr.decode()

    return lancer


def _place(export, source, rang):
    return next(n for n, entree in enumerate(export) if (entree["source"], entree["rang"]) == (source, rang))


def _refaire(export, forge, source, depuis):
    """Recompute the chain of a source from a rank on, as a forger with all the code would."""
    suite = [entree for entree in export if entree["source"] == source and entree["rang"] >= depuis]
    precedente = export[_place(export, source, depuis - 1)]["empreinte"]
    for entree in suite:
        entree["precedente"] = precedente
        precedente = entree["empreinte"] = forge.empreinte(precedente, entree["corps"].encode())


def test_un_journal_honnete_est_complet_et_des_entrees_plus_recentes_que_les_temoins_ne_sont_pas_une_faute(
    export, verifier
):
    code, dit, _ = verifier(export)
    assert (code, dit) == (0, ["Le journal est complet : 36 entrées de 3 sources", "Comparé à 6 témoins."])


def test_l_export_est_range_par_source_et_rang_et_rend_les_octets(engine, registre, forge, verifier):
    corps = "é’\u2028".encode() + b"\xff\x00"
    accueillir(registre, "cdap", forge.lot(forge.chainer(corps, forge.evenement())))
    lues = [json.loads(ligne) for ligne in lignes(engine)]
    assert lues[0]["corps"].encode("utf-8", "surrogateescape") == corps
    assert set(lues[0]) == {"source", "rang", "version", "precedente", "empreinte", "corps"}


def test_un_evenement_illisible_a_son_rang_n_est_pas_une_faute(export, engine, registre, forge, verifier):
    recus = forge.chainer(b"\xff\x00?", depuis=forge.tete(registre, "cdap"))
    accueillir(registre, "cdap", forge.lot(recus, 12))
    code, dit, _ = verifier(b"".join(lignes(engine)))
    assert (code, dit[0]) == (0, "Le journal est complet : 37 entrées de 3 sources")
    assert dit[1].startswith("Dont 1 entrée sans événement lisible")


def _retourner(export, champ):
    entree = export[_place(export, "cdap", 5)]
    vieux = entree[champ]
    entree[champ] = vieux[:-2] + ("a" if vieux[-2] != "a" else "b") + vieux[-1]


def _supprimer(export, *rangs):
    export[:] = [e for e in export if e["source"] != "cdap" or e["rang"] not in rangs]


def _renumeroter(export):
    _supprimer(export, 5)
    for entree in export:
        if entree["source"] == "cdap" and entree["rang"] > 5:
            entree["rang"] -= 1


def _inserer_copie(export):
    export.insert(_place(export, "cdap", 5), copy.deepcopy(export[_place(export, "cdap", 5)]))


def _inserer_autre(export, forge):
    (recu,) = forge.chainer(forge.evenement())
    faux = {"source": "cdap", "rang": 6, "version": 1, "precedente": export[_place(export, "cdap", 5)]["empreinte"]}
    faux["corps"] = recu.corps.decode()
    faux["empreinte"] = forge.empreinte(faux["precedente"], recu.corps)
    export.insert(_place(export, "cdap", 6), faux)


def _echanger_places(export):
    ici, la = _place(export, "cdap", 5), _place(export, "cdap", 6)
    export[ici], export[la] = export[la], export[ici]


def _echanger_rangs(export):
    ici, la = export[_place(export, "cdap", 5)], export[_place(export, "cdap", 6)]
    ici["rang"], la["rang"] = la["rang"], ici["rang"]
    _echanger_places(export)


def _echanger_corps(export):
    ici, la = export[_place(export, "cdap", 5)], export[_place(export, "cdap", 6)]
    ici["corps"], la["corps"] = la["corps"], ici["corps"]


def _echanger_sources(export):
    for entree in export:
        entree["source"] = {"cdap": "identity", "identity": "cdap"}.get(entree["source"], entree["source"])


def _refaire_la_fin(export, forge):
    export[_place(export, "cdap", 8)]["corps"] = forge.evenement(sujet="ACC9ZZZ").decode()
    _refaire(export, forge, "cdap", 8)


def _rejouer_un_evenement(export, forge):
    export[_place(export, "cdap", 12)]["corps"] = export[_place(export, "cdap", 3)]["corps"]
    _refaire(export, forge, "cdap", 12)


def _couper_et_regarnir(export, forge):
    for rang in range(9, 13):
        export[_place(export, "cdap", rang)]["corps"] = forge.evenement().decode()
    _refaire(export, forge, "cdap", 9)


ATTEINTES = {
    "un octet du corps": (lambda e, f: _retourner(e, "corps"), ["cdap, rang 5 : contenu modifié"]),
    "un octet de l’empreinte": (lambda e, f: _retourner(e, "empreinte"), ["cdap, rang 5 : contenu modifié"]),
    "un octet de la précédente": (
        lambda e, f: _retourner(e, "precedente"),
        ["cdap, rang 5 : contenu modifié", "cdap, rang 5 : chaîne rompue"],
    ),
    "la version": (
        lambda e, f: e[_place(e, "cdap", 5)].update(version=2),
        ["cdap, rang 5 : version d’empreinte inconnue"],
    ),
    "une entrée supprimée": (lambda e, f: _supprimer(e, 5), ["cdap, rang 5 : entrée manquante"]),
    "trois entrées supprimées": (lambda e, f: _supprimer(e, 3, 4, 5), ["cdap, rangs 3 à 5 : entrée manquante"]),
    "la première supprimée": (lambda e, f: _supprimer(e, 1), ["cdap, rang 1 : entrée manquante"]),
    "une supprimée et la suite renumérotée": (
        lambda e, f: _renumeroter(e),
        ["cdap, rang 5 : chaîne rompue", "cdap, rang 6 : témoin contredit (et 1 de plus)"],
    ),
    "une entrée en double": (lambda e, f: _inserer_copie(e), ["cdap, rang 5 : entrée insérée ou en double"]),
    "une entrée insérée": (
        lambda e, f: _inserer_autre(e, f),
        ["cdap, rang 6 : témoin contredit", "cdap, rang 6 : entrée insérée ou en double"],
    ),
    "deux lignes échangées": (
        lambda e, f: _echanger_places(e),
        ["cdap, rang 5 : entrée manquante", "cdap, rang 5 : entrée insérée ou en double"],
    ),
    "deux entrées échangées de rang": (
        lambda e, f: _echanger_rangs(e),
        ["cdap, rang 5 : chaîne rompue (et 2 de plus)", "cdap, rang 6 : témoin contredit"],
    ),
    "deux contenus échangés": (
        lambda e, f: _echanger_corps(e),
        ["cdap, rang 5 : contenu modifié (et 1 de plus)"],
    ),
    "la fin coupée": (
        lambda e, f: _supprimer(e, 9, 10, 11, 12),
        ["cdap, après le rang 8, un témoin a vu le rang 10 : journal tronqué"],
    ),
    "toute une source supprimée": (
        lambda e, f: _supprimer(e, *range(1, 13)),
        ["cdap, après le rang 0, un témoin a vu le rang 6 : journal tronqué"],
    ),
    "la fin réécrite, chaîne recalculée": (_refaire_la_fin, ["cdap, rang 10 : témoin contredit"]),
    "la fin coupée puis regarnie": (_couper_et_regarnir, ["cdap, rang 10 : témoin contredit"]),
    "un événement rejoué": (_rejouer_un_evenement, ["cdap, rang 12 : entrée insérée ou en double"]),
    "deux sources échangées": (
        lambda e, f: _echanger_sources(e),
        [
            "identity, rang 1 : source d’un autre (et 11 de plus)",
            "identity, rang 6 : témoin contredit (et 1 de plus)",
            "cdap, rang 1 : source d’un autre (et 11 de plus)",
            "cdap, rang 6 : témoin contredit (et 1 de plus)",
        ],
    ),
}


@pytest.mark.parametrize("atteinte", ATTEINTES)
def test_une_atteinte_est_trouvee_et_nommee(export, forge, verifier, atteinte):
    porter, attendu = ATTEINTES[atteinte]
    porter(export, forge)
    code, dit, _ = verifier(export)
    assert (code, dit[1:]) == (1, attendu)


def test_chaque_octet_d_une_entree_compte(export, verifier):
    """One byte flipped anywhere in the line of an entry: never a yes."""
    octets = ["".join((json.dumps(entree), "\n")).encode() for entree in export]
    place = _place(export, "cdap", 5)
    for ou in range(0, len(octets[place]) - 1, 37):
        abime = bytearray(octets[place])
        abime[ou] ^= 1
        code, dit, _ = verifier(b"".join([*octets[:place], bytes(abime), *octets[place + 1 :]]))
        assert (code, bool(dit[1:])) == (1, True), ou


def test_une_copie_ancienne_du_journal_est_tronquee(export, verifier):
    code, dit, _ = verifier([entree for entree in export if entree["rang"] <= 6])
    assert code == 1
    assert [ligne.rpartition(" : ")[2] for ligne in dit[1:]] == ["journal tronqué"] * 3


def test_un_temoin_retouche_est_contredit(export, verifier, temoins):
    (fichier,) = temoins.iterdir()
    fichier.write_text(fichier.read_text().replace(export[_place(export, "cdap", 6)]["empreinte"], "f" * 64))
    assert verifier(export)[1][1:] == ["cdap, rang 6 : témoin contredit"]


def test_un_temoin_illisible_est_nomme_sauf_celui_qui_s_ecrit(export, verifier, temoins):
    (fichier,) = temoins.iterdir()
    avant = fichier.read_text()
    fichier.write_text(avant + '{"a": "2026')
    assert verifier(export)[0] == 0
    fichier.write_text('{"a": "2026\n' + avant)
    assert verifier(export)[1][1:] == ["2026-03-02.ndjson, ligne 1 : témoin illisible"]


def test_sans_temoin_le_verificateur_dit_ce_qu_il_ne_peut_pas_voir(export, verifier, tmp_path):
    (tmp_path / "vide").mkdir()
    code, dit, _ = verifier(export, tmp_path / "vide")
    assert (code, dit[1][:9]) == (0, "Attention")


def test_un_journal_vide_est_complet_s_il_n_a_pas_de_temoin(verifier, tmp_path):
    (tmp_path / "vide").mkdir()
    assert verifier(b"", tmp_path / "vide")[1][0] == "Le journal est complet : 0 entrée de 0 source"


@pytest.mark.parametrize("octets", [b"\x00\xff" * 100, b"{}\n", b"[" * 100_000, b"pas un export\n"])
def test_ce_qui_n_est_pas_un_export_sort_en_2(verifier, temoins, octets):
    temoins.mkdir()
    code, dit, erreur = verifier(octets)
    assert (code, dit, bool(erreur)) == (2, [], True)
    assert "Traceback" not in erreur


def test_des_fichiers_absents_sortent_en_2(export, verifier, tmp_path):
    assert verifier(export, tmp_path / "ailleurs")[0] == 2
    rendu = subprocess.run(
        [sys.executable, "-I", "-S", VERIFIER, tmp_path / "absent", "--temoins", tmp_path], capture_output=True
    )
    assert rendu.returncode == 2


def test_un_grand_nombre_s_ecrit_a_la_francaise(forge, verifier, tmp_path):
    (tmp_path / "vide").mkdir()
    entrees = [
        {
            "source": "cdap",
            "rang": recu.rang,
            "version": 1,
            "precedente": recu.precedente,
            "empreinte": recu.empreinte,
            "corps": recu.corps.decode(),
        }
        for recu in forge.serie(1_234)
    ]
    assert verifier(entrees, tmp_path / "vide")[1][0] == "Le journal est complet : 1\u202f234 entrées de 1 source"
