"""Revocation at the door: within a second of the act, whoever restarts, and whoever is away."""

import base64
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from portes import Fil, ServiceReel

from atelier import Persona, un_groupe, un_utilisateur

LIRE = ("GET", "/cdap/v1/consultations/0198f3c2/rubriques/rsa")


def un_t1(**claims: Any) -> Persona:
    return un_utilisateur(un_groupe(), **({"droits": 3} | claims))


def attendre(condition: Callable[[], Any], secondes: float = 1.0) -> float:
    """Seconds until it held; fails after so many."""
    debut = time.monotonic()
    while not condition():
        assert time.monotonic() - debut < secondes, "not in time"
        time.sleep(0.005)
    return time.monotonic() - debut


def statut(porte: Any, persona: Persona) -> int:
    return int(porte.demander(*LIRE, persona=persona).statut)


@pytest.fixture
def identity() -> Fil:
    return Fil()


@pytest.fixture
def habilitation() -> Fil:
    return Fil()


@pytest.fixture
def service(habilitation: Fil) -> Iterator[ServiceReel]:
    reel = ServiceReel(habilitation)
    yield reel
    reel.eteindre()


@pytest.fixture
def porte(nouvelle_porte: Any, identity: Fil, service: ServiceReel) -> Any:
    return nouvelle_porte(fil=identity, url_habilitation=service.url)


def test_une_session_terminee_coupe_son_jeton_et_lui_seul(porte: Any, identity: Fil) -> None:
    partie, autre = un_t1(), un_t1()
    assert (statut(porte, partie), statut(porte, autre)) == (200, 200)
    identity.inscrire(sids=[partie.claims["sid"]])
    attendre(lambda: statut(porte, partie) == 401)
    recues = len(porte.cdap.recues)
    porte.nouvelles_traces()
    reponse = porte.demander(*LIRE, persona=partie)
    assert (reponse.statut, reponse.probleme) == (401, "jeton-invalide")
    assert reponse.entetes["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    (trace,) = porte.nouvelles_traces()
    assert (trace["type"], trace["source"]) == ("cdap.rubrique.lue", "gateway")
    assert (trace["data"]["issue"], trace["data"]["cause"]) == ("refuse", "revoque")
    assert (trace["data"]["sujet"], trace["data"]["session"]) == (partie.identifiant, partie.claims["sid"])
    assert reponse.entetes["Audit-Receipt"] == trace["id"]
    assert len(porte.cdap.recues) == recues and statut(porte, autre) == 200


@pytest.mark.parametrize("genre", ["identifiants", "groupes", "partenaires"])
def test_une_version_coupe_ce_qui_fut_signe_de_droits_plus_anciens(porte: Any, habilitation: Fil, genre: str) -> None:
    persona = un_t1()
    nom = {
        "identifiants": persona.claims["sub"],
        "groupes": persona.claims["groups"][0]["id"],
        "partenaires": persona.claims["partenaire"],
    }[genre]
    assert statut(porte, persona) == 200
    habilitation.inscrire(version=4, **{genre: [nom]})
    attendre(lambda: statut(porte, persona) == 401)
    assert statut(porte, persona.avec(jti="signe-apres-de-droits-lus-avant")) == 401
    assert statut(porte, persona.avec(droits=4)) == 200
    assert statut(porte, un_t1(sub="ACC8AUTR", partenaire="99900031800025", droits=1)) == 200


def test_cent_revocations_sont_effectives_en_moins_d_une_seconde(
    porte: Any, identity: Fil, record_property: Callable[[str, object], None]
) -> None:
    durees = []
    for _ in range(100):
        persona = un_t1()
        assert statut(porte, persona) == 200
        identity.inscrire(sids=[persona.claims["sid"]])
        durees.append(attendre(lambda persona=persona: statut(porte, persona) == 401))  # type: ignore[misc]
    record_property("revocation_max_ms", round(max(durees) * 1e3, 1))
    assert max(durees) < 1


def test_redemarree_sans_ses_services_elle_sait_encore(
    porte: Any, nouvelle_porte: Any, identity: Fil, habilitation: Fil
) -> None:
    session, droits = un_t1(), un_t1(sub="ACC8AUTR")
    identity.inscrire(sids=[session.claims["sid"]])
    habilitation.inscrire(version=9, identifiants=["ACC8AUTR"])
    attendre(lambda: statut(porte, session) == statut(porte, droits) == 401)
    porte.arreter()
    seule = nouvelle_porte(url_identity="http://127.0.0.1:9")
    assert (statut(seule, session), statut(seule, droits), statut(seule, un_t1())) == (401, 401, 200)


def test_ce_qui_fut_revoque_pendant_son_absence_l_est_a_la_premiere_demande(
    porte: Any, nouvelle_porte: Any, habilitation: Fil, service: ServiceReel
) -> None:
    persona = un_t1()
    assert statut(porte, persona) == 200
    porte.arreter()
    habilitation.inscrire(version=4, partenaires=[persona.claims["partenaire"]])
    assert statut(nouvelle_porte(url_habilitation=service.url), persona) == 401


def test_un_service_qui_revient_est_suivi_de_nouveau(porte: Any, habilitation: Fil, service: ServiceReel) -> None:
    avant, pendant = un_t1(sub="ACC4AAAA"), un_t1(sub="ACC5BBBB")
    habilitation.inscrire(version=4, identifiants=["ACC4AAAA"])
    attendre(lambda: statut(porte, avant) == 401)
    service.eteindre()
    time.sleep(0.3)
    assert (statut(porte, avant), statut(porte, pendant)) == (401, 200)
    habilitation.inscrire(version=5, identifiants=["ACC5BBBB"])
    revenu = ServiceReel(habilitation, service.server_port)
    try:
        attendre(lambda: statut(porte, pendant) == 401, 3.0)
        assert statut(porte, avant) == 401
    finally:
        revenu.eteindre()


def test_sans_identity_une_porte_redemarree_suit_habilitation_avec_la_preuve_gardee(
    porte: Any, nouvelle_porte: Any, habilitation: Fil, service: ServiceReel
) -> None:
    attendre(lambda: habilitation.demandes)
    habilitation.inscrire(version=2, identifiants=["ACC4AAAA"])
    attendre(lambda: statut(porte, un_t1(sub="ACC4AAAA", droits=1)) == 401)
    porte.arreter()
    seule = nouvelle_porte(url_identity="http://127.0.0.1:9", url_habilitation=service.url)
    persona = un_t1(sub="ACC5BBBB")
    assert statut(seule, persona) == 200
    habilitation.inscrire(version=4, identifiants=["ACC5BBBB"])
    attendre(lambda: statut(seule, persona) == 401)


def test_un_fil_qui_n_existe_pas_encore_est_redemande(porte: Any, nouvelle_porte: Any, identity: Fil) -> None:
    porte.arreter()
    habilitation = Fil(existe=False)
    service = ServiceReel(habilitation)
    try:
        neuve = nouvelle_porte(fil=identity, url_habilitation=service.url)
        persona = un_t1()
        habilitation.inscrire(version=4, identifiants=[persona.identifiant])
        attendre(lambda: len(habilitation.demandes) > 2, 2.0)
        assert statut(neuve, persona) == 200
        habilitation.existe = True
        attendre(lambda: statut(neuve, persona) == 401)
    finally:
        service.eteindre()


def test_un_fil_qui_recommence_est_relu_du_debut(porte: Any, identity: Fil) -> None:
    for _ in range(3):
        identity.inscrire(sids=["une-autre"])
    connue = un_t1()
    identity.inscrire(sids=[connue.claims["sid"]])
    attendre(lambda: statut(porte, connue) == 401)
    identity.recommencer()
    persona = un_t1()
    identity.inscrire(sids=[persona.claims["sid"]])
    attendre(lambda: statut(porte, persona) == 401, 4.0)
    assert statut(porte, connue) == 401


def test_une_entree_illisible_n_arrete_pas_le_fil(porte: Any, identity: Fil) -> None:
    persona = un_t1()
    identity.inscrire(autre="chose")
    identity.inscrire(version="x", identifiants=[persona.identifiant])
    identity.inscrire(sids=[persona.claims["sid"]])
    attendre(lambda: statut(porte, persona) == 401)


def test_un_jeton_coupe_pendant_que_son_corps_arrive_ne_passe_pas(porte: Any, identity: Fil) -> None:
    persona = un_t1()
    jeton = porte.banc.signataire.signer(persona.claims)
    with socket.create_connection(("127.0.0.1", porte.port), timeout=5) as prise:
        prise.sendall(
            f"POST /cdap/v1/consultations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {jeton}\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{".encode()
        )
        time.sleep(0.1)
        identity.inscrire(sids=[persona.claims["sid"]])
        attendre(lambda: statut(porte, persona) == 401)
        prise.sendall(b"}")
        recu = prise.recv(65_536)
    assert recu.startswith(b"HTTP/1.1 401 ")
    assert [recue for recue in porte.cdap.recues if recue.methode == "POST"] == []


def test_la_preuve_est_celle_de_la_passerelle_pour_ce_service(porte: Any, habilitation: Fil) -> None:
    attendre(lambda: habilitation.demandes)
    charge = habilitation.demandes[-1].split(".")[1]
    lue = json.loads(base64.urlsafe_b64decode(charge + "=" * (-len(charge) % 4)))
    assert (lue["aud"], lue["client_id"]) == ("habilitation", "gateway")
