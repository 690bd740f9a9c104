"""The chain of rights against a plain model: bounds, versions, feed, and the rebuilt past (Hypothesis, stateful)."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from modele import CAF, ETATS, Histoire, jour_de

from habilitation.adapters.depots import Depots
from habilitation.adapters.echeances import dire_les_echeances
from habilitation.domain.documents import DemandeDocument, Etat, Fondement, Genre
from habilitation.domain.envois import Envoi
from habilitation.domain.explications import Question
from habilitation.domain.groupes import ChangementGroupe, DemandeGroupe, Portee
from habilitation.domain.partenaires import Administrateur, Place
from habilitation.domain.services import Service
from habilitation.domain.suspensions import Cible
from habilitation.main import MIGRATIONS
from habilitation.usecases.ajouter_membre import NouveauMembre, ajouter_membre
from habilitation.usecases.avancer_document import avancer_document
from habilitation.usecases.changer_groupe import changer_groupe
from habilitation.usecases.clore_document import clore_document
from habilitation.usecases.creer_groupe import creer_groupe
from habilitation.usecases.creer_partenaire import creer_partenaire
from habilitation.usecases.designer_administrateur import designer_administrateur
from habilitation.usecases.designer_responsable import designer_responsable
from habilitation.usecases.enregistrer_document import enregistrer_document
from habilitation.usecases.expliquer_droit import expliquer_droit
from habilitation.usecases.fermer_groupe import fermer_groupe
from habilitation.usecases.lever_suspension import lever_suspension
from habilitation.usecases.lire_droits import lire_droits
from habilitation.usecases.lire_habilites import lire_habilites
from habilitation.usecases.remplacer_administrateur import remplacer_administrateur
from habilitation.usecases.retirer_administrateur import retirer_administrateur
from habilitation.usecases.retirer_membre import retirer_membre
from habilitation.usecases.retirer_responsable import retirer_responsable
from habilitation.usecases.suspendre import suspendre
from socle import fil
from socle.acces import Acces
from socle.database import ouvrir
from socle.migrations import migrer
from socle.refus import Refus
from socle.travail import Travail

SIRET = "99900031800017"
REFERENT = Acces("essai", sujet="ACC3AGNT", caf=CAF, roles=frozenset({"caf:referent"}))
PERSONNES = ("ACC2AAAA", "ACC2BBBB", "ACC2CCCC")
DEPART = datetime(2026, 3, 1, 9, tzinfo=UTC)
QUI = st.sampled_from(PERSONNES)
PROFILS = st.sampled_from(["T1", "T2", "T5"])
PLACES = st.sampled_from(list(Place))
RANG = st.integers(0, 3)
RAREMENT = st.integers(0, 4).map(lambda tirage: tirage == 4)  # for what stops everything: the rest must be reached
PORTEES = st.sampled_from([("mono", ()), ("multi", ("061", "831")), ("nationale", ())])


class Comptes:
    """Every account is this partner's."""

    def partenaire_de(self, identifiant: str, trace: str | None) -> str | None:
        return SIRET


class Chaine(RuleBasedStateMachine):
    """Acts on the product and on the model; both say yes, or both say no."""

    modele_de_base: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.dossier = Path(tempfile.mkdtemp())
        shutil.copytree(self._vierge(), self.dossier, dirs_exist_ok=True)
        self.engine = ouvrir(f"sqlite:///{self.dossier}/h.sqlite")
        self.present = DEPART
        self.travail: Travail[Any] = Travail(self.engine, "habilitation", Depots, lambda: self.present)
        creer_partenaire(self.travail, REFERENT, SIRET, "CCAS", Envoi())
        self.histoire = Histoire(DEPART)
        self.premiers_jours()

    @classmethod
    def _vierge(cls) -> Path:
        """An empty database, migrated once for all."""
        if cls.modele_de_base is None:
            cls.modele_de_base = Path(tempfile.mkdtemp())
            engine = ouvrir(f"sqlite:///{cls.modele_de_base}/h.sqlite", creer=True)
            migrer(engine, MIGRATIONS)
            engine.dispose()
        return cls.modele_de_base

    def premiers_jours(self) -> None:
        """Most runs should have rights to lose: the partner begins signed, with an administrateur and a group."""
        for genre in ("convention", "contrat", "bulletin"):
            self.deposer(genre, "signe", 0)
        self.designer(PERSONNES[0], Place.PRINCIPAL)
        self.creer("T1", ("mono", ()))
        self.ajouter(0, PERSONNES[1], None)
        self.confier(0, PERSONNES[2])

    def teardown(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.dossier)

    @property
    def etat(self) -> Any:
        return self.histoire.etat

    @property
    def jour(self) -> date:
        return jour_de(self.present)

    def administrateur(self) -> Acces:
        """Who says to be one: somebody who is, if there is one."""
        tenues = self.etat.administrateurs.values()
        qui = next((qui for qui in tenues if self.etat.administre(qui, self.jour)), PERSONNES[0])
        return Acces("essai", sujet=qui, partenaire=SIRET, administrateur=True)

    def administre(self) -> bool:
        return bool(self.etat.administre(self.administrateur().sujet, self.jour))

    def faire(self, permis: bool, acte: Callable[[], Any], suite: Callable[[Any, Any], None]) -> None:
        """Do it in the product; it succeeds if and only if the model permits it. What is lost is in the feed."""
        self.present += timedelta(seconds=1)
        avant = {qui: self.etat.droits(qui, self.jour) for qui in PERSONNES}
        numero = fil.suivre(self.engine, 0, 1, 0)["dernier"]
        try:
            rendu = acte()
        except Refus as refus:
            assert not permis, refus.cause
            return
        assert permis
        suite(self.histoire.suite(self.present), rendu)
        self._rien_de_perdu_en_silence(avant, numero)

    def _rien_de_perdu_en_silence(self, avant: dict[str, set[Any]], numero: int) -> None:
        entrees = [entree["contenu"] for entree in fil.suivre(self.engine, numero, 100, 0)["entrees"]]
        assert all(entree["version"] == self.histoire.version for entree in entrees)
        for qui, tenus in avant.items():
            siens = {droit[1] for droit in tenus if droit[0] == "groupe"}
            coupe = any(
                qui in entree.get("identifiants", ())
                or siens & set(entree.get("groupes", ()))
                or entree.get("partenaires")
                for entree in entrees
            )
            assert coupe or tenus <= self.etat.droits(qui, self.jour), (qui, entrees)

    @rule(
        genre=st.sampled_from(list(Genre)),
        etat=st.sampled_from(["signe", "envoye", "complet"]),
        attente=st.integers(0, 2),
    )
    def deposer(self, genre: str, etat: str, attente: int) -> None:
        bulletin = genre == "bulletin"
        le = self.jour + timedelta(days=attente)
        service, profils = (Service.CDAP, ("T1", "T2")) if bulletin else (None, ())
        demande = DemandeDocument(
            Genre(genre), le, service, profils, "suivi", Fondement.CONSENTEMENT, "referents", Etat(etat)
        )
        nom = "cdap" if bulletin else None
        ligne = {"genre": genre, "service": nom, "profils": profils, "etat": etat, "le": le}
        self.faire(
            not self.etat.pris(genre, nom, etat == "signe"),
            lambda: enregistrer_document(self.travail, REFERENT, SIRET, demande, Envoi()),
            lambda suite, id: suite.documents.update({id: ligne}),
        )

    def _choisi(self, choses: dict[str, Any], rang: int) -> str:
        return sorted(choses)[rang % len(choses)]

    @precondition(lambda self: self.etat.documents)
    @rule(rang=RANG, etat=st.sampled_from(ETATS[1:]))
    def avancer(self, rang: int, etat: str) -> None:
        id = self._choisi(self.etat.documents, rang)
        lu, le = self.etat.documents[id], self.jour + timedelta(days=2)
        suivant = lu["etat"] != "signe" and ETATS.index(etat) == ETATS.index(lu["etat"]) + 1
        libre = etat != "signe" or not self.etat.pris(lu["genre"], lu["service"], True)
        self.faire(
            suivant and libre and le >= lu["le"],
            lambda: avancer_document(self.travail, REFERENT, SIRET, id, Etat(etat), le, Envoi()),
            lambda suite, _: suite.documents[id].update(etat=etat, le=le),
        )

    @precondition(lambda self: self.etat.documents)
    @rule(rang=RANG, rarement=RAREMENT)
    def clore(self, rang: int, rarement: bool) -> None:
        if not rarement:
            return
        id = self._choisi(self.etat.documents, rang)
        self.faire(
            True,
            lambda: clore_document(self.travail, REFERENT, SIRET, id, "Fin", Envoi()),
            lambda suite, _: suite.documents.pop(id),
        )

    @rule(qui=QUI, place=PLACES)
    def designer(self, qui: str, place: Place) -> None:
        tenues = self.etat.administrateurs
        self.faire(
            self.etat.signe("convention", self.jour) and place not in tenues and qui not in tenues.values(),
            lambda: designer_administrateur(
                self.travail, REFERENT, Comptes(), SIRET, Administrateur(qui, place), Envoi()
            ),
            lambda suite, _: suite.administrateurs.update({str(place): qui}),
        )

    @rule(qui=QUI, place=PLACES)
    def remplacer(self, qui: str, place: Place) -> None:
        tenues = self.etat.administrateurs
        self.faire(
            self.etat.signe("convention", self.jour) and place in tenues and qui not in tenues.values(),
            lambda: remplacer_administrateur(
                self.travail, REFERENT, Comptes(), SIRET, Administrateur(qui, place), None, Envoi()
            ),
            lambda suite, _: suite.administrateurs.update({str(place): qui}),
        )

    @rule(place=PLACES, rarement=RAREMENT)
    def retirer_la_place(self, place: Place, rarement: bool) -> None:
        if not rarement:
            return
        self.faire(
            place in self.etat.administrateurs,
            lambda: retirer_administrateur(self.travail, REFERENT, SIRET, place, Envoi()),
            lambda suite, _: suite.administrateurs.pop(str(place)),
        )

    def _ligne(self, profil: str, portee: str, organismes: tuple[str, ...]) -> dict[str, Any]:
        couverts = (CAF,) if portee == "mono" else organismes
        bulletin = self.etat.bulletin("cdap")
        return {"service": "cdap", "profil": profil, "portee": portee, "organismes": couverts, "bulletin": bulletin}

    @rule(profil=PROFILS, ou=PORTEES)
    def creer(self, profil: str, ou: tuple[str, tuple[str, ...]]) -> None:
        ligne = self._ligne(profil, *ou)
        demande = DemandeGroupe("Accueil", Service.CDAP, profil, Portee(ou[0]), ou[1])
        self.faire(
            self.administre() and not self.etat.defauts(ligne, self.jour),
            lambda: creer_groupe(self.travail, self.administrateur(), SIRET, demande, Envoi()),
            lambda suite, groupe: suite.groupes.update({groupe.id: ligne | {"responsable": None, "membres": {}}}),
        )

    @precondition(lambda self: self.etat.groupes)
    @rule(rang=RANG, profil=PROFILS, ou=PORTEES)
    def changer(self, rang: int, profil: str, ou: tuple[str, tuple[str, ...]]) -> None:
        id = self._choisi(self.etat.groupes, rang)
        ancien, ligne = self.etat.groupes[id], self._ligne(profil, *ou)
        change = profil != ancien["profil"]
        restent = {qui: fin for qui, fin in ancien["membres"].items() if not change or fin is None or fin >= self.jour}
        libres = not change or all(not self.etat.profil_tenu(qui, self.jour, sauf=id) - {profil} for qui in restent)
        self.faire(
            self.administre() and not self.etat.defauts(ligne, self.jour) and libres,
            lambda: changer_groupe(
                self.travail, self.administrateur(), id, ChangementGroupe(None, profil, Portee(ou[0]), ou[1]), Envoi()
            ),
            lambda suite, _: self._rechanger(suite, id, ligne, restent, change),
        )

    def _rechanger(self, suite: Any, id: str, ligne: dict[str, Any], restent: dict[str, Any], change: bool) -> None:
        if change:
            for qui in list(suite.groupes[id]["membres"]):
                self._oublier_les_echus(suite, qui)
        suite.groupes[id].update(ligne | {"membres": restent})

    def _oublier_les_echus(self, suite: Any, qui: str) -> None:
        for groupe in suite.groupes.values():
            if groupe["membres"].get(qui) is not None and groupe["membres"][qui] < self.jour:
                del groupe["membres"][qui]

    @precondition(lambda self: self.etat.groupes)
    @rule(rang=RANG)
    def fermer(self, rang: int) -> None:
        id = self._choisi(self.etat.groupes, rang)
        self.faire(
            self.administre(),
            lambda: fermer_groupe(self.travail, self.administrateur(), id, Envoi()),
            lambda suite, _: suite.groupes.pop(id),
        )

    @precondition(lambda self: self.etat.groupes)
    @rule(rang=RANG, qui=QUI, jours=st.none() | st.integers(-1, 2))
    def ajouter(self, rang: int, qui: str, jours: int | None) -> None:
        id = self._choisi(self.etat.groupes, rang)
        fin = None if jours is None else self.jour + timedelta(days=jours)
        dedans = "appartenance_absente" not in self.etat.obstacles(id, qui, self.jour)
        echu = "echeance_passee" in self.etat.obstacles(id, qui, self.jour)
        tenus = self.etat.profil_tenu(qui, self.jour)
        self.faire(
            self.administre()
            and (fin is None or fin >= self.jour)
            and not (dedans and not echu)
            and not tenus - {self.etat.groupes[id]["profil"]},
            lambda: ajouter_membre(
                self.travail, self.administrateur(), Comptes(), id, NouveauMembre(qui, None, fin), Envoi()
            ),
            lambda suite, _: self._entrer(suite, id, qui, fin),
        )

    def _entrer(self, suite: Any, id: str, qui: str, fin: date | None) -> None:
        self._oublier_les_echus(suite, qui)
        suite.groupes[id]["membres"][qui] = fin

    @precondition(lambda self: self.etat.groupes)
    @rule(rang=RANG, qui=QUI)
    def retirer(self, rang: int, qui: str) -> None:
        id = self._choisi(self.etat.groupes, rang)
        membres = self.etat.groupes[id]["membres"]
        if membres and rang:
            qui = self._choisi(membres, rang)
        self.faire(
            self.administre() and qui in self.etat.groupes[id]["membres"],
            lambda: retirer_membre(self.travail, self.administrateur(), id, qui, Envoi()),
            lambda suite, _: suite.groupes[id]["membres"].pop(qui),
        )

    @precondition(lambda self: self.etat.groupes)
    @rule(rang=RANG, qui=QUI)
    def confier(self, rang: int, qui: str) -> None:
        id = self._choisi(self.etat.groupes, rang)
        self.faire(
            self.administre() and self.etat.groupes[id]["responsable"] is None,
            lambda: designer_responsable(self.travail, self.administrateur(), Comptes(), id, qui, None, Envoi()),
            lambda suite, _: suite.groupes[id].update(responsable=qui),
        )

    @precondition(lambda self: self.etat.groupes)
    @rule(rang=RANG)
    def reprendre(self, rang: int) -> None:
        id = self._choisi(self.etat.groupes, rang)
        self.faire(
            self.etat.groupes[id]["responsable"] is not None,
            lambda: retirer_responsable(self.travail, REFERENT, id, Envoi()),
            lambda suite, _: suite.groupes[id].update(responsable=None),
        )

    @rule(genre=st.sampled_from(list(Cible)), rang=RANG, qui=QUI)
    def suspendre(self, genre: Cible, rang: int, qui: str) -> None:
        if genre is Cible.GROUPE and not self.etat.groupes:
            return
        references = {Cible.SERVICE: "cdap", Cible.UTILISATEUR: qui}
        reference = references.get(genre) or self._choisi(self.etat.groupes, rang)
        self.faire(
            not self.etat.suspendu(genre, reference),
            lambda: suspendre(self.travail, REFERENT, Comptes(), SIRET, (genre, reference), "Contrôle", Envoi()),
            lambda suite, id: suite.suspensions.update({id: (str(genre), reference)}),
        )

    @precondition(lambda self: self.etat.suspensions)
    @rule(rang=RANG)
    def lever(self, rang: int) -> None:
        id = self._choisi(self.etat.suspensions, rang)
        self.faire(
            True,
            lambda: lever_suspension(self.travail, REFERENT, SIRET, id, "Expliqué", Envoi()),
            lambda suite, _: suite.suspensions.pop(id),
        )

    @rule(heures=st.integers(1, 40))
    def attendre(self, heures: int) -> None:
        """Time passes, and the relay does its chore: what ended by itself is told under a version of its own."""
        avant = {qui: self.etat.droits(qui, self.jour) for qui in PERSONNES}
        numero = fil.suivre(self.engine, 0, 1, 0)["dernier"]
        self.present += timedelta(hours=heures)
        dire_les_echeances(self.engine, self.present)
        if fil.suivre(self.engine, 0, 1, 0)["dernier"] > numero:
            self.histoire.suite(self.present)
        self._rien_de_perdu_en_silence(avant, numero)

    @rule(qui=QUI, profil=PROFILS, organisme=st.sampled_from([CAF, "831", "441"]), part=st.floats(0, 1))
    def expliquer_le_passe(self, qui: str, profil: str, organisme: str, part: float) -> None:
        self._comparer(qui, profil, organisme, DEPART + (self.present - DEPART) * part)

    @rule(profil=st.sampled_from(["T1", "T2"]), recul=st.integers(0, 5))
    def expliquer_a_l_instant_d_un_acte(self, profil: str, recul: int) -> None:
        for qui in PERSONNES:
            self._comparer(qui, profil, CAF, self.histoire.instants[-1 - recul])

    @rule(qui=QUI, profil=PROFILS)
    def expliquer_le_present(self, qui: str, profil: str) -> None:
        self._comparer(qui, profil, CAF, None)

    def _comparer(self, qui: str, profil: str, organisme: str, a: datetime | None) -> None:
        rendu = expliquer_droit(self.travail, REFERENT, SIRET, qui, Question(Service.CDAP, profil, organisme), a)
        instant = a or self.present
        etat = self.histoire.a(instant)
        assert etat is not None
        accorde, causes = etat.explique(qui, "cdap", profil, organisme, jour_de(instant))
        assert rendu.accorde == accorde
        assert rendu.manquant is None if accorde else rendu.manquant in causes

    @rule(recul=st.integers(0, 2), organisme=st.sampled_from([CAF, "831"]))
    def qui_pouvait(self, recul: int, organisme: str) -> None:
        jour = self.jour - timedelta(days=recul)
        questions = tuple(Question(Service.CDAP, profil, organisme) for profil in ("T1", "T2"))
        rendu = lire_habilites(self.travail, REFERENT, questions, jour)
        attendu = {
            (qui, profil)
            for etat in self.histoire.du_jour(jour)
            for qui in PERSONNES
            for profil in ("T1", "T2")
            if etat.explique(qui, "cdap", profil, organisme, jour)[0]
        }
        assert {(lu.identifiant, lu.profil) for lu in rendu.habilites} == attendu

    @invariant()
    def les_droits_et_la_version_sont_ceux_du_modele(self) -> None:
        for qui in PERSONNES:
            lus = lire_droits(self.travail, qui, SIRET)
            assert lus.version == self.histoire.version
            rendus: set[tuple[Any, ...]] = {("administrateur",)} if lus.administrateur else set()
            rendus |= {("responsable", id) for id in lus.responsable_de}
            for lu in lus.groupes:
                habilitation = lu.groupe.habilitation
                rendus.add(("groupe", lu.groupe.id, habilitation.profil, habilitation.organismes))
            assert rendus == self.etat.droits(qui, self.jour)


TestChaine = Chaine.TestCase
TestChaine.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
