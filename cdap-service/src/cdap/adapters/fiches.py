"""Dossiers as the import keeps them: with how fresh each section is, and which import wrote them last."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from cdap.adapters.tables import dossiers
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.fraicheur import Fiche

_DOSSIER = msgspec.json.Decoder(Dossier)
_ARRETES = msgspec.json.Decoder(dict[str, list[str]])
_ENCODEUR = msgspec.json.Encoder()
_MODIFIER = (
    update(dossiers)
    .where(dossiers.c.organisme == bindparam("o"), dossiers.c.numero_allocataire == bindparam("n"))
    .values({nom: bindparam(nom) for nom in ("contenu", "arretes", "import_id", "maj_a")})
)
_AJOUTER = insert(dossiers)


@dataclass(frozen=True, slots=True)
class Tenue:
    """A fiche and the import that wrote it last."""

    fiche: Fiche
    import_id: int | None = None


class FichesSql:
    """Reads what a batch touches in one go, and writes it in another. Used inside one transaction."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self, cles: Collection[Cle]) -> dict[Cle, Tenue]:
        """Those of these keys that are there, held against other writers until the end of the transaction."""
        if not cles:
            return {}
        par_caf: dict[str, set[str]] = {}
        for cle in cles:
            par_caf.setdefault(cle.organisme, set()).add(cle.numero_allocataire)
        ici = (
            and_(dossiers.c.organisme == caf, dossiers.c.numero_allocataire.in_(sorted(numeros)))
            for caf, numeros in sorted(par_caf.items())
        )
        lignes = self._connexion.execute(select(dossiers).where(or_(*ici)).with_for_update())
        return {
            Cle(ligne.organisme, ligne.numero_allocataire): Tenue(
                Fiche(_DOSSIER.decode(ligne.contenu), _lire_arretes(ligne.arretes)), ligne.import_id
            )
            for ligne in lignes
        }

    def ecrire(self, tenues: Iterable[Tenue], deja_la: Collection[Cle]) -> None:
        """Write them; those of `deja_la` have a row."""
        a = time.time()
        nouvelles, changees = [], []
        for tenue in tenues:
            cle = tenue.fiche.dossier.cle
            valeurs = {
                "contenu": _ENCODEUR.encode(tenue.fiche.dossier),
                "arretes": _ecrire_arretes(tenue.fiche.arretes),
                "import_id": tenue.import_id,
                "maj_a": a,
            }
            if cle in deja_la:
                changees.append({"o": cle.organisme, "n": cle.numero_allocataire} | valeurs)
            else:
                nouvelles.append({"organisme": cle.organisme, "numero_allocataire": cle.numero_allocataire} | valeurs)
        if nouvelles:
            self._connexion.execute(_AJOUTER, nouvelles)
        if changees:
            self._connexion.execute(_MODIFIER, changees)


def _lire_arretes(octets: bytes | None) -> dict[str, str]:
    lus = _ARRETES.decode(octets) if octets else {}
    return {nom: arrete for arrete, noms in lus.items() for nom in noms}


def _ecrire_arretes(arretes: Mapping[str, str]) -> bytes | None:
    """Each date once, with its sections: most dossiers have one date or two."""
    par_date: dict[str, list[str]] = {}
    for nom, arrete in sorted(arretes.items()):
        par_date.setdefault(arrete, []).append(nom)
    return _ENCODEUR.encode(par_date) if par_date else None
