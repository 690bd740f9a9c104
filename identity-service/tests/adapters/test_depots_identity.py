"""What the database itself forbids."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from atelier.personas import SIRET
from identity.adapters.comptes import ComptesSql
from identity.adapters.depots import DepotsSql
from identity.domain.comptes import Appartenance, Personne, Role
from identity.domain.identifiants import Prefixe
from identity.domain.sessions import empreinte

INSTANT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
CHOISI = "Exemple-2026"


@pytest.fixture
def agent(maison):
    with maison.banc.engine.begin() as connexion:
        comptes = ComptesSql(connexion)
        qui = Personne("Lenoir", "Paul", "p@caf.example")
        identifiant = comptes.creer(Prefixe.ACC, qui, Appartenance(caf="831"), "commande", INSTANT)
        comptes.donner_roles(identifiant, [Role.REFERENT], "commande", "test", INSTANT)
    return maison, identifiant


def test_un_role_ouvert_ne_s_ouvre_pas_deux_fois(agent):
    maison, identifiant = agent
    with pytest.raises(IntegrityError), maison.banc.engine.begin() as connexion:
        ComptesSql(connexion).donner_roles(identifiant, [Role.REFERENT], "commande", "test", INSTANT)


@pytest.mark.parametrize(
    "requete",
    [
        "DELETE FROM roles_caf",
        "UPDATE roles_caf SET role = 'caf:superviseur', jusqu_a = 1",
        "UPDATE roles_caf SET motif = 'autre'",
    ],
)
def test_l_histoire_des_roles_ne_se_recrit_pas(agent, requete):
    maison, _ = agent
    with pytest.raises(IntegrityError):
        maison.executer(requete)


def test_un_role_se_ferme_une_seule_fois_et_peut_etre_rouvert(agent):
    maison, identifiant = agent
    maison.executer("UPDATE roles_caf SET jusqu_a = 2000000000")
    with maison.banc.engine.begin() as connexion:
        assert not ComptesSql(connexion).a_un_referent("831")
    with pytest.raises(IntegrityError):
        maison.executer("UPDATE roles_caf SET jusqu_a = 2100000000")
    with maison.banc.engine.begin() as connexion:
        ComptesSql(connexion).donner_roles(identifiant, [Role.REFERENT], "commande", "test", INSTANT)


def test_un_compte_est_d_un_partenaire_ou_d_une_caf_jamais_des_deux(maison):
    with pytest.raises(RuntimeError), maison.banc.engine.begin() as connexion:
        ou = Appartenance(partenaire=SIRET, caf="831")
        ComptesSql(connexion).creer(Prefixe.ACC, Personne("L", "P", "p@caf.example"), ou, "commande", INSTANT)


def test_le_meme_jeton_presente_huit_fois_a_la_fois_laisse_un_seul_successeur_utilisable(maison):
    _, jetons = maison.une_session()
    recus = []

    def presenter():
        recus.append(maison.rafraichir(jetons["refresh_token"]))

    fils = [threading.Thread(target=presenter) for _ in range(8)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert {recu.status_code for recu in recus} == {200}
    with maison.banc.engine.begin() as connexion:
        sessions = DepotsSql(connexion).sessions
        suivants = [sessions.presente(empreinte(recu.json()["refresh_token"])) for recu in recus]
    assert sum(suivant.consomme_a is None for suivant in suivants) == 1
