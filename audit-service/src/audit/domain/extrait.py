"""The extract that a Caf hands over to an allocataire: who looked at the dossier, when, why; never an agent's name.

Invariant: each line is read from the bytes of an entry whose print, and whose place between its neighbours, hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.domain.accueil import Entree
from audit.domain.chaine import Tete, s_enchaine
from audit.domain.evenement import Evenement
from audit.domain.recherche import Dossier
from socle.refus import Refus

ENTREES_MAX = 5_000


class ExtraitNonProuve(Refus):
    """An entry of the extract does not hold in its chain: nothing is handed over, and the journal is to be verified."""

    code = "service-indisponible"
    issue = "echec"


@dataclass(frozen=True, slots=True)
class Consultation:
    """One access that was granted; `organisation` is a SIRET, or the Caf. `id`, `source`, `rang` lead to its proof."""

    id: str
    le: str
    organisation: str
    groupe: str | None
    profil: str | None
    type: str
    rubrique: str | None
    objet: str | None
    finalite: str | None
    fondement: str | None
    destinataire: str | None
    source: str
    rang: int
    empreinte: str


@dataclass(frozen=True, slots=True)
class Extrait:
    """The accesses to one dossier, newest first; `recu` is that of the extract itself, `a` its instant (ISO, UTC)."""

    dossier: Dossier
    depuis: str | None
    jusqu_a: str | None
    a: str
    recu: str
    consultations: tuple[Consultation, ...]


@dataclass(frozen=True, slots=True)
class Voisinage:
    """What the journal of one source has around some entries: prints by rank, and previous prints by rank."""

    empreintes: Mapping[int, str]
    precedentes: Mapping[int, str]


def retenue(entree: Entree) -> bool:
    """An access that showed the dossier; who searched the journal about it did not see it."""
    dit = entree.evenement
    return dit is not None and dit.issue == "accorde" and dit.service != "audit"


def consultation(entree: Entree, dossier: Dossier, autour: Voisinage) -> Consultation:
    """The line of the extract. Raises ExtraitNonProuve where the entry does not hold in its chain."""
    recu, dit = entree.recu, entree.evenement
    avant = Tete(recu.rang - 1, autour.empreintes.get(recu.rang - 1, ""))
    apres = autour.precedentes.get(recu.rang + 1, recu.empreinte)
    if dit is None or not s_enchaine(avant, recu) or apres != recu.empreinte:
        raise ExtraitNonProuve("chaine_rompue")
    if (dit.source, dit.organisme, dit.numero_allocataire) != (
        entree.source, dossier.organisme, dossier.numero_allocataire,
    ):  # fmt: skip
        raise ExtraitNonProuve("colonne_contredite")
    return Consultation(
        id=dit.id, le=dit.instant, organisation=_organisation(dit), groupe=dit.groupe, profil=dit.profil, type=dit.type,
        rubrique=dit.rubrique, objet=dit.objet, finalite=dit.finalite, fondement=dit.fondement,
        destinataire=dit.destinataire, source=entree.source, rang=recu.rang, empreinte=recu.empreinte,
    )  # fmt: skip


def _organisation(dit: Evenement) -> str:
    return dit.partenaire or (f"Caf {dit.caf}" if dit.caf else "inconnue")
