"""The bounds are the database's: of 32 threads on one real file that want the same place, exactly one gets it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from habilitation.adapters import bornes
from habilitation.adapters.depots import Depots
from habilitation.adapters.tables import metadata
from habilitation.domain.documents import DemandeDocument, Etat, Fondement, Genre
from habilitation.domain.envois import Envoi
from habilitation.domain.groupes import DemandeGroupe, Portee
from habilitation.domain.partenaires import Administrateur, Place
from habilitation.domain.refus import DejaExistant, PlaceOccupee, ProfilUnique
from habilitation.domain.services import Service
from habilitation.domain.suspensions import Cible
from habilitation.usecases.ajouter_membre import NouveauMembre, ajouter_membre
from habilitation.usecases.creer_groupe import creer_groupe
from habilitation.usecases.creer_partenaire import creer_partenaire
from habilitation.usecases.designer_administrateur import designer_administrateur
from habilitation.usecases.designer_responsable import designer_responsable
from habilitation.usecases.enregistrer_document import enregistrer_document
from habilitation.usecases.ports import Depots as PortDepots
from habilitation.usecases.suspendre import suspendre
from socle.acces import Acces
from socle.refus import Refus
from socle.travail import Travail

FILS = 32
SIRET = "99900031800017"
SIGNES = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
JOUR = date(2026, 1, 5)
REFERENT = Acces("essai", sujet="ACC3AGNT", caf="831", roles=frozenset({"caf:referent"}))
ADMINISTRATEUR = Acces("essai", sujet="ACC2ADMN", partenaire=SIRET, administrateur=True)


def un_seul_gagne(maison: Any, acte: Callable[[Travail[PortDepots], int], object]) -> list[type[Refus]]:
    """Do the act in all threads at once: one wins; the refusals of the others. The version moves by one."""
    travail: Travail[PortDepots] = Travail(maison.engine, "habilitation", Depots)
    avant, traces = maison.version, len(maison.traces)
    depart = Barrier(FILS)

    def essayer(rang: int) -> type[Refus] | None:
        depart.wait()
        try:
            acte(travail, rang)
        except Refus as refus:
            return type(refus)
        return None

    with ThreadPoolExecutor(FILS) as fils:
        issues = list(fils.map(essayer, range(FILS)))
    assert issues.count(None) == 1
    assert maison.version == avant + 1
    assert len(maison.traces) == traces + FILS
    return [issue for issue in issues if issue is not None]


def personnes(maison: Any) -> list[str]:
    """One account of the partner for each thread."""
    for signe in SIGNES:
        maison.utilisateur(f"ACC9FIL{signe}")
    return [f"ACC9FIL{signe}" for signe in SIGNES]


def test_un_siret_n_est_enregistre_qu_une_fois(maison: Any) -> None:
    refus = un_seul_gagne(maison, lambda travail, _: creer_partenaire(travail, REFERENT, SIRET, "CCAS", Envoi()))
    assert set(refus) == {DejaExistant}


def test_une_convention_n_est_ouverte_qu_une_fois(maison: Any) -> None:
    maison.partenaire()
    demande = DemandeDocument(Genre.CONVENTION, JOUR)
    refus = un_seul_gagne(maison, lambda travail, _: enregistrer_document(travail, REFERENT, SIRET, demande, Envoi()))
    assert set(refus) == {DejaExistant}


def test_un_bulletin_par_service_n_est_ouvert_qu_une_fois(maison: Any) -> None:
    maison.partenaire()
    demande = DemandeDocument(Genre.BULLETIN, JOUR, Service.CDAP, ("T1",), "suivi", Fondement.CONSENTEMENT, "referents")
    refus = un_seul_gagne(maison, lambda travail, _: enregistrer_document(travail, REFERENT, SIRET, demande, Envoi()))
    assert set(refus) == {DejaExistant}


def test_une_place_d_administrateur_n_a_qu_une_personne(prete: Any) -> None:
    noms = personnes(prete)
    refus = un_seul_gagne(
        prete,
        lambda travail, rang: designer_administrateur(
            travail, REFERENT, prete.comptes, SIRET, Administrateur(noms[rang], Place.SUPPLEANT), Envoi()
        ),
    )
    assert set(refus) == {PlaceOccupee}


def test_un_groupe_n_a_qu_un_responsable(prete: Any) -> None:
    groupe, noms = prete.groupe(), personnes(prete)
    refus = un_seul_gagne(
        prete,
        lambda travail, rang: designer_responsable(
            travail, ADMINISTRATEUR, prete.comptes, groupe, noms[rang], None, Envoi()
        ),
    )
    assert set(refus) == {PlaceOccupee}


def test_un_membre_n_entre_qu_une_fois_dans_un_groupe(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    refus = un_seul_gagne(
        prete,
        lambda travail, _: ajouter_membre(
            travail, ADMINISTRATEUR, prete.comptes, groupe, NouveauMembre("ACC3MEMB"), Envoi()
        ),
    )
    assert set(refus) == {DejaExistant}


def test_un_utilisateur_que_l_on_met_partout_a_la_fois_n_a_qu_un_profil(prete: Any) -> None:
    t1, t2 = prete.groupe(), prete.groupe(profil="T2")
    prete.utilisateur("ACC3MEMB")
    refus = un_seul_gagne(
        prete,
        lambda travail, rang: ajouter_membre(
            travail, ADMINISTRATEUR, prete.comptes, (t1, t2)[rang % 2], NouveauMembre("ACC3MEMB"), Envoi()
        ),
    )
    assert ProfilUnique in refus and set(refus) <= {ProfilUnique, DejaExistant}
    assert len(prete.droits("ACC3MEMB")["groups"]) == 1


def test_une_demande_envoyee_partout_a_la_fois_n_est_faite_qu_une_fois(prete: Any) -> None:
    demande = DemandeGroupe("Accueil", Service.CDAP, "T1", Portee.MONO)
    travail: Travail[PortDepots] = Travail(prete.engine, "habilitation", Depots)
    avant = prete.version
    envoi = Envoi(cle="une-cle", empreinte="celle-ci")
    with ThreadPoolExecutor(FILS) as fils:
        crees = list(fils.map(lambda _: creer_groupe(travail, ADMINISTRATEUR, SIRET, demande, envoi), range(FILS)))
    assert len({groupe.id for groupe in crees}) == 1
    assert prete.version == avant + 1


def test_une_cible_n_est_suspendue_qu_une_fois(prete: Any) -> None:
    cible = Cible.SERVICE, "cdap"
    refus = un_seul_gagne(
        prete, lambda travail, _: suspendre(travail, REFERENT, prete.comptes, SIRET, cible, "Contrôle", Envoi())
    )
    assert set(refus) == {DejaExistant}


def test_un_document_n_est_en_route_qu_une_fois(maison: Any) -> None:
    maison.partenaire()
    demande = DemandeDocument(Genre.CONVENTION, JOUR, etat=Etat.ENVOYE)
    refus = un_seul_gagne(maison, lambda travail, _: enregistrer_document(travail, REFERENT, SIRET, demande, Envoi()))
    assert set(refus) == {DejaExistant}


UNIQUES = {
    "PARTENAIRE": ("partenaires", {}, ""),
    "DOCUMENT": ("documents", {"id": "x"}, "genre = 'convention'"),
    "BULLETIN": ("documents", {"id": "x"}, "genre = 'bulletin'"),
    "PLACE": ("administrateurs", {"id": "x", "identifiant": "ACC9XXXX"}, ""),
    "PERSONNE": ("administrateurs", {"id": "x", "place": "suppleant"}, ""),
    "RESPONSABLE": ("responsables", {"id": "x", "identifiant": "ACC9XXXX"}, ""),
    "APPARTENANCE": ("appartenances", {"id": "x"}, ""),
    "PROFIL_CDAP": ("profils_cdap", {"id": "x", "profil": "T2"}, ""),
    "SUSPENSION": ("suspensions", {"id": "x"}, ""),
    "DEMARCHE": ("demarches", {"id": "x"}, "genre = 'eligibilite'"),
    "DEMARCHE_BULLETIN": ("demarches", {"id": "x"}, "genre = 'bulletin'"),
    "NOM": ("noms", {"id": "x"}, ""),
    "ENVOI": ("envois", {}, ""),
}
"""Each bound: a table, what differs in a second row, which row is doubled."""


def doubler(table: str, autres: dict[str, str], laquelle: str) -> str:
    colonnes = [colonne.name for colonne in metadata.tables[table].columns]
    valeurs = [f"'{autres[nom]}'" if nom in autres else nom for nom in colonnes]
    condition = f" WHERE {laquelle}" if laquelle else ""
    return f"INSERT INTO {table} ({', '.join(colonnes)}) SELECT {', '.join(valeurs)} FROM {table}{condition}"


def test_chaque_borne_est_un_index_de_la_base_que_l_on_reconnait(pleine: Any) -> None:
    toutes = {nom: borne for nom, borne in vars(bornes).items() if isinstance(borne, bornes.Borne)}
    assert toutes.keys() == UNIQUES.keys()
    for nom, double in UNIQUES.items():
        with pytest.raises(IntegrityError) as faute, pleine.engine.begin() as connexion:
            connexion.execute(text(doubler(*double)))
        assert [autre for autre, borne in toutes.items() if borne.est_franchie(faute.value)] == [nom]
