"""A rubrique read with its event, against the same read that leaves none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from atelier.personas import CAF, SIRET, un_groupe
from cdap.adapters.depots import DepotsSql
from cdap.adapters.generateur import engendrer
from cdap.domain.consultations import DUREE, Consultation
from cdap.domain.profils import RUBRIQUES, Profil, Rubrique
from cdap.domain.rubriques import contenu
from cdap.main import MIGRATIONS
from cdap.usecases.lire_rubrique import lire_rubrique
from cdap.usecases.ports import Depots
from charge.sujet import Debit, Sujet, par_seconde
from socle.acces import Acces, Groupe
from socle.database import ouvrir
from socle.migrations import migrer
from socle.travail import Travail, jour_de, maintenant

LECTURES = 400


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """One consultation is open; the rubrique « famille » is read again and again."""
    engine = ouvrir(f"sqlite:///{dossier / 'rubrique.sqlite'}", creer=True)
    migrer(engine, MIGRATIONS)
    travail: Travail[Depots] = Travail(engine, "cdap", DepotsSql)
    instant = maintenant()
    (connu,) = engendrer(1, CAF, 1, jour_de(instant))
    groupe = Groupe(**un_groupe() | {"id": "g", "organismes": (CAF,)})
    acces = Acces("consultations.lire_rubrique", "ACC7K2MQ", session="s", partenaire=SIRET, groupes=(groupe,))
    consultation = Consultation(
        id="c", sujet=acces.sujet or "", session=acces.session or "", groupe=groupe.id, cle=connu.cle,
        numero_instructeur=None, numero_bailleur=None, ouverte_a=instant, expire_a=instant + 100 * DUREE,
    )  # fmt: skip
    with engine.begin() as connexion:
        depots = DepotsSql(connexion)
        depots.dossiers.fusionner([connu])
        depots.consultations.inscrire(consultation)

    def avec() -> int:
        for _ in range(LECTURES):
            lire_rubrique(travail, acces, "c", Rubrique.FAMILLE)
        return LECTURES

    def sans() -> int:
        for _ in range(LECTURES):
            with travail.lecture() as depots:
                ouverte = depots.consultations.lire("c")
                lu = depots.dossiers.lire(ouverte.cle) if ouverte else None
                assert lu is not None
                contenu(lu, Rubrique.FAMILLE, RUBRIQUES[Profil.T1], jour_de(maintenant()))
        return LECTURES

    yield par_seconde(avec), par_seconde(sans)
    engine.dispose()


SUJET = Sujet(
    "rubrique lue avec son événement, contre la même lecture sans",
    doit=0.15,
    vise=0.4,
    preparer=preparer,
    unite="lectures/s",
)
