"""A right that is taken back is gone at the gateway within a second, whatever takes it back and whatever restarts.

In between, gateway, identity and habilitation are killed (-9) and started again by the process manager, in every
order; and each cut is also made while a service that it does not need is away, dead or silent.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle, permutations

import jwt
import pytest
import requests

from atelier import Signataire
from atelier.maison import Client, Maison

REPETITIONS = int(os.environ.get("MCP_REPETITIONS", "3"))
TOUS_LES = 10
DELAI_S, RETOUR_S = 1.0, 20
pytestmark = pytest.mark.partout
TROIS = ("identity", "habilitation", "gateway")
ORDRES = [ordre for combien in (1, 2, 3) for ordre in permutations(TROIS, combien)]
MOI = "/identity/v1/comptes/moi"
RESERVE = "/audit/v1/evenements"
"""What the door refuses to her without asking any service: 403 while her token is worth something."""
MOT_DE_PASSE, AUTRE = "Essai-2026-ok", "Essai-2026-deux"


class Scene:
    """A user of the CCAS in a T2 group of her own, her administrateur, and the référent of her Caf."""

    def __init__(self, maison: Maison) -> None:
        self.maison = maison
        comptes = maison.demo["comptes"]
        self.siret = _siret(maison, comptes[0]["identifiant"])
        self._administrateur = comptes[18]
        self._tenu: Client | None = None
        self.rafraichir()
        self.ordres: Iterator[tuple[str, ...]] = cycle(ORDRES)
        self.compte = self.administrateur.cree(
            "/identity/v1/comptes", partenaire=self.siret, nom="Revocation", prenom="Essai",
            courriel=f"revocation.{time.time_ns()}@partenaire.example", theme="enfance",
        )  # fmt: skip
        maison.activer(self.compte["identifiant"], MOT_DE_PASSE)
        self.groupe = self.administrateur.cree(
            f"/habilitation/v1/partenaires/{self.siret}/groupes", nom=f"Revocation {time.time_ns()}", service="cdap",
            profil="T2", portee="mono",
        )["id"]  # fmt: skip
        self.entrer()

    @property
    def administrateur(self) -> Client:
        """Logged in anew, unless one is held: a suspended service cuts the tokens of the whole partner."""
        return self._tenu or self.maison.client(self._administrateur)

    @contextlib.contextmanager
    def en_tenant_l_administrateur(self) -> Iterator[None]:
        """One login serves all along: nobody can log in while identity or habilitation is away."""
        self._tenu = self.administrateur
        try:
            yield
        finally:
            self._tenu = None

    @property
    def membres(self) -> str:
        return f"/habilitation/v1/groupes/{self.groupe}/membres"

    @property
    def suspensions(self) -> str:
        return f"/habilitation/v1/partenaires/{self.siret}/suspensions"

    def entrer(self) -> None:
        self.administrateur.cree(self.membres, **self.compte, motif="Essai")

    def suspendre(self, **cible: str) -> Callable[[], None]:
        """Suspend, and give what lifts it."""
        id = self.referent.cree(self.suspensions, **cible, motif="Essai")["id"]
        return lambda: _reussir(self.referent.post(f"{self.suspensions}/{id}/levee", json={"motif": "Essai"}))

    def relancer(self, ordre: tuple[str, ...]) -> None:
        """Kill each, one after the other, and wait each time until all answer again."""
        for nom in ordre:
            self.maison.relancer(nom)
            self.maison.attendre(self.repondent, RETOUR_S)
        self.rafraichir()

    def rafraichir(self) -> None:
        """The référent logs in anew: a token lives 5 minutes."""
        self.referent = self.maison.client(self.maison.compte_de_role("caf:referent"))

    def repondent(self) -> bool:
        """A login asks gateway, identity and habilitation."""
        try:
            self.maison.client(self._administrateur)
        except (AssertionError, requests.ConnectionError):
            return False
        return True

    def coupe(self, client: Client, chemin: str = MOI, avant: int = 200) -> float:
        """Wait until the token is worth nothing; how long it took, in seconds. Until then the answer is `avant`."""
        debut = time.monotonic()
        while (reponse := client.get(chemin)).status_code == avant:
            assert time.monotonic() - debut < DELAI_S * self.maison.lenteur
        duree = time.monotonic() - debut
        assert reponse.status_code == 401, reponse.text
        assert reponse.headers["Audit-Receipt"]
        return duree

    def connecter(self) -> Client:
        client = self.maison.client({**self.compte, "mot_de_passe": MOT_DE_PASSE})
        assert client.get(MOI).status_code == 200
        return client


def retirer_du_groupe(scene: Scene, _: Client) -> Callable[[], None]:
    _reussir(scene.administrateur.demander("DELETE", f"{scene.membres}/{scene.compte['identifiant']}"))
    return scene.entrer


def suspendre_l_utilisatrice(scene: Scene, _: Client) -> Callable[[], None]:
    return scene.suspendre(identifiant=scene.compte["identifiant"])


def suspendre_le_groupe(scene: Scene, _: Client) -> Callable[[], None]:
    return scene.suspendre(groupe=scene.groupe)


def suspendre_le_service(scene: Scene, _: Client) -> Callable[[], None]:
    return scene.suspendre(service="cdap")


def se_deconnecter(scene: Scene, client: Client) -> Callable[[], None]:
    _reussir(client.demander("DELETE", "/identity/v1/sessions/courante"))
    return lambda: None


def changer_de_mot_de_passe(scene: Scene, _: Client) -> Callable[[], None]:
    def changer(ancien: str, nouveau: str) -> None:
        corps = {"identifiant": scene.compte["identifiant"], "ancien": ancien, "nouveau": nouveau}
        _reussir(scene.maison.client().post("/identity/v1/mots-de-passe", json=corps))

    changer(MOT_DE_PASSE, AUTRE)
    return lambda: changer(AUTRE, MOT_DE_PASSE)


def finir_ses_sessions(scene: Scene, _: Client) -> Callable[[], None]:
    ici = f"/identity/v1/comptes/{scene.compte['identifiant']}/sessions"
    _reussir(scene.administrateur.demander("DELETE", ici))
    return lambda: None


@pytest.fixture(scope="module")
def une_scene(maison: Maison) -> Scene:
    return Scene(maison)


@pytest.fixture
def scene(une_scene: Scene) -> Scene:
    une_scene.rafraichir()
    return une_scene


PAR_HABILITATION = (retirer_du_groupe, suspendre_l_utilisatrice, suspendre_le_groupe, suspendre_le_service)
PAR_IDENTITY = (se_deconnecter, changer_de_mot_de_passe)
RETRAITS = (*PAR_HABILITATION, *PAR_IDENTITY, finir_ses_sessions)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("retrait", RETRAITS)
def test_un_droit_repris_ne_sert_plus_a_la_passerelle_une_seconde_apres(scene, retrait, record_property):
    durees, coupee = [], None
    for n in range(REPETITIONS):
        client = scene.connecter()
        if n % TOUS_LES == min(1, REPETITIONS - 1):
            scene.relancer(next(scene.ordres))
            if coupee is not None:
                assert coupee.get(MOI).status_code == 401  # what was cut before the restart stays cut
        retablir = retrait(scene, client)
        durees.append(round(1e3 * scene.coupe(client)))
        coupee = client
        retablir()
        assert scene.connecter().get(MOI).status_code == 200
    record_property("millisecondes", sorted(durees))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("comment", ["mort", "muet"])
@pytest.mark.parametrize(
    ("absent", "retrait"),
    [
        *(("identity", retrait) for retrait in PAR_HABILITATION),
        *(("habilitation", retrait) for retrait in PAR_IDENTITY),
    ],
)
def test_un_droit_est_repris_en_une_seconde_quand_l_autre_service_est_absent(scene, absent, retrait, comment):
    client, maison = scene.connecter(), scene.maison
    with scene.en_tenant_l_administrateur(), maison.fige(absent) if comment == "muet" else maison.mort(absent):
        retablir = retrait(scene, client)
        scene.coupe(client, RESERVE, 403)
    maison.attendre(scene.repondent, RETOUR_S)
    assert client.get(MOI).status_code == 401
    retablir()
    assert scene.connecter().get(MOI).status_code == 200


@pytest.mark.parametrize("mort", ["identity", "habilitation"])
def test_un_service_qui_meurt_en_reprenant_un_droit_l_a_repris_a_son_retour(scene, mort):
    """Killed with the answer hardly gone: the gateway may not have heard, and hears when the service is back."""
    retrait = changer_de_mot_de_passe if mort == "identity" else suspendre_l_utilisatrice
    client = scene.connecter()
    retablir = retrait(scene, client)
    scene.maison.relancer(mort)
    scene.maison.attendre(scene.repondent, RETOUR_S)
    scene.coupe(client)
    retablir()


def test_un_jeton_d_avant_la_suspension_est_coupe_meme_si_la_passerelle_redemarre(scene):
    client = scene.connecter()
    lever = scene.suspendre(identifiant=scene.compte["identifiant"])
    scene.relancer(("gateway",))
    assert client.get(MOI).status_code == 401
    lever()
    assert client.get(MOI).status_code == 401  # lifted, yet signed from rights read before: she logs in again
    assert scene.connecter().get(MOI).status_code == 200


@pytest.mark.parametrize("absents", [("identity",), ("habilitation",), ("identity", "habilitation")])
def test_une_passerelle_qui_redemarre_sans_les_services_tient_ferme_ce_qui_l_etait(scene, absents):
    client = scene.connecter()
    lever = scene.suspendre(identifiant=scene.compte["identifiant"])
    scene.coupe(client)
    with contextlib.ExitStack() as pile:
        for absent in absents:
            pile.enter_context(scene.maison.fige(absent))
        scene.maison.relancer("gateway")
        scene.maison.attendre(lambda: _statut(client) not in (0, 503), RETOUR_S)
        assert _statut(client) == 401
    lever()
    scene.maison.attendre(scene.repondent, RETOUR_S)


def test_un_jeton_signe_apres_la_suspension_de_droits_lus_avant_est_coupe(scene):
    """identity reads the rights, the Caf suspends, identity signs: what it signs then is worth nothing."""
    client = scene.connecter()
    lus = jwt.decode(client.jeton, options={"verify_signature": False})
    identity = Signataire(min((scene.maison.coffre / "cles").glob("*.pem")))
    lever = scene.suspendre(identifiant=scene.compte["identifiant"])
    scene.coupe(client)
    tardif = scene.maison.client()
    signe = {cle: valeur for cle, valeur in lus.items() if cle not in ("iat", "exp", "jti")}
    tardif.porter(identity.signer(signe))
    assert tardif.get(MOI).status_code == 401
    scene.relancer(("habilitation", "gateway"))
    assert tardif.get(MOI).status_code == 401
    tardif.porter(identity.signer(signe | {"droits": lus["droits"] + 1_000_000}))
    assert tardif.get(MOI).status_code == 200  # it is the version that cuts, and nothing else
    lever()


def _statut(client: Client) -> int:
    try:
        return client.get(MOI).status_code
    except OSError:
        return 0


def _siret(maison: Maison, identifiant: str) -> str:
    """The partner of an account, as she herself reads it."""
    compte = next(c for c in maison.demo["comptes"] if c["identifiant"] == identifiant)
    return str(maison.client(compte).get(MOI).json()["partenaire"])


def _reussir(reponse) -> None:
    assert reponse.ok, (reponse.status_code, reponse.text)
