"""The limits of section 7, and whose address counts."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from atelier import Persona, un_groupe, un_service, un_utilisateur
from gateway.adapters.decomptes import corvee
from gateway.adapters.registre import CALME_S, PAS_S
from socle.travail import maintenant

LIRE = ("GET", "/cdap/v1/consultations/0198f3c2/rubriques/rsa")


def un_t1(sub: str = "ACC7K2MQ", **claims: Any) -> Persona:
    return un_utilisateur(un_groupe(), sub=sub, **claims)


def salve(porte: Any, persona: Persona, nombre: int) -> list[Any]:
    with ThreadPoolExecutor(8) as fils:
        return list(fils.map(lambda _: porte.demander(*LIRE, persona=persona), range(nombre)))


def test_un_utilisateur_trop_presse_est_refuse_avec_un_evenement_par_minute(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_utilisateur=5)
    reponses = salve(porte, un_t1(), 30)
    refusees = [reponse for reponse in reponses if reponse.statut == 429]
    assert {reponse.statut for reponse in reponses} == {200, 429} and len(refusees) >= 15
    assert len(porte.cdap.recues) == 30 - len(refusees)
    rendre(porte, dans_s=0)
    assert porte.nouvelles_traces() == []  # it is still being counted, on the disk
    (trace,) = attendre_les_traces(porte)
    assert (trace["type"], trace["data"]["issue"], trace["data"]["cause"]) == ("cdap.rubrique.lue", "refuse", "limite")
    assert trace["data"]["nombre"] == len(refusees)
    for reponse in refusees:
        assert (reponse.probleme, reponse.entetes["Retry-After"]) == ("trop-de-demandes", "1")
        assert reponse.entetes["RateLimit-Policy"] == '"utilisateur";q=5;w=1'
        assert reponse.entetes["RateLimit"] == '"utilisateur";r=0;t=1'
        assert reponse.entetes["Audit-Receipt"] == trace["id"]
    assert porte.demander(*LIRE, persona=un_t1("ACC8AUTR")).statut == 200
    time.sleep(1)
    assert porte.demander(*LIRE, persona=un_t1()).statut == 200


def rendre(porte: Any, dans_s: float) -> None:
    """Do the chore of the gateway's relay, as if so much time had passed."""
    corvee(porte.banc.engine, lambda: maintenant() + timedelta(seconds=dans_s))()


def attendre_les_traces(porte: Any) -> list[dict[str, Any]]:
    """The events of the counts that are over, once the last of them has been kept."""
    time.sleep(2 * PAS_S)  # a count is kept now and then: there is nothing to wait for
    rendre(porte, dans_s=CALME_S)
    traces: list[dict[str, Any]] = porte.nouvelles_traces()
    return traces


def test_dans_la_meme_minute_ce_qui_vient_apres_l_evenement_n_en_fait_qu_un_de_plus(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_utilisateur=1)
    total, comptes = 0, []
    for _ in range(3):
        refusees = [r for r in salve(porte, un_t1(), 6) if r.statut == 429]
        total += len(refusees)
        comptes += attendre_les_traces(porte)
    assert len(comptes) == 1
    rendre(porte, dans_s=61)
    comptes += porte.nouvelles_traces()
    assert len(comptes) == 2 and len({trace["id"] for trace in comptes}) == 2
    assert sum(trace["data"]["nombre"] for trace in comptes) == total
    assert all(reponse.entetes["Audit-Receipt"] == comptes[0]["id"] for reponse in refusees)


def test_a_l_arret_rien_de_ce_qui_etait_compte_ne_se_perd(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_utilisateur=1)
    refusees = [reponse for reponse in salve(porte, un_t1(), 12) if reponse.statut == 429]
    porte.arreter()
    rendre(porte, dans_s=61)
    (trace,) = porte.nouvelles_traces()
    assert trace["data"]["nombre"] == len(refusees)


def test_un_compte_qui_ne_peut_etre_garde_est_un_503(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_utilisateur=1)
    with porte.banc.engine.begin() as connexion:
        connexion.exec_driver_sql("DROP TABLE decomptes")
    refusees = {(r.statut, r.probleme) for r in salve(porte, un_t1(), 6) if r.statut != 200}
    assert refusees == {(503, "trace-impossible")}


def test_un_partenaire_entier_a_sa_limite(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_partenaire=5)
    reponses = [porte.demander(*LIRE, persona=un_t1(f"ACC{i % 8 + 2}AAAA")) for i in range(16)]
    refusees = [reponse for reponse in reponses if reponse.statut == 429]
    assert refusees and {r.entetes["RateLimit-Policy"] for r in refusees} == {'"partenaire";q=5;w=1'}
    assert porte.demander(*LIRE, persona=un_t1("ACC9ZZZZ", partenaire="99900031800025")).statut == 200


def test_une_adresse_a_sa_limite_sans_jeton_et_sans_evenement(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_adresse=10)
    reponses = [porte.demander("GET", "/inconnu") for _ in range(40)]
    assert {reponse.statut for reponse in reponses} == {404, 429}
    assert porte.nouvelles_traces() == []


def test_chaque_reponse_dit_ce_qu_il_reste(porte: Any) -> None:
    entetes = porte.demander(*LIRE, persona=un_t1("ACC6RRRR")).entetes
    assert re.fullmatch(r'"utilisateur";r=\d+;t=1', entetes["RateLimit"])


def adresse_vue(porte: Any, *transmises: str) -> str:
    porte.cdap.recues.clear()
    porte.demander(*LIRE, persona=un_t1(), entetes=[("X-Forwarded-For", valeur) for valeur in transmises])
    (adresse,) = porte.cdap.recues[0].valeurs("Mcp-Adresse")
    return str(adresse)


def test_seul_un_mandataire_de_la_liste_est_cru_et_pour_son_dernier_pas(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(mandataires="10.0.0.0/8, 127.0.0.1")
    assert adresse_vue(porte) == "127.0.0.1"
    assert adresse_vue(porte, "6.6.6.6, 203.0.113.7") == "203.0.113.7"
    assert adresse_vue(porte, "6.6.6.6", "203.0.113.7") == "203.0.113.7"
    assert adresse_vue(porte, "203.0.113.7, n'importe quoi") == "127.0.0.1"
    assert adresse_vue(porte, "2001:db8::1") == "2001:db8::1"


def test_sans_liste_personne_n_est_cru(porte: Any) -> None:
    assert adresse_vue(porte, "203.0.113.7") == "127.0.0.1"


def test_derriere_un_mandataire_chaque_adresse_a_sa_limite(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(mandataires="127.0.0.1", limite_adresse=5)
    un, autre = ([("X-Forwarded-For", adresse)] for adresse in ("203.0.113.7", "203.0.113.8"))
    assert 429 in {porte.demander("GET", "/inconnu", entetes=un).statut for _ in range(20)}
    assert porte.demander("GET", "/inconnu", entetes=autre).statut == 404


def depuis_le_portail(porte: Any, *entetes: tuple[str, str], **claims: Any) -> str:
    """The address that cdap sees of a request with this proof."""
    preuve = un_service("portail", "gateway").avec(**claims)
    jeton = porte.banc.signataire.signer(preuve.claims)
    porte.cdap.recues.clear()
    porte.demander(*LIRE, persona=un_t1(), entetes=[("MCP-Mandataire", jeton), *entetes])
    assert porte.cdap.recues[0].valeurs("MCP-Mandataire") == []
    (adresse,) = porte.cdap.recues[0].valeurs("Mcp-Adresse")
    return str(adresse)


PAS = ("X-Forwarded-For", "6.6.6.6, 203.0.113.7")


def test_le_portail_qui_le_prouve_est_cru_pour_son_dernier_pas(porte: Any) -> None:
    assert depuis_le_portail(porte, PAS) == "203.0.113.7"
    assert depuis_le_portail(porte) == "127.0.0.1"
    assert depuis_le_portail(porte, ("Forwarded", "for=6.6.6.6, for=203.0.113.7;proto=https")) == "203.0.113.7"
    assert depuis_le_portail(porte, ("Forwarded", 'proto=https;for="[2001:db8::1]:4711"')) == "2001:db8::1"
    assert depuis_le_portail(porte, PAS, ("Forwarded", "for=203.0.113.7")) == "203.0.113.7"


def test_deux_en_tetes_qui_se_contredisent_ne_disent_rien(porte: Any) -> None:
    assert depuis_le_portail(porte, PAS, ("Forwarded", "for=203.0.113.8")) == "127.0.0.1"
    assert depuis_le_portail(porte, ("Forwarded", "for=_cache;by=203.0.113.8")) == "127.0.0.1"
    assert depuis_le_portail(porte, ("Forwarded", "for=203.0.113.8;for=203.0.113.7")) == "127.0.0.1"


@pytest.mark.parametrize(
    ("claims", "cause"),
    [
        ({"exp": 1_700_000_000}, "ExpiredSignatureError"),
        ({"aud": "cdap"}, "InvalidAudienceError"),
        ({"client_id": "audit"}, "autre_client"),
        (un_t1().claims, "autre_client"),
    ],
    ids=["expire", "autre_cible", "autre_client", "un_utilisateur"],
)
def test_une_preuve_qui_ne_prouve_rien_laisse_l_adresse_du_pair_et_se_compte(
    porte: Any, claims: dict[str, Any], cause: str
) -> None:
    avant = refus_de(cause)
    assert depuis_le_portail(porte, PAS, **claims) == "127.0.0.1"
    assert refus_de(cause) == avant + 1


def test_une_preuve_forgee_ou_double_ne_prouve_rien(porte: Any) -> None:
    bonne = porte.banc.signataire.signer(un_service("portail", "gateway").claims)
    autre = porte.banc.signataire.signer(un_service("portail", "gateway").claims, kid="inconnue")
    forgee = bonne[:-8] + ("AAAAAAAA" if not bonne.endswith("AAAAAAAA") else "BBBBBBBB")
    for preuves in ([forgee], ["n'importe quoi"], [autre], [bonne, bonne]):
        porte.cdap.recues.clear()
        entetes = [("MCP-Mandataire", preuve) for preuve in preuves]
        porte.demander(*LIRE, persona=un_t1(), entetes=[*entetes, PAS])
        assert porte.cdap.recues[0].valeurs("Mcp-Adresse") == ["127.0.0.1"]
    assert porte.demander(*LIRE, jeton=bonne).statut == 401


def test_derriere_le_portail_chaque_adresse_a_sa_limite(nouvelle_porte: Any) -> None:
    porte = nouvelle_porte(limite_adresse=5)
    preuve = ("MCP-Mandataire", porte.banc.signataire.signer(un_service("portail", "gateway").claims))
    un, autre = ([preuve, ("X-Forwarded-For", adresse)] for adresse in ("203.0.113.7", "203.0.113.8"))
    assert 429 in {porte.demander("GET", "/inconnu", entetes=un).statut for _ in range(20)}
    assert porte.demander("GET", "/inconnu", entetes=autre).statut == 404


def refus_de(cause: str) -> float:
    return float(REGISTRY.get_sample_value("mcp_mandataires_refuses_total", {"cause": cause}) or 0)
