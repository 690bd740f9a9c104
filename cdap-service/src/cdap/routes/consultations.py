"""Opening a dossier, and reading it rubrique by rubrique."""

from typing import Any

import msgspec

from cdap.domain.consultations import Ouverture
from cdap.domain.dossiers import Cle
from cdap.domain.profils import Rubrique
from cdap.domain.vues import Cadrage, Vue
from cdap.routes.instants import instant
from cdap.usecases.lire_rubrique import lire_rubrique as lire
from cdap.usecases.ouvrir_consultation import ouvrir_consultation
from cdap.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail

_ENCODEUR = msgspec.json.Encoder(decimal_format="number")


def ouvrir(body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """Open a dossier: 201, and where its rubriques are."""
    ouverture = Ouverture(
        cle=Cle(body["organisme"], body["numero_allocataire"]),
        nom=body["nom"],
        numero_instructeur=body.get("numero_instructeur"),
        numero_bailleur=body.get("numero_bailleur"),
        groupe=body.get("groupe"),
    )
    consultation, rubriques = ouvrir_consultation(travail, acces, ouverture)
    corps = {
        "id": consultation.id,
        "rubriques": rubriques,
        "expire_a": instant(consultation.expire_a),
    }
    return corps, 201, {"Location": f"/cdap/v1/consultations/{consultation.id}"}


def lire_rubrique(
    consultation: str,
    rubrique: str,
    acces: Acces,
    travail: Travail[Depots],
    vue: str | None = None,
    numero: int | None = None,
    mois: str | None = None,
    annee: int | None = None,
    depuis: str | None = None,
    jusqu_a: str | None = None,
) -> Any:
    """Read one rubrique, whole or in one of its views; amounts are numbers with two places."""
    cadrage = Cadrage(
        vue=Vue(vue) if vue else None, numero=numero, mois=mois, annee=annee, depuis=depuis, jusqu_a=jusqu_a
    )
    return _ENCODEUR.encode(lire(travail, acces, consultation, Rubrique(rubrique), cadrage))
