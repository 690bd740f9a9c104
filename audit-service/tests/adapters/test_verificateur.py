"""The verifier, run as the program that it is: no site packages, no environment, its own code alone."""

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

import audit
from audit.adapters.export import lignes
from audit.adapters.tables import EXTRAITS
from audit.adapters.temoins import TemoinsFichiers
from audit.domain.chaine import Tete
from audit.domain.evenement import interpreter
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


def _recherche(corps):
    """What audit puts into the columns of such an entry."""
    dit = interpreter(corps)
    return {nom: getattr(dit, nom, None) for nom in EXTRAITS} | {"illisible": dit is None}


def _ecrire(entree, corps):
    """Another body, with the columns that it has, as a forger with all the code would."""
    entree["corps"], entree["recherche"] = corps.decode(), _recherche(corps)


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
    *lues, alarme = [json.loads(ligne) for ligne in lignes(engine)]
    assert alarme == {"alarme": {"numero": 1, "source": "cdap", "rang": 1, "genre": "illisible"}}
    assert lues[0]["corps"].encode("utf-8", "surrogateescape") == corps
    assert set(lues[0]) == {"source", "rang", "version", "precedente", "empreinte", "corps", "recherche"}
    assert [lue["recherche"]["illisible"] for lue in lues] == [True, False]


def test_un_evenement_illisible_a_son_rang_n_est_pas_une_faute(export, engine, registre, forge, verifier):
    recus = forge.chainer(b"\xff\x00?", depuis=forge.tete(registre, "cdap"))
    accueillir(registre, "cdap", forge.lot(recus, 12))
    with registre.ecriture() as depots:
        depots.alarmes.lever(1)
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
    _ecrire(faux, recu.corps)
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
    _ecrire(export[_place(export, "cdap", 8)], forge.evenement(sujet="ACC9ZZZ"))
    _refaire(export, forge, "cdap", 8)


def _rejouer_un_evenement(export, forge):
    _ecrire(export[_place(export, "cdap", 12)], export[_place(export, "cdap", 3)]["corps"].encode())
    _refaire(export, forge, "cdap", 12)


def _couper_et_regarnir(export, forge):
    for rang in range(9, 13):
        _ecrire(export[_place(export, "cdap", rang)], forge.evenement(minute=rang))
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


def test_chaque_temoin_illisible_est_nomme_sauf_une_derniere_ligne_sans_fin(export, verifier, temoins):
    (fichier,) = temoins.iterdir()
    avant = fichier.read_bytes().splitlines(keepends=True)
    fichier.write_bytes(b"".join(avant) + b'{"a": "2026')
    assert verifier(export)[0] == 0
    for abime in (b'{"a": "2026\n', b"\xff\x00\n", b"\n", b"{}\n", b'{"source": "cdap", "rang": 6}\n'):
        fichier.write_bytes(b"".join([*avant[:3], abime, *avant[3:], abime]))
        code, dit, _ = verifier(export)
        assert (code, dit[1:]) == (1, [f"2026-03-02.ndjson, ligne {n} : témoin illisible" for n in (4, 8)])


def test_un_temoin_vide_est_nomme(export, verifier, temoins):
    (temoins / "2026-03-03.ndjson").touch()
    assert verifier(export)[1][1:] == ["2026-03-03.ndjson : témoin vide"]


def test_un_journal_ancien_sans_aucun_temoin_est_une_faute(export, verifier, tmp_path):
    (tmp_path / "vide").mkdir()
    code, dit, _ = verifier(export, tmp_path / "vide")
    assert (code, dit[1:]) == (1, ["le journal commence le 2026-03-02T09:00:00.000000Z : aucun témoin"])


def test_un_journal_qui_commence_n_a_pas_encore_de_temoin_et_c_est_dit(forge, registre, engine, verifier, tmp_path):
    (tmp_path / "vide").mkdir()
    depuis = (datetime.now(UTC) - forge.debut).total_seconds() // 60 - 5
    accueillir(registre, "cdap", forge.lot(forge.chainer(forge.evenement(minute=depuis))))
    code, dit, _ = verifier(b"".join(lignes(engine)), tmp_path / "vide")
    assert (code, dit[1][:9]) == (0, "Attention")


def test_une_source_dont_les_temoins_manquent_depuis_plus_de_dix_minutes_est_nommee(export, verifier, temoins):
    """Events are a minute apart, the last of all at minute 11: ranks 7 and 8 wait for less than ten minutes."""
    (fichier,) = temoins.iterdir()
    lus = [json.loads(ligne) for ligne in fichier.read_text().splitlines()]

    def garder(*vus):
        gardes = [lu for lu in lus if lu["source"] != "cdap" or lu["rang"] in vus]
        fichier.write_text("".join(json.dumps(lu) + "\n" for lu in gardes))
        return verifier(export)

    assert garder(6)[0] == 0
    assert garder()[1][1:] == ["cdap, à partir du rang 1 : aucun témoin"]


def test_une_alarme_ouverte_est_nommee_jusqu_a_ce_qu_elle_soit_levee(export, engine, registre, forge, verifier):
    accueillir(registre, "cdap", forge.lot([], 12, Tete(1, "f" * 64)))
    code, dit, _ = verifier(b"".join(lignes(engine)))
    assert (code, dit[1:]) == (1, ["cdap, rang 1 : alarme ouverte (n° 1, recul)"])
    with registre.ecriture() as depots:
        depots.alarmes.lever(1)
    assert verifier(b"".join(lignes(engine)))[0] == 0


COLONNES = {
    "sujet = 'ACC9ZZZ'": "sujet",
    "organisme = '521', numero_allocataire = '0412377'": "organisme, numero_allocataire",
    "issue = 'refuse', cause = 'x'": "issue, cause",
    "type = 'x', service = '', acte = NULL": "type, service, acte",
    "caf = '521', partenaire = 'x', groupe = 'x', profil = 'T1'": "partenaire, caf, groupe, profil",
    "rubrique = 'rsa', objet = 'x', adresse = 'x', session = x'00ff'": "session, rubrique, objet, adresse",
    "instant = '2020-01-01T00:00:00.000000Z'": "instant",
    "id = NULL": "id",
    "illisible = 1": "illisible",
    "illisible = ''": "illisible",
    "illisible = 2": "illisible",
}


@pytest.mark.parametrize("change", COLONNES)
def test_une_colonne_de_recherche_modifiee_dans_la_base_est_nommee(export, engine, verifier, change):
    """Who can write into the database can drop its triggers too; the bytes stay, and a search misses the access."""
    with engine.begin() as connexion:
        connexion.execute(text("DROP TRIGGER journal_sans_modification"))
        connexion.execute(text(f"UPDATE journal SET {change} WHERE source = 'cdap' AND rang IN (5, 7)"))
    code, dit, _ = verifier(b"".join(lignes(engine)))
    noms = {nom.strip() for nom in COLONNES[change].split(",")}
    assert code == 1
    for ligne, rang in zip(dit[1:], (5, 7), strict=True):
        debut, _, nommees = ligne.partition(" (")
        assert debut == f"cdap, rang {rang} : colonne de recherche modifiée"
        assert {nom.strip() for nom in nommees.removesuffix(")").split(",")} == noms


def test_une_entree_cachee_des_recherches_est_nommee(export, engine, verifier):
    vides = ", ".join(f"{nom} = NULL" for nom in EXTRAITS)
    with engine.begin() as connexion:
        connexion.execute(text("DROP TRIGGER journal_sans_modification"))
        connexion.execute(text(f"UPDATE journal SET illisible = 1, {vides} WHERE source = 'cdap' AND rang = 5"))
    code, dit, _ = verifier(b"".join(lignes(engine)))
    assert (code, dit[1:]) == (1, ["cdap, rang 5 : colonne de recherche modifiée (illisible)"])


def test_une_entree_dont_l_identifiant_etait_pris_est_un_double_et_rien_d_autre(
    engine, registre, forge, verifier, temoins
):
    id = "0192f3a0-7b1c-7000-8000-000000000001"
    for source in ("identity", "cdap"):
        accueillir(registre, source, forge.lot(forge.chainer(forge.evenement(source, id=id))))
    temoigner(registre, TemoinsFichiers(temoins), SOURCES, MIDI)
    assert verifier(b"".join(lignes(engine)))[1][1:] == [
        "cdap, rang 1 : alarme ouverte (n° 1, double)",
        "cdap, rang 1 : entrée insérée ou en double",
    ]


def _charger():
    plan = spec_from_file_location("verifier", VERIFIER)
    sys.modules[plan.name] = module = module_from_spec(plan)
    plan.loader.exec_module(module)
    return module


PROGRAMME = _charger()
VALEURS = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 1), st.text(max_size=4),
    st.sampled_from(["", "accorde", "x" * 256, "x" * 257, "\x00", "\ud800", [], {}, ["x"], "1.0",
                     "0192f3a0-7b1c-7000-8000-000000000001", "0192F3A0-7B1C-7000-8000-000000000001"]),
    st.sampled_from(["2026-03-02T09:00:00Z", "2026-03-02", "2026-W10-1T09:00:00.000000Z", "2026-03-02T09:00:00.1+14:00",
                     "2026-02-30T09:00:00.000000Z", "0001-01-01T00:00:00+14:00", "2026-03-02T09:00:00.000000Z",
                     "0042-03-02 09:00:00,5-01:30", "2026-03-02T09:00:00.000000"]),
)  # fmt: skip
ENTIER = {
    "specversion": "1.0", "id": "0192f3a0-7b1c-7000-8000-000000000002", "source": "cdap", "type": "cdap.rubrique.lue",
    "time": "2026-03-02T09:00:00.000000Z",
    "data": {
        **dict.fromkeys(EXTRAITS, "x"), "issue": "refuse", "client": "x", "finalite": "x", "fondement": "x",
        "destinataire": "x", "consultation": "x", "trace": "x", "nombre": 3,
        "dossier": {"organisme": "831", "numero_allocataire": "0412377"},
    },
}  # fmt: skip
LIEUX = st.one_of(
    st.tuples(st.sampled_from(sorted(ENTIER))),
    st.tuples(st.just("data"), st.sampled_from(sorted(ENTIER["data"]))),
    st.tuples(st.just("data"), st.just("dossier"), st.sampled_from(["organisme", "numero_allocataire"])),
)


@given(st.lists(st.tuples(LIEUX, VALEURS), max_size=3))
def test_le_verificateur_lit_un_corps_comme_audit_avec_son_propre_code(changes):
    dit = copy.deepcopy(ENTIER)
    for (*chemin, nom), valeur in changes:
        ou = dit
        for pas in chemin:
            ou = ou.get(pas) if isinstance(ou, dict) else None
        if isinstance(ou, dict):
            ou[nom] = copy.deepcopy(valeur)
    corps = json.dumps(dit).encode()
    assert PROGRAMME.colonnes(json.loads(corps)) == _recherche(corps)


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


def test_un_grand_nombre_s_ecrit_a_la_francaise(engine, registre, forge, verifier, temoins):
    accueillir(registre, "cdap", forge.lot(forge.serie(1_234)))
    temoigner(registre, TemoinsFichiers(temoins), SOURCES, MIDI)
    dit = verifier(b"".join(lignes(engine)))[1]
    assert dit[0] == "Le journal est complet : 1\u202f234 entrées de 1 source"
