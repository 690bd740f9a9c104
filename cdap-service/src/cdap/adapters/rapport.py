"""What an import tells the person who asked for it.

Invariant: places, fields and reasons, never a value of the file; a refused file shows its first rejects only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cdap.adapters.recus import Bilan, Rejet


@dataclass
class Rapport:
    """What became of one file. `repris_a`: records that an earlier run had behind it; `deja`: nothing was to be done.

    `pris` counts the dossiers taken in, by all runs; `anciens` those of which a newer flow had told already.
    `lots_s` is how long each batch of this run held its transaction, in seconds.
    """

    fichier: Path
    pris: int = 0
    anciens: int = 0
    nb_rejets: int = 0
    rejets: Iterable[Rejet] = ()
    bilan: Bilan | None = None
    refus: str | None = None
    repris_a: int = 0
    deja: bool = False
    lots_s: list[float] = field(default_factory=list)

    def lignes(self) -> Iterator[str]:
        """The report, one line after the other."""
        yield f"{self.fichier.name} : {self.pris} dossier(s) importé(s), {self.nb_rejets} rejet(s)"
        if self.refus:
            yield f"  refusé : {self.refus}"
        if self.deja:
            yield "  ce fichier était déjà importé : rien n’a changé"
        if self.repris_a:
            yield f"  repris après {self.repris_a} enregistrement(s) d’un import interrompu"
        if self.anciens:
            yield f"  {self.anciens} dossier(s) déjà connu(s) par un flux plus récent, laissé(s) tels quels"
        if self.bilan and self.bilan.ecart:
            yield f"  le flux annonce {self.bilan.annonces} foyer(s) et en contient {self.bilan.lus}"
        dits = 0
        for rejet in self.rejets:
            dits += 1
            yield f"  {rejet.place} : {rejet.champ or 'enregistrement'} : {rejet.raison}"
        if dits < self.nb_rejets:
            yield f"  … et {self.nb_rejets - dits} autre(s) rejet(s)"


def resume(rapports: Iterable[Rapport]) -> Counter[str]:
    """Totals over several files: `pris`, `rejets`, `refus`."""
    total: Counter[str] = Counter()
    for rapport in rapports:
        total.update(pris=rapport.pris, rejets=rapport.nb_rejets, refus=int(rapport.refus is not None))
    return total
