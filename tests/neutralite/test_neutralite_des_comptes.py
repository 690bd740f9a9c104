"""Nobody learns from identity who has an account: neither by its answers nor by the time that they take.

With the costs of Argon2 that run in the house, and with next to none, which would hide less.
"""

import re
import shutil
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path

import pytest
from paires import CHAUFFE, PAIRES, comparer, trace
from sqlalchemy import text

import identity
from atelier import Banc, Signataire, un_administrateur, un_service
from atelier.personas import SIRET
from identity.adapters import cachet
from identity.adapters import cles as trousse
from identity.domain import captchas
from identity.main import application, corvees
from identity.settings import Reglages
from identity.usecases.demander_captcha import empreinte

MIGRATIONS = Path(identity.__file__).parent / "migrations"
FAUX, COMPTES = "Autre-2026!", 12
COUTS = {"de la maison": {}, "presque nul": {"argon2_time_cost": 1, "argon2_memory_cost": 8}}


class Banque(Banc):
    """identity with a dozen accounts whose people have chosen their password."""

    def __init__(self, dossier, **reglages) -> None:
        super().__init__(application, Reglages, MIGRATIONS, dossier, url_habilitation="http://127.0.0.1:9", **reglages)
        self.signataire = Signataire(next((self.reglages.dossier_secrets / "cles").glob("*.pem")))
        self.cachet = cachet.ouvrir(self.reglages.dossier_secrets / "cachet")
        self.personne = self.en_tant_que(None)
        self.preuve = self.signataire.signer(un_service("gateway", "identity").claims)
        self.connus = [self._ouvrir(n) for n in range(COMPTES)]
        self.inconnus = [f"ACCZZ{chr(65 + n)}ZZ" for n in range(8)]

    def courriel(self, n: int) -> str:
        return f"claire.montfort.{n % COMPTES}@ccas.example"

    def _ouvrir(self, n: int) -> str:
        corps = {"partenaire": SIRET, "nom": "Montfort", "prenom": "Claire", "theme": "acces-aux-droits"}
        cree = self.en_tant_que(un_administrateur()).post(
            "/identity/v1/comptes", json=corps | {"courriel": self.courriel(n)}
        )
        assert cree.status_code == 201, cree.text
        identifiant = cree.json()["identifiant"]
        for corvee in corvees(self.reglages, self.engine):
            corvee()
        lettres = [message_from_bytes(f.read_bytes(), policy=policy.default).get_content()
                   for f in self.reglages.dossier_courriels.glob("*.eml")]  # fmt: skip
        lettre = next(lue for lue in lettres if identifiant in lue)
        ancien = re.search(r"Mot de passe provisoire\s*:\s*(\S+)", lettre).group(1)
        corps = {"identifiant": identifiant, "ancien": ancien, "nouveau": "Exemple-2026"}
        assert self.personne.post("/identity/v1/mots-de-passe", json=corps).status_code == 204
        return identifiant

    def essayer(self, identifiant: str, id: str, adresse: str = "198.51.100.4"):
        """Log in with a wrong password."""
        entetes = trace(id) | {"Mcp-Passerelle": self.preuve, "Mcp-Adresse": adresse}
        corps = {"identifiant": identifiant, "mot_de_passe": FAUX}
        return self.personne.post("/identity/v1/sessions", json=corps, headers=entetes)

    def sans_freins(self) -> None:
        """As if nobody had failed before."""
        with self.engine.begin() as connexion:
            connexion.execute(text("DELETE FROM freins"))

    def connu(self, n: int) -> str:
        return self.connus[n % len(self.connus)]

    def inconnu(self, n: int) -> str:
        return self.inconnus[n % len(self.inconnus)]


@pytest.fixture(scope="module")
def cles(tmp_path_factory):
    """One key for both banks: making one costs tenths of a second."""
    dossier = tmp_path_factory.mktemp("cles")
    trousse.ouvrir(dossier)
    return dossier


@pytest.fixture(scope="module", params=COUTS)
def banque(request, tmp_path_factory, cles) -> Banque:
    dossier = tmp_path_factory.mktemp("identity")
    shutil.copytree(cles, dossier / "secrets" / "identity" / "cles")
    return Banque(dossier, **COUTS[request.param])


@pytest.mark.timeout(600)
def test_un_identifiant_connu_et_un_inconnu_recoivent_la_meme_reponse_dans_le_meme_temps(banque, record_property):
    mesures = comparer(
        lambda n, id: banque.essayer(banque.connu(n), id),
        lambda n, id: banque.essayer(banque.inconnu(n), id),
        avant=banque.sans_freins,
    )
    record_property("mesures", str(mesures))
    assert mesures.neutres, str(mesures)


@pytest.mark.timeout(600)
def test_un_identifiant_connu_et_un_inconnu_attendent_de_la_meme_facon(banque, record_property):
    banque.sans_freins()
    for n in range(5):
        for identifiant in (banque.connu(0), banque.inconnu(0)):
            banque.essayer(identifiant, f"{n + 1:032x}")
    mesures = comparer(
        lambda _, id: banque.essayer(banque.connu(0), id),
        lambda _, id: banque.essayer(banque.inconnu(0), id),
    )
    assert banque.derniere_trace["cause"] == "temporisation"
    record_property("mesures", str(mesures))
    assert mesures.neutres, str(mesures)


@pytest.mark.timeout(600)
def test_une_adresse_connue_et_une_inconnue_recoivent_la_meme_reponse_dans_le_meme_temps(banque, record_property):
    captchas_lus = count()
    noms = [_un_captcha_lu(banque) for _ in range(2 * (CHAUFFE + PAIRES))]

    def oublier(courriel: str, id: str):
        corps = {"courriel": courriel, "captcha": noms[next(captchas_lus)], "reponse": "Kd7mRx"}
        return banque.personne.post("/identity/v1/mots-de-passe/oublies", json=corps, headers=trace(id))

    mesures = comparer(
        lambda n, id: oublier(banque.courriel(n), id),
        lambda n, id: oublier(f"claire.montfaux.{n % COMPTES}@ccas.example", id),
    )
    record_property("mesures", str(mesures))
    assert mesures.neutres, str(mesures)


def _un_captcha_lu(banque: Banque) -> str:
    captcha = captchas.nouveau(datetime.now(UTC))
    return captcha.nom(empreinte(banque.cachet, captcha, "Kd7mRx"))
