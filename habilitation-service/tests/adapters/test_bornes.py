"""The bounds are the database's: of 8 threads on one real file that want the same place, exactly one gets it."""

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
from habilitation.domain.documents import DemandeDocument, Fondement, Genre
from habilitation.domain.partenaires import Administrateur, Place
from habilitation.domain.refus import DejaExistant, PlaceOccupee, ProfilUnique
from habilitation.domain.services import Service
from habilitation.usecases.ajouter_membre import ajouter_membre
from habilitation.usecases.creer_partenaire import creer_partenaire
from habilitation.usecases.designer_administrateur import designer_administrateur
from habilitation.usecases.designer_responsable import designer_responsable
from habilitation.usecases.enregistrer_document import enregistrer_document
from habilitation.usecases.ports import Depots as PortDepots
from socle.acces import Acces
from socle.refus import Refus
from socle.travail import Travail

FILS = 8
SIRET = "99900031800017"
LETTRES = "ABCDEFGH"
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
    for lettre in LETTRES:
        maison.utilisateur(f"ACC9FIL{lettre}")
    return [f"ACC9FIL{lettre}" for lettre in LETTRES]


def test_un_siret_n_est_enregistre_qu_une_fois(maison: Any) -> None:
    refus = un_seul_gagne(maison, lambda travail, _: creer_partenaire(travail, REFERENT, SIRET, "CCAS"))
    assert set(refus) == {DejaExistant}


def test_une_convention_n_est_ouverte_qu_une_fois(maison: Any) -> None:
    maison.partenaire()
    demande = DemandeDocument(Genre.CONVENTION, JOUR)
    refus = un_seul_gagne(maison, lambda travail, _: enregistrer_document(travail, REFERENT, SIRET, demande))
    assert set(refus) == {DejaExistant}


def test_un_bulletin_par_service_n_est_ouvert_qu_une_fois(maison: Any) -> None:
    maison.partenaire()
    demande = DemandeDocument(Genre.BULLETIN, JOUR, Service.CDAP, ("T1",), "suivi", Fondement.CONSENTEMENT, "referents")
    refus = un_seul_gagne(maison, lambda travail, _: enregistrer_document(travail, REFERENT, SIRET, demande))
    assert set(refus) == {DejaExistant}


def test_une_place_d_administrateur_n_a_qu_une_personne(prete: Any) -> None:
    noms = personnes(prete)
    refus = un_seul_gagne(
        prete,
        lambda travail, rang: designer_administrateur(
            travail, REFERENT, prete.comptes, SIRET, Administrateur(noms[rang], Place.SUPPLEANT)
        ),
    )
    assert set(refus) == {PlaceOccupee}


def test_un_groupe_n_a_qu_un_responsable(prete: Any) -> None:
    groupe, noms = prete.groupe(), personnes(prete)
    refus = un_seul_gagne(
        prete,
        lambda travail, rang: designer_responsable(travail, ADMINISTRATEUR, prete.comptes, groupe, noms[rang], None),
    )
    assert set(refus) == {PlaceOccupee}


def test_un_membre_n_entre_qu_une_fois_dans_un_groupe(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    refus = un_seul_gagne(
        prete, lambda travail, _: ajouter_membre(travail, ADMINISTRATEUR, prete.comptes, groupe, "ACC3MEMB", None)
    )
    assert set(refus) == {DejaExistant}


def test_un_utilisateur_que_l_on_met_partout_a_la_fois_n_a_qu_un_profil(prete: Any) -> None:
    t1, t2 = prete.groupe(), prete.groupe(profil="T2")
    prete.utilisateur("ACC3MEMB")
    refus = un_seul_gagne(
        prete,
        lambda travail, rang: ajouter_membre(
            travail, ADMINISTRATEUR, prete.comptes, (t1, t2)[rang % 2], "ACC3MEMB", None
        ),
    )
    assert ProfilUnique in refus and set(refus) <= {ProfilUnique, DejaExistant}
    assert len(prete.droits("ACC3MEMB")["groups"]) == 1


DOUBLES = {
    "PARTENAIRE": "INSERT INTO partenaires SELECT * FROM partenaires",
    "DOCUMENT": "INSERT INTO documents SELECT 'x', partenaire, genre, signe_le, service, profils, finalite, fondement,"
    " destinataire, depuis, jusqu_a, par, clos_par, motif FROM documents WHERE genre = 'convention'",
    "BULLETIN": "INSERT INTO documents SELECT 'x', partenaire, genre, signe_le, service, profils, finalite, fondement,"
    " destinataire, depuis, jusqu_a, par, clos_par, motif FROM documents WHERE genre = 'bulletin'",
    "PLACE": "INSERT INTO administrateurs SELECT 'x', partenaire, place, 'ACC9XXXX', depuis, jusqu_a, par, clos_par,"
    " motif FROM administrateurs",
    "PERSONNE": "INSERT INTO administrateurs SELECT 'x', partenaire, 'suppleant', identifiant, depuis, jusqu_a, par,"
    " clos_par, motif FROM administrateurs",
    "RESPONSABLE": "INSERT INTO responsables SELECT 'x', groupe, 'ACC9XXXX', depuis, jusqu_a, par, clos_par, motif"
    " FROM responsables",
    "APPARTENANCE": "INSERT INTO appartenances SELECT 'x', groupe, identifiant, profil_cdap, depuis, jusqu_a, par,"
    " clos_par, motif FROM appartenances",
    "PROFIL_CDAP": "INSERT INTO profils_cdap SELECT 'x', identifiant, 'T2', depuis, jusqu_a, par, clos_par, motif"
    " FROM profils_cdap",
}


def test_chaque_borne_est_un_index_de_la_base_que_l_on_reconnait(prete: Any) -> None:
    groupe = prete.groupe()
    prete.utilisateur("ACC3MEMB")
    prete.ajouter(groupe, "ACC3MEMB")
    prete.confier(groupe, "ACC3MEMB")
    toutes = {nom: borne for nom, borne in vars(bornes).items() if isinstance(borne, bornes.Borne)}
    assert toutes.keys() == DOUBLES.keys()
    for nom, double in DOUBLES.items():
        with pytest.raises(IntegrityError) as faute, prete.engine.begin() as connexion:
            connexion.execute(text(double))
        assert [autre for autre, borne in toutes.items() if borne.est_franchie(faute.value)] == [nom]
