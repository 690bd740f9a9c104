"""The extract for the allocataire: who, when, why, proven, without an agent's name."""

import io
import json

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from atelier import un_administrateur, un_agent, un_referent
from audit.main import application
from socle.documents import DocumentImpossible

URL = "/audit/v1/extraits"
DOSSIER = {"organisme": "831", "numero_allocataire": "0412377"}
CONTROLEUR = un_agent("caf:controleur")
POURQUOI = {
    "finalite": "accompagnement-social",
    "fondement": "mission-interet-public",
    "destinataire": "travailleurs-sociaux",
}


@pytest.fixture
def acces(journaliser, forge):
    """Three granted accesses to the dossier among others; the ids of the three, oldest first."""

    def un(minute, dossier=DOSSIER, **champs):
        communs = {"sujet": "ACC7K2M", "session": "s-1", "adresse": "10.1.2.3", "profil": "T1", "groupe": "g1"}
        return forge.evenement(minute=minute, dossier=dossier, **communs | POURQUOI | champs)

    ids = journaliser(
        un(0, caf="831", partenaire="99900031800017", type="cdap.consultation.ouverte"),
        un(1, caf="831", partenaire="99900031800017", issue="refuse", cause="hors_portee"),
        un(2, caf="831", dossier=DOSSIER | {"numero_allocataire": "0412378"}),
        un(3, caf="831", partenaire="99900031800017", rubrique="rsa"),
        un(4, caf="521", partenaire="99900031800025", rubrique="droits"),
    )
    journaliser(
        forge.evenement("audit", type="audit.journal.lu", caf="831", sujet="ACC3AGNT", dossier=DOSSIER, minute=5),
        source="audit",
    )
    return [ids[0], ids[3], ids[4]]


def test_l_extrait_dit_qui_quand_et_pourquoi_de_chaque_acces_accorde_avec_sa_preuve(banc, acces):
    reponse = banc.en_tant_que(CONTROLEUR).post(URL, json={"dossier": DOSSIER})
    assert reponse.status_code == 200, reponse.text
    extrait = reponse.json()
    assert [ligne["id"] for ligne in extrait["consultations"]] == acces[::-1]
    ligne = extrait["consultations"][1]
    assert ligne | POURQUOI == ligne
    assert (ligne["organisation"], ligne["profil"], ligne["rubrique"]) == ("99900031800017", "T1", "rsa")
    assert (ligne["source"], ligne["rang"]) == ("cdap", 4)
    entree = banc.en_tant_que(CONTROLEUR).get(f"/audit/v1/evenements/{ligne['id']}").json()
    assert entree["empreinte"] == ligne["empreinte"]
    assert all(mot not in reponse.text for mot in ("ACC7K2M", "ACC3AGNT", "s-1", "10.1.2.3"))
    trace = next(trace for trace in banc.traces if trace["id"] == extrait["recu"])
    assert (trace["type"], trace["data"]["dossier"]) == ("audit.extrait.remis", DOSSIER)
    assert reponse.headers["Audit-Receipt"] == extrait["recu"]


def test_l_extrait_en_pdf_est_accessible_et_ne_nomme_personne(banc, acces):
    reponse = banc.en_tant_que(CONTROLEUR).post(URL, json={"dossier": DOSSIER, "format": "pdf"})
    assert (reponse.status_code, reponse.headers["Content-Type"]) == (200, "application/pdf")
    assert reponse.headers["Cache-Control"] == "no-store"
    with pikepdf.open(io.BytesIO(reponse.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("fr")
        with document.open_metadata() as dit:
            assert (dit["dc:title"], str(dit["pdfuaid:part"])) == ("Extrait des consultations d’un dossier", "1")
    assert banc.derniere_trace["type"] == "audit.extrait.remis"
    pages = PdfReader(io.BytesIO(reponse.content)).pages
    lu = " ".join("".join(page.extract_text() for page in pages).split())
    for attendu in (
        "Nombre de consultations 1",
        "Nombre d’accès 3",
        "Mission d’intérêt public",
        "Accompagnement social",
    ):
        assert attendu in lu
    assert all(code not in lu for code in ("cdap.", "mission-interet", "interet public"))


def test_un_dossier_que_personne_n_a_consulte_a_un_extrait_vide(banc):
    for format in ("json", "pdf"):
        assert banc.en_tant_que(CONTROLEUR).post(URL, json={"dossier": DOSSIER, "format": format}).status_code == 200


def test_une_periode_borne_l_extrait(banc, acces):
    corps = {"dossier": DOSSIER, "depuis": "2026-03-02T10:02:00+01:00", "jusqu_a": "2026-03-02T09:04:00Z"}
    extrait = banc.en_tant_que(CONTROLEUR).post(URL, json=corps).json()
    assert [ligne["id"] for ligne in extrait["consultations"]] == acces[1:2]


def test_un_document_qui_ne_se_fait_pas_n_est_pas_remis(banc, acces, monkeypatch):
    def en_panne(extrait):
        raise DocumentImpossible("no font")

    monkeypatch.setattr("audit.adapters.document.en_pdf", en_panne)
    banc.servir(application(banc.reglages))
    assert banc.en_tant_que(CONTROLEUR).post(URL, json={"dossier": DOSSIER, "format": "pdf"}).status_code == 500
    assert (banc.derniere_trace["type"], banc.derniere_trace["issue"]) == ("audit.extrait.remis", "echec")


ALTERATIONS = {
    "UPDATE journal SET corps = CAST(replace(corps, '\"rsa\"', '\"cmu\"') AS BLOB) WHERE rang = 4": "chaine_rompue",
    "UPDATE journal SET precedente = empreinte WHERE rang = 5": "chaine_rompue",
    "DELETE FROM journal WHERE rang = 3": "chaine_rompue",
    "UPDATE journal SET numero_allocataire = '0412377' WHERE rang = 3": "colonne_contredite",
}


@pytest.mark.parametrize("ordre", ALTERATIONS)
def test_un_journal_altere_autour_d_une_consultation_ne_donne_pas_d_extrait(banc, acces, ordre):
    with banc.engine.begin() as connexion:
        for declencheur in ("journal_sans_modification", "journal_sans_suppression"):
            connexion.execute(text(f"DROP TRIGGER {declencheur}"))
        connexion.exec_driver_sql(ordre)
    reponse = banc.en_tant_que(CONTROLEUR).post(URL, json={"dossier": DOSSIER})
    assert (reponse.status_code, reponse.json()["type"]) == (503, "urn:mcp:probleme:service-indisponible")
    assert (banc.derniere_trace["issue"], banc.derniere_trace["cause"]) == ("echec", ALTERATIONS[ordre])


def test_le_dossier_d_une_autre_caf_n_a_pas_d_extrait_ici(banc, acces):
    corps = {"dossier": DOSSIER | {"organisme": "521"}}
    assert banc.en_tant_que(CONTROLEUR).post(URL, json=corps).status_code == 403
    assert (banc.derniere_trace["cause"], banc.derniere_trace["dossier"]) == ("hors_caf", corps["dossier"])


@pytest.mark.parametrize("persona", [un_referent(), un_agent("caf:superviseur"), un_administrateur()])
def test_qui_n_est_pas_controleur_ne_remet_pas_d_extrait(banc, persona):
    assert banc.en_tant_que(persona).post(URL, json={"dossier": DOSSIER}).status_code == 403
    assert json.dumps(banc.traces[-1]).count("audit.extrait.remis") == 1


@pytest.mark.parametrize("corps", [{}, {"dossier": {"organisme": "831"}}, {"dossier": DOSSIER, "depuis": "hier"}])
def test_une_demande_mal_formee_est_refusee(banc, corps):
    assert banc.en_tant_que(CONTROLEUR).post(URL, json=corps).status_code == 400
