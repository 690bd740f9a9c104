"""Around an operation: the token, the rule, the receipt, and an address that only the gateway may give."""

import json

import flask
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from atelier import Signataire, un_groupe, un_service, un_utilisateur
from socle.cles import Trousseau
from socle.jetons import Verificateur
from socle.operations import Porte
from socle.outbox import outbox
from socle.refus import AccesRefuse
from socle.regles import Regle

SIGNATAIRE = Signataire()
TYPE = "cdap.rubrique.lue"
TRACEE = Regle("passerelle", ("groupe:cdap",), "groupe", "acces", TYPE)
MUETTE = Regle("interne", ("service:audit",), "aucun", "aucune", None)
UTILISATRICE = un_utilisateur(un_groupe())


@pytest.fixture
def appeler(tmp_path, travail, engine):
    SIGNATAIRE.deposer(tmp_path / "jwks.json")
    cles = Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json")
    porte = Porte(Verificateur(cles, "http://127.0.0.1:8000", "cdap"), travail, {"outil": "injecté"})

    def faire(fonction, persona=UTILISATRICE, regle=TRACEE, entetes=None, **arguments):
        jeton = {"Authorization": f"Bearer {SIGNATAIRE.signer(persona.claims)}"} if persona else {}
        operation = porte.operation("essais.faire", regle, fonction).pour_flask()
        adresse = {"REMOTE_ADDR": "192.0.2.7"}
        with flask.Flask("essai").test_request_context("/", headers=jeton | (entetes or {}), environ_base=adresse):
            reponse = operation(**arguments)
        with engine.connect() as connexion:
            traces = [json.loads(corps)["data"] for corps in connexion.execute(select(outbox.c.corps)).scalars()]
        return reponse, traces

    return faire


def agir(acces, travail):
    with travail.acte(TYPE, acces):
        return {"fait": True}


def rien():
    return {}


def test_une_reponse_tracee_porte_le_recu_de_son_acte(appeler):
    reponse, traces = appeler(agir)
    assert (reponse.status_code, reponse.json) == (200, {"fait": True})
    assert len(traces) == 1
    assert reponse.headers["Audit-Receipt"]
    assert (traces[0]["sujet"], traces[0]["adresse"]) == (UTILISATRICE.identifiant, "192.0.2.7")


def test_une_operation_tracee_qui_oublie_son_acte_ne_repond_pas(appeler):
    reponse, traces = appeler(lambda: {"donnee": "secrete"})
    assert (reponse.status_code, [trace["issue"] for trace in traces]) == (500, ["echec"])
    assert b"secrete" not in reponse.data


def test_un_refus_porte_son_recu_et_ne_dit_pas_sa_cause(appeler):
    def refuser(acces, travail):
        with travail.acte(TYPE, acces):
            raise AccesRefuse("cause_cachee")

    reponse, traces = appeler(refuser)
    assert (reponse.status_code, traces[0]["cause"]) == (403, "cause_cachee")
    assert reponse.headers["Audit-Receipt"]
    assert b"cause_cachee" not in reponse.data


@pytest.mark.parametrize(
    ("faute", "statut"), [(KeyError("AUBRAC"), 500), (OperationalError("SELECT AUBRAC", {}, Exception()), 503)]
)
def test_une_faute_imprevue_est_opaque_et_garde_son_recu(appeler, faute, statut, caplog):
    def faillir(acces, travail):
        with travail.acte(TYPE, acces):
            raise faute

    reponse, traces = appeler(faillir)
    assert (reponse.status_code, traces[0]["issue"]) == (statut, "echec")
    assert reponse.headers["Audit-Receipt"]
    assert "AUBRAC" not in reponse.get_data(as_text=True) + caplog.text


def test_qui_n_est_pas_nomme_par_la_regle_est_refuse_et_trace(appeler):
    reponse, traces = appeler(agir, un_utilisateur())
    assert (reponse.status_code, [trace["issue"] for trace in traces]) == (403, ["refuse"])


@pytest.mark.parametrize("entetes", [{}, {"Authorization": "Basic QTpC"}, {"Authorization": "Bearer"}])
def test_sans_jeton_401(appeler, entetes):
    reponse, traces = appeler(agir, None, entetes=entetes)
    assert (reponse.status_code, traces) == (401, [])
    assert reponse.headers["WWW-Authenticate"] == "Bearer"


def test_un_faux_jeton_n_est_ni_cru_ni_repete(appeler):
    reponse, _ = appeler(agir, None, entetes={"Authorization": "Bearer faux.jeton.ici"})
    assert reponse.status_code == 401
    assert "faux.jeton" not in reponse.get_data(as_text=True) + str(reponse.headers)


def test_un_jeton_d_utilisateur_n_est_pas_celui_d_un_service(appeler):
    assert appeler(rien, UTILISATRICE, MUETTE)[0].status_code == 403
    assert appeler(rien, un_service("audit", "cdap"), MUETTE)[0].status_code == 200
    assert appeler(rien, un_service("identity", "cdap"), MUETTE)[0].status_code == 403


@pytest.mark.parametrize(
    ("preuve", "attendue"),
    [
        (un_service("gateway", "cdap"), "198.51.100.9"),
        (un_service("audit", "cdap"), "192.0.2.7"),
        (un_service("gateway", "identity"), "192.0.2.7"),
        (UTILISATRICE.avec(client_id="gateway"), "192.0.2.7"),
        (None, "192.0.2.7"),
    ],
)
def test_seule_la_passerelle_dit_d_ou_vient_la_demande(appeler, preuve, attendue):
    entetes = {"Mcp-Adresse": "198.51.100.9"}
    if preuve:
        entetes["Mcp-Passerelle"] = SIGNATAIRE.signer(preuve.claims)
    assert appeler(agir, entetes=entetes)[1][0]["adresse"] == attendue


def test_la_trace_de_l_appelant_est_reprise_si_elle_est_bien_formee(appeler):
    bonne, mauvaise = "0af7651916cd43dd8448eb211c80319c", "<script>"
    assert appeler(agir, entetes={"traceparent": f"00-{bonne}-b7ad6b7169203331-01"})[1][-1]["trace"] == bonne
    assert len(appeler(agir, entetes={"traceparent": mauvaise})[1][-1]["trace"]) == 32


def test_les_outils_arrivent_par_leur_nom(appeler):
    assert appeler(lambda outil, mot: {"lu": outil + mot}, regle=MUETTE, persona=un_service("audit", "cdap"), mot="!")[
        0
    ].json == {"lu": "injecté!"}


def test_ce_qu_une_route_refuse_avant_son_acte_laisse_un_evenement(appeler):
    def refuser():
        raise AccesRefuse("avant_l_acte")

    reponse, traces = appeler(refuser)
    assert (reponse.status_code, [trace["cause"] for trace in traces]) == (403, ["avant_l_acte"])
    assert reponse.headers["Audit-Receipt"]
