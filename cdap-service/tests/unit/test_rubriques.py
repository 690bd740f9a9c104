"""What each rubrique shows, and above all what it does not."""

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from cdap.adapters.generateur import engendrer
from cdap.domain.contenus import Membre
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.foyer import Logement, Personne, Role, Situation
from cdap.domain.liens import DroitRsa, Liens, Mandat
from cdap.domain.profils import RUBRIQUES, Profil, Rubrique
from cdap.domain.revenus import LigneRessource, Ressources, RessourcesAnnuelles
from cdap.domain.rubriques import contenu, quotient
from cdap.domain.versements import Courrier, Droit, Paiement, QuotientFamilial

LE = date(2022, 1, 7)
CLE = Cle("831", "0412377")
TOUTES = frozenset(Rubrique)
DEMONSTRATION = tuple(engendrer(40, "831", 1, LE))


def _lire(dossier: Dossier, rubrique: Rubrique, ouvertes: frozenset[Rubrique] = TOUTES):
    return msgspec.json.decode(msgspec.json.encode(contenu(dossier, rubrique, ouvertes, LE)))


@pytest.mark.parametrize("profil", list(Profil))
def test_la_synthese_n_a_que_les_blocs_des_rubriques_du_profil(profil):
    synthese = _lire(Dossier(cle=CLE), Rubrique.SYNTHESE, RUBRIQUES[profil])
    assert set(synthese) == {"personnes", "adresse", "situation", "quotient_familial", "blocs"}
    possibles = {"dossier", "paiements", "logement", "creances", "courriers"}
    assert set(synthese["blocs"]) == possibles & {str(rubrique) for rubrique in RUBRIQUES[profil]}


def test_la_synthese_d_un_t2_ne_porte_ni_loyer_ni_dette_ni_surendettement():
    dossier = Dossier(
        cle=CLE,
        situation=Situation(surendettement=True),
        logement=Logement(loyer=Decimal("486.00")),
        paiements=(Paiement(montant_paye=Decimal("273.87")),),
        courriers=(Courrier(message="Nous avons reçu votre courrier", recu_le=LE),),
        creances=(),
    )
    lue = json.dumps(_lire(dossier, Rubrique.SYNTHESE, RUBRIQUES[Profil.T2]))
    for secret in ("surendettement", "486.00", "273.87", "courrier", "creance"):
        assert secret not in lue
    blocs = _lire(dossier, Rubrique.SYNTHESE)["blocs"]
    assert blocs["dossier"] == {"surendettement": True}
    assert blocs["logement"] == {"loyer": "486.00", "quittance_presente": None}
    assert blocs["creances"] == {"nombre": 0}


def test_la_synthese_montre_responsable_et_conjoint_mais_pas_les_enfants():
    personnes = tuple(Personne(role=role, prenom=role.value) for role in Role)
    synthese = _lire(Dossier(cle=CLE, personnes=personnes), Rubrique.SYNTHESE)
    assert [(lue["role"], lue["responsable"]) for lue in synthese["personnes"]] == [
        ("DEM", True),
        ("CJT", False),
    ]
    famille = _lire(Dossier(cle=CLE, personnes=personnes), Rubrique.FAMILLE)
    assert [lue["prenom"] for lue in famille["personnes"]] == ["DEM", "CJT", "ENF", "AUT"]


def test_le_nom_montre_est_celui_d_usage_ou_a_defaut_de_naissance():
    personnes = (
        Personne(role=Role.DEM, nom_naissance="AUBRAC", nom_usage="LE GALL"),
        Personne(role=Role.CJT, nom_naissance="KELLER"),
    )
    lue = contenu(Dossier(cle=CLE, personnes=personnes), Rubrique.FAMILLE, TOUTES, LE)
    assert [membre.nom for membre in lue.personnes if isinstance(membre, Membre)] == ["LE GALL", "KELLER"]


def test_les_courriers_de_la_synthese_sont_de_trois_mois():
    jours = [date(2021, 10, 31), date(2022, 1, 3), date(2021, 11, 1), None]
    dossier = Dossier(cle=CLE, courriers=tuple(Courrier(recu_le=jour) for jour in jours))
    bloc = _lire(dossier, Rubrique.SYNTHESE)["blocs"]["courriers"]
    assert bloc["depuis"] == "2021-11"
    assert [lu["recu_le"] for lu in bloc["courriers"]] == ["2022-01-03", "2021-11-01"]
    assert [lu["recu_le"] for lu in _lire(dossier, Rubrique.COURRIERS)["courriers"]] == [
        "2022-01-03",
        "2021-11-01",
        "2021-10-31",
        None,
    ]


def test_la_synthese_montre_les_trois_derniers_paiements():
    jours = [date(2021, 12, 27), date(2022, 1, 25), date(2021, 11, 25), date(2022, 1, 5)]
    dossier = Dossier(cle=CLE, paiements=tuple(Paiement(emis_le=jour) for jour in jours))
    bloc = _lire(dossier, Rubrique.SYNTHESE)["blocs"]["paiements"]
    assert [lu["emis_le"] for lu in bloc["paiements"]] == ["2022-01-25", "2022-01-05", "2021-12-27"]
    assert len(_lire(dossier, Rubrique.PAIEMENTS)["paiements"]) == 4


@pytest.mark.parametrize(
    ("lu", "libelle"),
    [
        (None, "Donnée indisponible"),
        (QuotientFamilial(mois="2021-12"), "Donnée indisponible"),
        (QuotientFamilial(valeur=1057, mois="2021-12"), "1\u202f057\u202f€"),
        (QuotientFamilial(valeur=612), "612\u202f€"),
        (QuotientFamilial(valeur=1234567), "1\u202f234\u202f567\u202f€"),
    ],
)
def test_le_quotient_familial_est_toujours_un_objet_et_jamais_zero_pour_inconnu(lu, libelle):
    montre = quotient(lu)
    assert montre.libelle == libelle
    assert montre.valeur == (lu.valeur if lu else None)
    assert montre.mois == (lu.mois if lu else None)


@pytest.mark.parametrize("rubrique", [rubrique for rubrique in Rubrique if rubrique != "attestation-paiement"])
def test_la_forme_d_une_rubrique_ne_depend_pas_des_donnees(rubrique):
    vide = _lire(Dossier(cle=CLE), rubrique)
    for dossier in DEMONSTRATION:
        assert set(_lire(dossier, rubrique)) == set(vide)


def test_une_liste_inconnue_est_nulle_et_une_liste_vide_reste_vide():
    assert _lire(Dossier(cle=CLE), Rubrique.CREANCES) == {"creances": None}
    assert _lire(Dossier(cle=CLE, creances=()), Rubrique.CREANCES) == {"creances": []}
    assert _lire(Dossier(cle=CLE), Rubrique.SYNTHESE)["blocs"]["creances"] == {"nombre": None}


def test_aucune_rubrique_ne_montre_les_liens():
    liens = Liens(
        numeros_instructeur=("083C1370100000",),
        numero_bailleur="831000001",
        mandats=(Mandat(siret="13002526500013", depuis=date(1977, 7, 7)),),
        droits_rsa=(DroitRsa(depuis=date(1988, 8, 8)),),
    )
    for rubrique in Rubrique:
        lue = json.dumps(_lire(Dossier(cle=CLE, paiements=(), liens=liens), rubrique))
        for secret in ("083C1370100000", "831000001", "13002526500013", "1977", "1988"):
            assert secret not in lue


def test_une_rubrique_fermee_n_est_pas_servie():
    for rubrique in set(Rubrique) - RUBRIQUES[Profil.T2]:
        with pytest.raises(ValueError):
            contenu(Dossier(cle=CLE), rubrique, RUBRIQUES[Profil.T2], LE)


def test_les_ressources_ont_leurs_sous_totaux():
    lignes = (
        LigneRessource(nature_code="022", responsable=Decimal("10154.00")),
        LigneRessource(nature_code="000", conjoint=Decimal("0.00")),
        LigneRessource(nature_code="028", responsable=Decimal("32.50")),
    )
    ressources = Ressources(annuelles=(RessourcesAnnuelles(annee=2019), RessourcesAnnuelles(annee=2020, lignes=lignes)))
    lue = _lire(Dossier(cle=CLE, ressources=ressources), Rubrique.RESSOURCES)
    assert [releve["annee"] for releve in lue["annuelles"]] == [2020, 2019]
    releve = lue["annuelles"][0]["releve"]
    assert releve["sous_total_responsable"] == "10186.50"
    assert releve["sous_total_conjoint"] == "0.00"
    assert releve["total"] == "10186.50"
    inconnu = lue["annuelles"][1]["releve"]
    assert inconnu == {
        "lignes": None,
        "sous_total_responsable": None,
        "sous_total_conjoint": None,
        "total": None,
    }
    assert lue["aide_au_logement"] is None


def test_les_droits_sont_montres_du_dernier_mois_connu():
    droits = tuple(Droit(mois=mois) for mois in ("2021-11", "2022-01", "2021-12"))
    lue = _lire(Dossier(cle=CLE, droits=droits), Rubrique.DROITS)
    assert lue["mois"] == "2022-01"
    assert [droit["mois"] for droit in lue["droits"]] == ["2022-01", "2021-12", "2021-11"]
