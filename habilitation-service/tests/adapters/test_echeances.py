"""A planned end: the right ends by itself at midnight in Paris, and the version shows it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from habilitation.adapters.depots import Depots
from habilitation.adapters.echeances import dire_les_echeances
from habilitation.domain.envois import Envoi
from habilitation.domain.groupes import ChangementGroupe, DemandeGroupe, Portee
from habilitation.domain.services import Service
from habilitation.usecases.ajouter_membre import NouveauMembre, ajouter_membre
from habilitation.usecases.changer_groupe import changer_groupe
from habilitation.usecases.creer_groupe import creer_groupe
from habilitation.usecases.lire_droits import lire_droits
from socle.acces import Acces
from socle.travail import Travail

SIRET = "99900031800017"
ADMINISTRATEUR = Acces("essai", sujet="ACC2ADMN", partenaire=SIRET, administrateur=True)
DERNIER_JOUR = date(2099, 6, 30)
LE_SOIR = datetime(2099, 6, 30, 21, 59, 59, tzinfo=UTC)  # 23:59:59 in Paris
MINUIT = datetime(2099, 6, 30, 22, 0, 0, tzinfo=UTC)


@pytest.fixture
def au_travail(prete: Any) -> Any:
    """ACC3MEMB is in `prete.le_groupe` until the last of June 2099, that day included."""
    prete.utilisateur("ACC3MEMB")
    prete.le_groupe = prete.groupe()
    assert prete.ajouter(prete.le_groupe, "ACC3MEMB", echeance=DERNIER_JOUR.isoformat()).status_code == 201
    return prete


def a(maison: Any, instant: datetime) -> Travail[Any]:
    return Travail(maison.engine, "habilitation", Depots, lambda: instant)


def test_le_droit_cesse_de_lui_meme_apres_le_dernier_jour(au_travail: Any) -> None:
    assert lire_droits(a(au_travail, LE_SOIR), "ACC3MEMB", SIRET).groupes
    assert lire_droits(a(au_travail, MINUIT), "ACC3MEMB", SIRET).groupes == ()


def test_la_corvee_fait_avancer_la_version_et_coupe_le_jeton_du_soir(au_travail: Any) -> None:
    le_soir = lire_droits(a(au_travail, LE_SOIR), "ACC3MEMB", SIRET)
    avant = au_travail.dernier_numero
    dire_les_echeances(au_travail.engine, LE_SOIR)
    assert (au_travail.version, au_travail.coupes(avant)) == (le_soir.version, [])
    for _ in range(2):  # once for each day, however often it is called
        dire_les_echeances(au_travail.engine, MINUIT)
        assert au_travail.coupes(avant) == [{"version": le_soir.version + 1, "identifiants": ["ACC3MEMB"]}]
    assert lire_droits(a(au_travail, MINUIT), "ACC3MEMB", SIRET).version == le_soir.version + 1


def test_qui_est_echu_peut_revenir_avec_un_autre_profil(au_travail: Any) -> None:
    apres = a(au_travail, MINUIT)
    t2 = creer_groupe(apres, ADMINISTRATEUR, SIRET, DemandeGroupe("Accueil", Service.CDAP, "T2", Portee.MONO), Envoi())
    ajouter_membre(apres, ADMINISTRATEUR, au_travail.comptes, t2.id, NouveauMembre("ACC3MEMB"), Envoi())
    assert [lu.groupe.id for lu in lire_droits(apres, "ACC3MEMB", SIRET).groupes] == [t2.id]


def test_l_echeance_suit_le_membre_quand_son_groupe_change_de_profil(au_travail: Any) -> None:
    changement = ChangementGroupe(profil="T2")
    changer_groupe(a(au_travail, LE_SOIR), ADMINISTRATEUR, au_travail.le_groupe, changement, Envoi())
    assert lire_droits(a(au_travail, LE_SOIR), "ACC3MEMB", SIRET).groupes
    assert lire_droits(a(au_travail, MINUIT), "ACC3MEMB", SIRET).groupes == ()


def test_une_echeance_passee_est_refusee(prete: Any, probleme: Any) -> None:
    prete.utilisateur("ACC3MEMB")
    reponse = prete.ajouter(prete.groupe(), "ACC3MEMB", echeance="2020-01-01")
    assert probleme(reponse, 400, "requete-invalide") and reponse.json()["erreurs"][0]["champ"] == "echeance"
    prete.le_refus("membre.ajoute", "echeance_passee")


def test_le_groupe_montre_l_echeance_de_chacun(au_travail: Any) -> None:
    lu = au_travail.en_tant_que(au_travail.administrateur).get(f"/habilitation/v1/groupes/{au_travail.le_groupe}")
    [appartenance] = lu.json()["appartenances"]
    assert (appartenance["identifiant"], appartenance["echeance"]) == ("ACC3MEMB", "2099-06-30")
