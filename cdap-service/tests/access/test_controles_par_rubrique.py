"""Each extra check passing and failing, and each portée, on every one of the 14 rubriques; one event for each."""

from dataclasses import replace

import pytest
from fabrique import BAILLEUR, INSTRUCTEUR, avec_liens, il_y_a, saisie, un_dossier
from sqlalchemy import text

from atelier import un_groupe, un_utilisateur
from atelier.cellules import CELLULES
from atelier.personas import SIRET
from cdap.domain.dossiers import DroitRsa, Mandat
from cdap.domain.profils import Rubrique

ICI = "/cdap/v1/consultations"
AUTRE_SIRET = "35600000000048"
CONTROLES = {
    "T4 instructeur du dossier": ("T4", {"numeros_instructeur": (INSTRUCTEUR,)}, None),
    "T4 l'un de deux instructeurs": ("T4", {"numeros_instructeur": ("083C1260100000", INSTRUCTEUR)}, None),
    "T4 instructeur d'ailleurs": ("T4", {"numeros_instructeur": ("083C1260100000",)}, "instructeur_incoherent"),
    "T4 sans instructeur": ("T4", {"numeros_instructeur": ()}, "instructeur_incoherent"),
    "T4 instructeur inconnu": ("T4", {"numeros_instructeur": None}, "instructeur_incoherent"),
    "T9 mesure en cours": ("T9", {"mandats": (Mandat(siret=SIRET, depuis=il_y_a(3)),)}, None),
    "T9 mesure passee": ("T9", {"mandats": (Mandat(siret=SIRET, depuis=il_y_a(60), jusqu_a=il_y_a(50)),)}, None),
    "T9 mesure a venir": ("T9", {"mandats": (Mandat(siret=SIRET, depuis=il_y_a(-1)),)}, "hors_tutelle"),
    "T9 mesure d'un autre": ("T9", {"mandats": (Mandat(siret=AUTRE_SIRET, depuis=il_y_a(3)),)}, "hors_tutelle"),
    "T9 sans mesure": ("T9", {"mandats": None}, "hors_tutelle"),
    "T10 son logement": ("T10", {"numero_bailleur": BAILLEUR}, None),
    "T10 le logement d'un autre": ("T10", {"numero_bailleur": "831000004"}, "bailleur_incoherent"),
    "T10 logement inconnu": ("T10", {"numero_bailleur": None}, "bailleur_incoherent"),
    "T18 RSA en cours": ("T18", {"droits_rsa": (DroitRsa(depuis=il_y_a(12)),)}, None),
    "T18 RSA d'il y a 23 mois": ("T18", {"droits_rsa": (DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(23)),)}, None),
    "T18 RSA d'il y a 25 mois": (
        "T18",
        {"droits_rsa": (DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(25)),)},
        "rsa_trop_ancien",
    ),
    "T18 jamais de RSA": ("T18", {"droits_rsa": ()}, "rsa_absent"),
    "T19 RSA en cours": ("T19", {"droits_rsa": (DroitRsa(depuis=il_y_a(12)),)}, None),
    "T19 RSA d'il y a 23 mois": ("T19", {"droits_rsa": (DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(23)),)}, None),
    "T19 RSA d'il y a 25 mois": (
        "T19",
        {"droits_rsa": (DroitRsa(depuis=il_y_a(60), jusqu_a=il_y_a(25)),)},
        "rsa_trop_ancien",
    ),
    "T19 RSA a venir": ("T19", {"droits_rsa": (DroitRsa(depuis=il_y_a(-1)),)}, "rsa_absent"),
    "T19 RSA inconnu": ("T19", {"droits_rsa": None}, "rsa_absent"),
}


def mettre(banc, connait, dossier):
    """Exactly this dossier: an import would join the periods of RSA."""
    with banc.engine.begin() as connexion:
        connexion.execute(text("DELETE FROM dossiers"))
    connait(dossier)


def lire_les_quatorze(banc, appelant, consultation):
    """Each rubrique: its status, the cause of its one event; asserts that there is one, with its receipt."""
    lues = {}
    for rubrique in Rubrique:
        avant = len(banc.traces)
        reponse = appelant.get(f"{ICI}/{consultation}/rubriques/{rubrique}")
        assert len(banc.traces) == avant + 1
        trace = banc.derniere_trace
        assert reponse.headers["Audit-Receipt"] == trace["id"]
        assert (trace["type"], trace["rubrique"]) == ("cdap.rubrique.lue", rubrique)
        assert (trace["issue"] == "accorde") is (reponse.status_code == 200)
        lues[str(rubrique)] = (reponse.status_code, trace["cause"])
    return lues


@pytest.mark.parametrize("cas", CONTROLES)
def test_le_controle_vaut_pour_chaque_rubrique(banc, connait, cas):
    profil, liens, cause = CONTROLES[cas]
    mettre(banc, connait, un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe(profil=profil)))
    consultation = appelant.post(ICI, json=saisie()).json()["id"]
    mettre(banc, connait, avec_liens(**liens))
    ouvertes = dict.fromkeys(CELLULES[profil], (200, None) if cause is None else (403, cause))
    fermees = dict.fromkeys(map(str, Rubrique), (403, "rubrique_hors_profil"))
    assert lire_les_quatorze(banc, appelant, consultation) == fermees | ouvertes
    assert appelant.post(ICI, json=saisie()).status_code == (201 if cause is None else 404)
    assert banc.derniere_trace["cause"] == cause


PORTEES = {
    "mono, sa Caf": ("mono", ("831",), None),
    "mono, une autre Caf": ("mono", ("441",), "hors_portee"),
    "multi avec la Caf": ("multi", ("131", "831"), None),
    "multi sans la Caf": ("multi", ("131", "441"), "hors_portee"),
    "multi sans aucune Caf": ("multi", (), "hors_portee"),
    "nationale": ("nationale", (), None),
}


@pytest.mark.parametrize("portee", PORTEES)
def test_la_portee_vaut_pour_chaque_rubrique(banc, connait, portee):
    """Opened with a group that covers the Caf, read with what the group has become."""
    nom, organismes, cause = PORTEES[portee]
    mettre(banc, connait, un_dossier())
    groupe = un_groupe()
    personne = un_utilisateur(groupe)
    consultation = banc.en_tant_que(personne).post(ICI, json=saisie()).json()["id"]
    appelant = banc.en_tant_que(personne.avec(groups=[groupe | {"portee": nom, "organismes": list(organismes)}]))
    ouvertes = dict.fromkeys(CELLULES["T1"], (200, None))
    fermees = dict.fromkeys(map(str, Rubrique), (403, "rubrique_hors_profil"))
    attendu = fermees | ouvertes if cause is None else dict.fromkeys(map(str, Rubrique), (403, cause))
    assert lire_les_quatorze(banc, appelant, consultation) == attendu
    assert appelant.post(ICI, json=saisie()).status_code == (201 if cause is None else 404)
    assert banc.derniere_trace["cause"] == cause


def test_la_portee_nationale_ouvre_le_dossier_de_chaque_caf(banc, connait):
    dossier = un_dossier()
    connait(*(replace(dossier, cle=replace(dossier.cle, organisme=caf)) for caf in ("831", "131", "974")))
    appelant = banc.en_tant_que(un_utilisateur(un_groupe(portee="nationale", organismes=())))
    for caf in ("831", "131", "974"):
        consultation = appelant.post(ICI, json=saisie(organisme=caf)).json()["id"]
        lues = lire_les_quatorze(banc, appelant, consultation)
        assert {rubrique for rubrique, (statut, _) in lues.items() if statut == 200} == CELLULES["T1"]
        assert banc.derniere_trace["dossier"]["organisme"] == caf
