"""Delivering the attestation de paiement: who may, when not, by which channel, and never without its event."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256

import pikepdf
import pytest
from fabrique import avec_liens, il_y_a, saisie, un_dossier, un_dossier_paye
from pypdf import PdfReader
from sqlalchemy import text

from atelier import un_groupe, un_utilisateur
from atelier.cellules import CELLULES
from cdap.adapters.tables import attestations
from cdap.domain.attestation import LIBELLES, Motif
from cdap.domain.foyer import Personne, Role, Situation, SituationDossier
from cdap.domain.profils import Profil
from cdap.domain.versements import Paiement, QuotientFamilial
from cdap.main import application

ICI = "/cdap/v1/consultations"


@pytest.fixture
def consulte(banc, connait):
    """Open a dossier as this profile; gives who did, and the address of its attestations."""

    def ouvrir(dossier=None, profil="T1", **claims):
        connait(dossier or un_dossier_paye())
        appelant = banc.en_tant_que(un_utilisateur(un_groupe(profil=profil), **claims))
        ouverte = appelant.post(ICI, json=saisie())
        assert ouverte.status_code == 201, ouverte.text
        return appelant, f"{ICI}/{ouverte.json()['id']}/attestations"

    return ouvrir


def demander(appelant, ici, canal="telechargement"):
    return appelant.post(ici, json={"canal": canal})


@pytest.mark.parametrize("profil", list(Profil))
def test_seuls_les_profils_qui_ont_l_attestation_la_delivrent(banc, consulte, profil):
    appelant, ici = consulte(profil=profil)
    for rang, canal in enumerate(("telechargement", "courrier"), start=2):
        reponse = demander(appelant, ici, canal)
        permis = "attestation-paiement" in CELLULES[profil]
        statut = {"telechargement": 200, "courrier": 202}[canal] if permis else 403
        trace = banc.derniere_trace
        assert (reponse.status_code, len(banc.traces)) == (statut, rang)
        attendu = ("accorde", None) if permis else ("refuse", "rubrique_hors_profil")
        assert (trace["type"], trace["issue"], trace["cause"]) == ("cdap.attestation.delivree", *attendu)
        assert (trace["rubrique"], trace["objet"], trace["profil"]) == ("attestation-paiement", canal, profil)
        assert trace["dossier"] == {"organisme": "831", "numero_allocataire": "0412377"}
        assert reponse.headers["Audit-Receipt"] == trace["id"]


def test_le_pdf_porte_l_evenement_et_dit_les_donnees(banc, consulte):
    appelant, ici = consulte()
    reponse = demander(appelant, ici)
    assert reponse.headers["Content-Type"] == "application/pdf"
    assert reponse.headers["Cache-Control"] == "no-store"
    assert "0412377" not in reponse.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(reponse.content)) as pdf, pdf.open_metadata() as dit:
        assert dit["pdf:Keywords"] == banc.derniere_trace["id"]
    lu = "".join(page.extract_text() for page in PdfReader(io.BytesIO(reponse.content)).pages)
    for attendu in (banc.derniere_trace["id"], "LEFÈVRE-D’ORMESSON", "0412377", "273,87", "1\u202f777,47\u00a0€"):
        assert attendu in lu


BLOCAGES = {
    Motif.DOSSIER_RADIE: un_dossier_paye(situation=Situation(dossier=SituationDossier.RADIATION)),
    Motif.DOSSIER_SUSPENDU: un_dossier_paye(situation=Situation(dossier=SituationDossier.SUSPENSION)),
    Motif.AFFILIATION_EN_COURS: un_dossier_paye(situation=Situation(dossier=SituationDossier.EN_COURS)),
    Motif.RESPONSABLE_INCONNU: un_dossier_paye(
        personnes=(Personne(role=Role.DEM), Personne(role=Role.CJT, nom_naissance="AUBRAC"))
    ),
    Motif.DECES: un_dossier_paye(personnes=(Personne(role=Role.DEM, nom_naissance="AUBRAC", date_deces=il_y_a(1)),)),
    Motif.PAIEMENTS_INDISPONIBLES: un_dossier_paye(paiements=None),
    Motif.AUCUN_PAIEMENT: un_dossier_paye(paiements=()),
    Motif.DETAIL_INDISPONIBLE: un_dossier_paye(
        paiements=(Paiement(emis_le=il_y_a(1), periode="2020-01", montant_paye=None),)
    ),
    Motif.QUOTIENT_FAMILIAL_INDISPONIBLE: un_dossier_paye(quotient_familial=None),
    Motif.QUOTIENT_FAMILIAL_NUL: un_dossier_paye(quotient_familial=QuotientFamilial(valeur=0, mois="2026-01")),
    Motif.TEXTE_NON_IMPRIMABLE: un_dossier_paye(
        personnes=(Personne(role=Role.DEM, nom_naissance="AUBRAC", prenom="日本"),)
    ),
}


@pytest.mark.parametrize("motif", BLOCAGES)
@pytest.mark.parametrize("canal", ["telechargement", "courrier"])
def test_un_cas_bloquant_est_refuse_avec_son_motif_en_francais_et_son_evenement(banc, consulte, motif, canal):
    appelant, ici = consulte(BLOCAGES[motif])
    reponse = demander(appelant, ici, canal)
    probleme = reponse.json()
    assert (reponse.status_code, probleme["type"]) == (409, "urn:mcp:probleme:attestation-impossible")
    assert probleme["erreurs"] == [{"champ": "attestation", "motif": LIBELLES[motif]}]
    trace = banc.derniere_trace
    assert (trace["issue"], trace["cause"]) == ("refuse", motif.value)
    assert reponse.headers["Audit-Receipt"] == trace["id"]
    assert "AUBRAC" not in reponse.text
    with banc.engine.begin() as connexion:
        assert connexion.execute(attestations.select()).all() == []


def test_sans_adresse_l_attestation_se_telecharge_mais_ne_se_poste_pas(banc, consulte):
    appelant, ici = consulte(un_dossier_paye(adresse=None))
    assert demander(appelant, ici).status_code == 200
    assert demander(appelant, ici, "courrier").status_code == 409
    assert banc.derniere_trace["cause"] == "adresse_indisponible"


def test_une_caf_sans_donnees_de_reference_n_en_delivre_pas(banc, connait):
    dossier = un_dossier_paye()
    connait(replace(dossier, cle=replace(dossier.cle, organisme="441")))
    appelant = banc.en_tant_que(un_utilisateur(un_groupe(portee="nationale", organismes=())))
    ouverte = appelant.post(ICI, json=saisie(organisme="441")).json()["id"]
    assert demander(appelant, f"{ICI}/{ouverte}/attestations").status_code == 409
    assert banc.derniere_trace["cause"] == "caf_inconnue"


def test_le_controle_du_profil_est_refait_a_la_delivrance(banc, consulte, connait):
    appelant, ici = consulte(profil="T19")
    assert demander(appelant, ici).status_code == 200
    with banc.engine.begin() as connexion:
        connexion.execute(text("DELETE FROM dossiers"))
    connait(replace(un_dossier_paye(), liens=avec_liens(droits_rsa=()).liens))
    for canal in ("telechargement", "courrier"):
        assert demander(appelant, ici, canal).status_code == 403
        assert banc.derniere_trace["cause"] == "rsa_absent"


def test_par_courrier_elle_est_remise_une_seule_fois_avec_sa_preuve(banc, consulte, relais):
    appelant, ici = consulte()
    premiere = demander(appelant, ici, "courrier")
    envoi = premiere.json()
    assert premiere.headers["Location"] == f"/cdap/v1/attestations/{envoi['id']}"
    assert (envoi["id"], envoi["etat"], envoi["remis_a"]) == (banc.derniere_trace["id"], "en_attente", None)
    assert demander(appelant, ici, "courrier").json() == envoi  # asked twice, posted once
    assert banc.derniere_trace["objet"] == f"courrier:deja-demandee:{envoi['id']}"
    relais()
    suivie = appelant.get(premiere.headers["Location"])
    assert (suivie.status_code, suivie.json()["etat"]) == (200, "remis")
    assert suivie.json()["remis_a"] is not None
    assert (banc.derniere_trace["type"], banc.derniere_trace["objet"]) == ("cdap.attestation.suivie", envoi["id"])
    assert (banc.derniere_trace["profil"], banc.derniere_trace["finalite"]) == ("T1", "accompagnement-social")
    pdf = (banc.reglages.dossier_courriers / f"{envoi['id']}.pdf").read_bytes()
    assert sha256(pdf).hexdigest() == envoi["empreinte"] == suivie.json()["empreinte"]
    assert len(list(banc.reglages.dossier_courriers.iterdir())) == 2
    with banc.engine.begin() as connexion:
        assert connexion.execute(text("SELECT pdf FROM attestations_par_courrier")).scalar() == b""


def test_l_attestation_postee_d_une_autre_personne_n_existe_pas(banc, consulte):
    appelant, ici = consulte()
    adresse = demander(appelant, ici, "courrier").headers["Location"]
    autre = banc.en_tant_que(un_utilisateur(un_groupe(), sub="ACC9XYZ2"))
    for lieu, cause in ((adresse, "attestation_d_un_autre"), (f"{adresse}0", "attestation_inconnue")):
        reponse = autre.get(lieu)
        assert (reponse.status_code, reponse.json()["type"]) == (404, "urn:mcp:probleme:ressource-inconnue")
        assert (banc.derniere_trace["cause"], banc.derniere_trace["dossier"]) == (cause, None)


def test_sans_trace_possible_il_n_y_a_ni_pdf_ni_lettre(banc, consulte):
    appelant, ici = consulte()
    with banc.engine.begin() as connexion:
        connexion.execute(text("CREATE TRIGGER plein BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'full'); END"))
    for canal in ("telechargement", "courrier"):
        reponse = demander(appelant, ici, canal)
        assert (reponse.status_code, b"%PDF" in reponse.content) == (503, False)
    with banc.engine.begin() as connexion:
        assert connexion.execute(attestations.select()).all() == []


def test_la_composition_ne_tient_pas_le_verrou_de_la_base(banc, consulte):
    """Two writers at once: while one composes, the other commits."""
    consulte()
    fait = []

    class Lente:
        def imprimer(self, *arguments):
            with banc.engine.begin() as connexion:  # would wait four seconds, and fail, behind a lock
                connexion.execute(text("UPDATE consultations SET groupe = groupe"))
            fait.append(True)
            return b"%PDF-lent"

    banc.servir(application(banc.reglages, imprimeur=Lente()))
    sien = banc.en_tant_que(un_utilisateur(un_groupe()))
    ouverte = sien.post(ICI, json=saisie()).json()["id"]
    assert demander(sien, f"{ICI}/{ouverte}/attestations").content == b"%PDF-lent"
    assert fait == [True]


def test_deux_demandes_simultanees_ont_la_meme_lettre(banc, consulte):
    """Both find no letter, then both compose: one confides it, the other is given the same."""
    consulte()
    ensemble = threading.Barrier(2)

    class Simultanee:
        def imprimer(self, *arguments):
            ensemble.wait(timeout=10)
            return b"%PDF-double"

    banc.servir(application(banc.reglages, imprimeur=Simultanee()))
    sien = banc.en_tant_que(un_utilisateur(un_groupe()))
    ici = f"{ICI}/{sien.post(ICI, json=saisie()).json()['id']}/attestations"
    with ThreadPoolExecutor(2) as fils:
        reponses = list(fils.map(lambda _: demander(sien, ici, "courrier"), range(2)))
    assert [reponse.status_code for reponse in reponses] == [202, 202]
    assert reponses[0].json() == reponses[1].json()
    (lettre,) = {reponse.json()["id"] for reponse in reponses}
    dits = [trace["data"] for trace in banc.traces if trace["type"] == "cdap.attestation.delivree"]
    assert {dit["issue"] for dit in dits} == {"accorde"}
    assert {dit["objet"] for dit in dits} == {"courrier", f"courrier:deja-demandee:{lettre}"}
    with banc.engine.begin() as connexion:
        assert len(connexion.execute(attestations.select()).all()) == 1


def test_la_rubrique_dit_les_memes_motifs(banc, consulte):
    for motif, dossier in BLOCAGES.items():
        if motif is Motif.TEXTE_NON_IMPRIMABLE:
            continue
        with banc.engine.begin() as connexion:
            connexion.execute(text("DELETE FROM dossiers"))
        appelant, ici = consulte(dossier)
        lue = appelant.get(ici.replace("attestations", "rubriques/attestation-paiement"))
        assert lue.json() == {"indisponible": motif.value}


def test_un_canal_inconnu_est_un_400(consulte):
    appelant, ici = consulte(un_dossier())
    for corps in ({"canal": "pigeon"}, {}, {"canal": "courrier", "adresse": "ailleurs"}):
        assert appelant.post(ici, json=corps).status_code == 400
