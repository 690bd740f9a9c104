"""Who passes, who does not, and the trace of it."""

from pathlib import Path
from typing import Any

import pytest

from atelier import un_administrateur, un_groupe, un_referent, un_service, un_utilisateur

OUVRIR = ("POST", "/cdap/v1/consultations")
LIRE = ("GET", "/cdap/v1/consultations/0198f3c2/rubriques/rsa")
JSON = [("Content-Type", "application/json")]


def un_t1() -> Any:
    return un_utilisateur(un_groupe())


def test_un_t1_passe_et_la_passerelle_ne_laisse_pas_de_trace(porte: Any) -> None:
    reponse = porte.demander(*OUVRIR, persona=un_t1(), entetes=JSON, corps=b'{"nom":"x"}')
    assert (reponse.statut, reponse.corps) == (200, b'{"ok":true}')
    assert reponse.entetes["Audit-Receipt"]
    assert [recue.corps for recue in porte.cdap.recues] == [b'{"nom":"x"}']
    assert porte.nouvelles_traces() == []


def test_le_service_recoit_le_chemin_et_la_requete_tels_qu_ils_furent_ecrits(porte: Any) -> None:
    porte.demander("GET", "/cdap/v1/consultations/caf%C3%A9+1/rubriques/a%20b?x=%2F..%2F&y=a+b&x=", persona=un_t1())
    assert porte.cdap.recues[0].chemin == "/cdap/v1/consultations/caf%C3%A9+1/rubriques/a%20b?x=%2F..%2F&y=a+b&x="


def test_le_service_recoit_la_preuve_de_la_passerelle_et_l_adresse_du_client(porte: Any) -> None:
    usurpes = [("Mcp-Adresse", "6.6.6.6"), ("Mcp-Passerelle", "faux"), ("X-Forwarded-For", "6.6.6.6"),
               ("Forwarded", "x"),
               ("X_Auth_Role", "caf:referent"), ("mcp_adresse", "6.6.6.6"), ("Cookie", "a=b"), ("TE", "trailers"),
               ("Connection", "keep-alive, mcp-adresse, mcp-passerelle, traceparent"), ("Keep-Alive", "5"),
               ("Accept", "application/json"), ("traceparent", f"00-{'a' * 32}-{'b' * 16}-01")]  # fmt: skip
    porte.demander(*LIRE, persona=un_t1(), entetes=usurpes)
    (recue,) = porte.cdap.recues
    assert recue.valeurs("Mcp-Adresse") == ["127.0.0.1"]
    (preuve,) = recue.valeurs("Mcp-Passerelle")
    assert preuve.count(".") == 2
    assert recue.valeurs("traceparent")[0].startswith(f"00-{'a' * 32}-")
    noms = {nom.lower() for nom, _ in recue.entetes}
    assert noms == {"host", "accept", "authorization", "traceparent", "mcp-passerelle", "mcp-adresse", "mcp-echange"}
    assert recue.valeurs("Host") == [porte.cdap.url.removeprefix("http://")]


@pytest.mark.parametrize(
    ("persona", "methode", "chemin", "evenement"),
    [
        (un_utilisateur(), *OUVRIR, "cdap.consultation.ouverte"),
        (un_utilisateur(un_groupe(service="afas")), *LIRE, "cdap.rubrique.lue"),
        (un_administrateur(), *LIRE, "cdap.rubrique.lue"),
        (un_referent(), *OUVRIR, "cdap.consultation.ouverte"),
        (un_utilisateur(un_groupe()), "GET", "/audit/v1/evenements", "audit.journal.lu"),
        (un_utilisateur(un_groupe()), "POST", "/habilitation/v1/partenaires", "habilitation.partenaire.cree"),
    ],
)
def test_un_refus_laisse_un_evenement_et_son_recu(
    porte: Any, persona: Any, methode: str, chemin: str, evenement: str
) -> None:
    reponse = porte.demander(methode, chemin, persona=persona, entetes=JSON, corps=b"{}" if methode == "POST" else None)
    assert (reponse.statut, reponse.probleme) == (403, "acces-refuse")
    assert porte.cdap.recues == []
    (trace,) = porte.nouvelles_traces()
    assert reponse.entetes["Audit-Receipt"] == trace["id"]
    assert (trace["source"], trace["type"]) == ("gateway", evenement)
    dit = {cle: trace["data"][cle] for cle in ("issue", "cause", "sujet", "session", "adresse")}
    assert dit == {"issue": "refuse", "cause": "regle_de_l_operation", "sujet": persona.identifiant,
                   "session": persona.claims["sid"], "adresse": "127.0.0.1"}  # fmt: skip


def test_un_refus_qui_ne_peut_etre_trace_est_un_503(nouvelle_porte: Any, tmp_path: Path) -> None:
    porte = nouvelle_porte()
    porte.banc.engine.dispose()
    with porte.banc.engine.begin() as connexion:
        connexion.exec_driver_sql("DROP TABLE outbox")
    reponse = porte.demander(*LIRE, persona=un_utilisateur())
    assert (reponse.statut, reponse.probleme) == (503, "trace-impossible")
    assert reponse.entetes["Retry-After"] and reponse.entetes["Audit-Receipt"] is None


def test_une_operation_publique_passe_sans_jeton_et_n_en_transmet_pas(porte: Any) -> None:
    reponse = porte.demander("POST", "/identity/v1/sessions", jeton="x.y.z", entetes=JSON, corps=b"{}")
    assert reponse.statut == 200
    (recue,) = (recue for recue in porte.identity.recues if recue.chemin == "/identity/v1/sessions")
    assert recue.valeurs("Authorization") == []


def test_le_jeton_d_un_service_est_refuse_a_la_porte_publique(porte: Any) -> None:
    for persona in (un_service("audit", "cdap"), un_service("audit", "gateway"), un_service("gateway", "mcp")):
        reponse = porte.demander(*LIRE, persona=persona)
        assert (reponse.statut, reponse.probleme) == (401, "jeton-invalide")
    assert porte.cdap.recues == [] and porte.nouvelles_traces() == []


@pytest.mark.parametrize(
    ("methode", "chemin"),
    [
        ("POST", "/identity/v1/comptes/verification"),
        ("POST", "/identity/v1/jetons-de-service"),
        ("POST", "/habilitation/v1/droits-en-vigueur"),
        ("POST", "/habilitation/v1/partenaires/verification"),
        ("GET", "/habilitation/v1/partenaires/verification"),
        ("GET", "/journal?apres=0"),
        ("GET", "/metrics"),
        ("GET", "/_vie"),
        ("GET", "/_pret"),
        ("GET", "/cdap/v1/consultations%2f1"),
        ("GET", "/docs/../journal"),
        ("GET", "//journal"),
        ("GET", "/docs/index.html"),
        ("HEAD", "/inconnu"),
    ],
)
def test_ce_qui_est_interne_ou_inconnu_est_un_404(porte: Any, methode: str, chemin: str) -> None:
    reponse = porte.demander(methode, chemin, persona=un_referent())
    assert reponse.statut == 404
    assert porte.cdap.recues == [] and porte.nouvelles_traces() == []


@pytest.mark.parametrize("methode", ["HEAD", "OPTIONS", "TRACE", "PATCH", "PUT", "DELETE", "GET"])
def test_une_autre_methode_est_un_405_qui_dit_les_bonnes(porte: Any, methode: str) -> None:
    reponse = porte.demander(methode, "/cdap/v1/consultations", persona=un_t1())
    assert (reponse.statut, reponse.entetes["Allow"]) == (405, "POST")
    assert reponse.entetes["Access-Control-Allow-Origin"] is None


def test_une_page_de_la_passerelle_ne_repond_qu_a_get(porte: Any) -> None:
    assert porte.demander("GET", "/docs").statut == 200
    assert porte.demander("HEAD", "/docs").statut == 405
    assert b"swagger" in porte.demander("GET", "/docs/swagger-ui-bundle.js").corps[:100_000].lower()
    assert porte.demander("GET", "/openapi.json").entetes["Content-Type"] == "application/json"
