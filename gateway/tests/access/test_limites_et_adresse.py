"""The limits of section 7, and whose address counts."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from atelier import Persona, un_groupe, un_utilisateur

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
    (trace,) = porte.nouvelles_traces()
    assert (trace["type"], trace["data"]["issue"], trace["data"]["cause"]) == ("cdap.rubrique.lue", "refuse", "limite")
    for reponse in refusees:
        assert (reponse.probleme, reponse.entetes["Retry-After"]) == ("trop-de-demandes", "1")
        assert reponse.entetes["RateLimit-Policy"] == '"utilisateur";q=5;w=1'
        assert reponse.entetes["RateLimit"] == '"utilisateur";r=0;t=1'
        assert reponse.entetes["Audit-Receipt"] == trace["id"]
    assert porte.demander(*LIRE, persona=un_t1("ACC8AUTR")).statut == 200
    time.sleep(1)
    assert porte.demander(*LIRE, persona=un_t1()).statut == 200


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
