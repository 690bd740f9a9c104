"""Nobody learns from CDAP whether a number is somebody's: a refused opening is the same for a number that nobody has,
for a wrong name, and for a right name whose dossier the profile's extra check keeps shut.
"""

from datetime import date
from itertools import count

import pytest
from paires import comparer, trace

from atelier import Banc, un_groupe, un_utilisateur
from cdap.adapters.depots import DossiersSql
from cdap.adapters.generateur import engendrer
from cdap.domain.dossiers import noms_admis
from cdap.main import MIGRATIONS, application
from cdap.settings import Reglages

DOSSIERS = 300
SANS_MANDAT = "99900031800017"


class Guichet(Banc):
    """CDAP with some hundreds of generated dossiers; whoever asks is somebody new each time, so that nobody waits."""

    def __init__(self, dossier) -> None:
        super().__init__(application, Reglages, MIGRATIONS, dossier)
        tires = engendrer(DOSSIERS, "831", 2026, date(2026, 11, 25))
        self.dossiers = [dossier for dossier in tires if any(noms_admis(dossier))]
        with self.engine.begin() as connexion:
            DossiersSql(connexion).fusionner(self.dossiers)
        pris = {dossier.cle.numero_allocataire for dossier in self.dossiers}
        libres = (f"{numero:07d}" for numero in range(1_000_003, 10_000_000, 26_017))
        self.numeros_libres = [numero for numero in libres if numero not in pris]
        self._qui = count()

    def ouvrir(self, profil: str, numero: str, nom: str, id: str):
        """Try to open a dossier as a user of that profile."""
        persona = un_utilisateur(un_groupe(profil=profil), sub=f"ACC{self._nom()}", partenaire=SANS_MANDAT)
        corps = {"organisme": "831", "nom": nom, "numero_allocataire": numero}
        return self.en_tant_que(persona).post("/cdap/v1/consultations", json=corps, headers=trace(id))

    def _nom(self) -> str:
        alphabet, n = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", next(self._qui)
        return "".join(alphabet[n // len(alphabet) ** rang % len(alphabet)] for rang in range(5))

    def numero(self, n: int) -> str:
        return self.dossiers[n % len(self.dossiers)].cle.numero_allocataire

    def numero_libre(self, n: int) -> str:
        return self.numeros_libres[n % len(self.numeros_libres)]

    def nom(self, n: int) -> str:
        return min(noms_admis(self.dossiers[n % len(self.dossiers)]))

    @property
    def causes(self) -> set[str]:
        return {evenement["data"]["cause"] for evenement in self.traces[-40:]}


@pytest.fixture(scope="module")
def guichet(tmp_path_factory) -> Guichet:
    return Guichet(tmp_path_factory.mktemp("cdap"))


@pytest.mark.timeout(600)
def test_un_nom_errone_et_un_numero_inconnu_recoivent_la_meme_reponse_dans_le_meme_temps(guichet, record_property):
    mesures = comparer(
        lambda n, id: guichet.ouvrir("T1", guichet.numero(n), "Dupond-Introuvable", id),
        lambda n, id: guichet.ouvrir("T1", guichet.numero_libre(n), "Dupond-Introuvable", id),
    )
    assert guichet.causes == {"nom_errone", "numero_inconnu"}
    record_property("mesures", str(mesures))
    assert mesures.neutres, str(mesures)


@pytest.mark.timeout(600)
def test_un_dossier_hors_controle_et_un_numero_inconnu_recoivent_la_meme_reponse_dans_le_meme_temps(
    guichet, record_property
):
    mesures = comparer(
        lambda n, id: guichet.ouvrir("T9", guichet.numero(n), guichet.nom(n), id),
        lambda n, id: guichet.ouvrir("T9", guichet.numero_libre(n), guichet.nom(n), id),
    )
    assert guichet.causes == {"hors_tutelle", "numero_inconnu"}
    record_property("mesures", str(mesures))
    assert mesures.neutres, str(mesures)
