"""The product's own format: the schema and the dataclasses say the same, and nothing is lost on the way."""

import dataclasses
import typing
from datetime import date
from importlib import resources
from types import UnionType

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdap.adapters import ndjson
from cdap.adapters.recus import ChampInvalide, LectureImpossible, Recu, Rejet
from cdap.domain.dossiers import Dossier

SCHEMA = msgspec.json.decode(resources.files("contracts").joinpath("cdap/dossier.schema.json").read_bytes())
MINIMAL = {"cle": {"organisme": "831", "numero_allocataire": "0412377"}, "fictif": True}


def _strategie(schema: dict) -> st.SearchStrategy:
    """Whatever this part of our schema allows: the keywords that we use, and no others."""
    schema = (SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}) | schema
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_du_type(nom, schema) for nom in reversed(types)])


def _du_type(nom: str, schema: dict) -> st.SearchStrategy:
    match nom:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "array":
            return st.lists(_strategie(schema["items"]), max_size=2)
        case "object":
            requis = schema.get("required", [])
            parts = {champ: st.deferred(lambda s=s: _strategie(s)) for champ, s in schema["properties"].items()}
            return st.fixed_dictionaries(
                {champ: part for champ, part in parts.items() if champ in requis},
                optional={champ: part for champ, part in parts.items() if champ not in requis},
            )
        case "string" if schema.get("format") == "date":
            return st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(date.isoformat)
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        case "string":
            texte = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
            return texte.filter(lambda lu: len(lu) <= schema["maxLength"])
    raise AssertionError(f"keyword not known to this test: {nom}")


def _sans_nul(objet):
    if isinstance(objet, dict):
        return {nom: _sans_nul(valeur) for nom, valeur in objet.items() if valeur is not None}
    return [_sans_nul(element) for element in objet] if isinstance(objet, list) else objet


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_strategie(SCHEMA))
def test_tout_dossier_que_le_schema_admet_fait_l_aller_et_retour(objet):
    dossier = ndjson.decoder(msgspec.json.encode(objet))
    ligne = ndjson.encoder(dossier)
    assert ndjson.decoder(ligne) == dossier
    assert msgspec.json.decode(ligne) == {"liens": {}} | _sans_nul(objet)
    assert b"\n" not in ligne


def _classes(classe: type, vues: dict[str, type]) -> dict[str, type]:
    vues[classe.__name__] = classe
    for annotation in typing.get_type_hints(classe).values():
        for simple in _simples(annotation):
            if dataclasses.is_dataclass(simple) and simple.__name__ not in vues:
                _classes(simple, vues)
    return vues


def _simples(annotation) -> list:
    if isinstance(annotation, UnionType) or typing.get_origin(annotation) is tuple:
        return [simple for partie in typing.get_args(annotation) for simple in _simples(partie)]
    return [annotation]


def test_le_schema_a_exactement_les_champs_des_dataclasses():
    classes = _classes(Dossier, {})
    assert set(SCHEMA["$defs"]) == set(classes) - {"Dossier"}
    for nom, classe in classes.items():
        partie = SCHEMA if nom == "Dossier" else SCHEMA["$defs"][nom]
        assert list(partie["properties"]) == [champ.name for champ in dataclasses.fields(classe)], nom
        assert partie["additionalProperties"] is False, nom
    assert "nir" not in str(SCHEMA["$defs"]).lower().split()


def _enums() -> list[tuple[str, str, type]]:
    return [
        (nom, champ, simple)
        for nom, classe in _classes(Dossier, {}).items()
        for champ, annotation in typing.get_type_hints(classe).items()
        for simple in _simples(annotation)
        if hasattr(simple, "__members__")
    ]


@pytest.mark.parametrize(("nom", "champ", "enum"), _enums())
def test_les_listes_fermees_du_schema_sont_celles_du_code(nom, champ, enum):
    assert SCHEMA["$defs"][nom]["properties"][champ]["enum"] == [*(membre.value for membre in enum), None]


@pytest.fixture
def lire(tmp_path):
    def _lire(contenu: bytes):
        chemin = tmp_path / "dossiers.ndjson"
        chemin.write_bytes(contenu)
        return list(ndjson.lire(chemin))

    return _lire


def test_chaque_ligne_est_un_dossier_ou_un_rejet_a_sa_place(lire):
    bonne = msgspec.json.encode(MINIMAL)
    un, deux, trois = lire(bonne + b"\n\n{\n" + bonne)
    assert isinstance(un, Recu) and isinstance(trois, Recu)
    assert deux == Rejet("ligne 3", None, "JSON mal formé")


@pytest.mark.parametrize(
    ("changement", "champ", "raison"),
    [
        ({"nom": "SECRET"}, None, "champ inconnu"),
        ({"SECRET": 1}, None, "champ inconnu"),
        ({"fictif": "SECRET"}, "fictif", "type de valeur inattendu"),
        (
            {"cle": {"organisme": "831", "numero_allocataire": "412377"}},
            "cle/numero_allocataire",
            "valeur hors format",
        ),
        ({"cle": {"organisme": "831"}}, "cle", "champ obligatoire absent"),
        ({"personnes": [{"nir": "SECRET"}]}, "personnes/0", "champ inconnu"),
        ({"personnes": [None]}, "personnes/0", "type de valeur inattendu"),
        ({"personnes": [{}, {"role": "SECRET"}]}, "personnes/1/role", "valeur hors liste"),
        (
            {"personnes": [{"date_naissance": "1988-02-30"}]},
            "personnes/0/date_naissance",
            "valeur hors format",
        ),
        ({"personnes": [{"prenom": ""}]}, "personnes/0/prenom", "texte vide"),
        ({"personnes": [{"prenom": "S" * 201}]}, "personnes/0/prenom", "texte trop long"),
        ({"quotient_familial": {"valeur": -1}}, "quotient_familial/valeur", "nombre trop petit"),
        ({"quotient_familial": {"mois": "2026-13"}}, "quotient_familial/mois", "valeur hors format"),
        ({"logement": {"loyer": "486.5"}}, "logement/loyer", "valeur hors format"),
        ({"logement": {"loyer": 486.50}}, "logement/loyer", "type de valeur inattendu"),
        ({"liens": None}, "liens", "type de valeur inattendu"),
        (
            {"liens": {"numeros_instructeur": ["083C13701"]}},
            "liens/numeros_instructeur/0",
            "valeur hors format",
        ),
    ],
)
def test_une_ligne_contraire_au_schema_est_rejetee_sans_sa_valeur(lire, changement, champ, raison):
    (rejet,) = lire(msgspec.json.encode(MINIMAL | changement))
    assert rejet == Rejet("ligne 1", champ, raison)
    assert "SECRET" not in repr(rejet)


@pytest.mark.parametrize("ligne", [b"null", b"[]", b'"a"', b"{}", b"\xff", b"[" * 100_000, b'{"cle": NaN}'])
def test_ce_qui_n_est_pas_un_dossier_est_rejete(lire, ligne):
    (rejet,) = lire(ligne)
    assert isinstance(rejet, Rejet)


def test_une_ligne_demesuree_est_rejetee_et_la_suite_est_lue(lire):
    bonne = msgspec.json.encode(MINIMAL)
    longue = b'{"a":"' + b"x" * (2 * ndjson.LONGUEUR_MAXIMALE) + b'"}'
    un, deux = lire(longue + b"\n" + bonne)
    assert un == Rejet("ligne 1", None, "ligne trop longue")
    assert isinstance(deux, Recu)


def test_un_entier_ecrit_avec_un_point_reste_un_entier():
    ligne = msgspec.json.encode(MINIMAL | {"quotient_familial": {"valeur": 612.0}})
    assert b"612.0" in ligne
    assert repr(ndjson.decoder(ligne).quotient_familial.valeur) == "612"


def test_ce_qui_est_ecrit_se_relit(tmp_path):
    dossier = ndjson.decoder(msgspec.json.encode(MINIMAL | {"creances": [], "paiements": None}))
    chemin = tmp_path / "dossiers.ndjson"
    ndjson.ecrire([dossier, dossier], chemin)
    assert list(ndjson.lire(chemin)) == [Recu(dossier, "ligne 1"), Recu(dossier, "ligne 2")]
    assert dossier.creances == () and dossier.paiements is None


def test_un_fichier_absent_est_illisible(tmp_path):
    with pytest.raises(LectureImpossible):
        list(ndjson.lire(tmp_path / "absent"))


def test_une_faute_ne_garde_pas_celle_du_validateur():
    with pytest.raises(ChampInvalide) as faute:
        ndjson.decoder(msgspec.json.encode(MINIMAL | {"fictif": "SECRET"}))
    assert faute.value.__cause__ is None
    assert "SECRET" not in str(faute.value)
