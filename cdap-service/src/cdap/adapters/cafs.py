"""The reference data of the Caf: `cafs.yaml` beside this file, or the file that the settings name (`MCP_CAFS`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from cdap.domain.cafs import Caf
from cdap.domain.dialogue import est_un_courriel
from cdap.domain.numeros import est_code_organisme

FOURNIES = Path(__file__).with_name("cafs.yaml")


class _Fiche(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    nom: str
    adresse: tuple[str, ...] = ()
    telephone: str | None = None
    courriel: str | None = None


@dataclass(frozen=True)
class CafsDuFichier:
    """Read once, when the service starts."""

    cafs: Mapping[str, Caf]

    def lire(self, organisme: str) -> Caf | None:
        """That Caf, or None."""
        return self.cafs.get(organisme)


def charger(chemin: Path | None) -> CafsDuFichier:
    """Read the file. Raises SystemExit, naming it, where it is not readable or not of its form."""
    chemin = chemin or FOURNIES
    try:
        fiches = msgspec.convert(yaml.safe_load(chemin.read_text(encoding="utf-8")), dict[str, _Fiche])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError):
        raise SystemExit(f"cdap: le fichier des Caf {chemin} est absent, ou n’a pas la forme attendue") from None
    for organisme, fiche in fiches.items():
        if not est_code_organisme(organisme) or (fiche.courriel and not est_un_courriel(fiche.courriel)):
            raise SystemExit(f"cdap: {chemin}: code ou courriel d’une Caf mal formé")
    return CafsDuFichier(
        {
            organisme: Caf(
                organisme=organisme,
                nom=fiche.nom,
                adresse=fiche.adresse,
                telephone=fiche.telephone,
                courriel=fiche.courriel,
            )
            for organisme, fiche in fiches.items()
        }
    )
