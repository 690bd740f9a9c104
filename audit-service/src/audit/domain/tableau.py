"""Entries as a French spreadsheet reads them: CSV, `;`, one header, a byte order mark.

Invariant: no cell begins as a formula would, whatever a source wrote: such a text is preceded by an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from audit.domain.accueil import Entree

COLONNES = {
    "Identifiant": "id", "Date et heure": "time", "Service": "service", "Type": "type", "Acte": "acte",
    "Issue": "issue", "Cause": "cause", "Utilisateur": "sujet", "Partenaire (SIRET)": "partenaire", "Caf": "caf",
    "Groupe": "groupe", "Profil": "profil", "Organisme du dossier": "organisme",
    "Numéro d’allocataire": "numero_allocataire", "Rubrique": "rubrique", "Objet": "objet", "Finalité": "finalite",
    "Fondement": "fondement", "Destinataire": "destinataire", "Adresse": "adresse", "Session": "session",
    "Consultation": "consultation", "Trace": "trace", "Nombre": "nombre",
}  # fmt: skip
PREUVE = ("Source", "Rang", "Empreinte")
_FORMULES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def en_csv(entrees: Iterable[Entree]) -> Iterator[bytes]:
    """The header, then one line an entry, as they come; one that cannot be interpreted has its proof alone."""
    yield b"\xef\xbb\xbf" + _ligne([*COLONNES, *PREUVE])
    for entree in entrees:
        dit, recu = entree.evenement, entree.recu
        champs = ["" if dit is None else str(getattr(dit, nom) or "") for nom in COLONNES.values()]
        yield _ligne([*champs, entree.source, str(recu.rang), recu.empreinte])


def _ligne(cellules: list[str]) -> bytes:
    tampon = io.StringIO()
    csv.writer(tampon, delimiter=";", lineterminator="\r\n").writerow([_sans_formule(texte) for texte in cellules])
    return tampon.getvalue().encode()


def _sans_formule(texte: str) -> str:
    return "'" + texte if texte.startswith(_FORMULES) else texte
