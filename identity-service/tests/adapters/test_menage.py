"""What the relay drops, what it keeps, and that a silent mail server holds nobody up."""

import socket
import threading
import time
from datetime import UTC, datetime

from identity.adapters.courriels import CourrielsSql, expedition
from identity.adapters.menage import faire_le_menage
from identity.domain.courriels import Courriel
from socle import relais
from socle.courriels import Poste, Smtp
from socle.outbox import en_attente_depuis

CHOISI = "Exemple-2026"


def compter(maison, *tables):
    return [maison.executer(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_le_menage_oublie_ce_qui_est_fini_et_garde_ce_qui_court(maison):
    identifiant, jetons = maison.une_session()
    fini = maison.connecter(identifiant, CHOISI).json()
    maison.rafraichir(fini["refresh_token"])
    maison.personne.delete("/identity/v1/sessions/courante", **maison.avec_jeton(fini["access_token"]))
    maison.oublier("personne@ccas.example")
    maison.executer("UPDATE sessions SET fermee_a = fermee_a - 7200")
    maison.executer("UPDATE fil SET a = a - 7200")
    maison.executer("UPDATE captchas_utilises SET expire_a = 1")
    faire_le_menage(maison.banc.engine)
    tables = ("jetons_rafraichissement", "sessions", "fil", "captchas_utilises", "oublis", "courriels")
    assert compter(maison, *tables) == [1, 2, 1, 0, 0, 1]  # the feed keeps its last number
    maison.executer("UPDATE sessions SET fermee_a = fermee_a - 91 * 86400")
    maison.executer("UPDATE courriels SET envoye_a = envoye_a - 4 * 86400")
    faire_le_menage(maison.banc.engine)
    assert compter(maison, *tables) == [1, 1, 1, 0, 0, 0]
    assert maison.rafraichir(jetons["refresh_token"]).status_code == 200


def test_un_serveur_de_courriel_muet_ne_retient_ni_le_rang_des_evenements_ni_l_arret(maison):
    with socket.create_server(("127.0.0.1", 0)) as muet:
        smtp = Smtp(f"smtp://127.0.0.1:{muet.getsockname()[1]}", None)
        with maison.banc.engine.begin() as connexion:
            for _ in range(3):
                CourrielsSql(connexion).enfiler(Courriel("a@ccas.example", "Objet", "Texte"), datetime.now(UTC))
        arret = threading.Event()
        corvees = [expedition(maison.banc.engine, Poste(smtp, "mcp@caf.example"))]
        fil = threading.Thread(target=relais.tourner, args=(maison.banc.engine, arret, corvees))
        fil.start()
        muet.accept()[0].close()
        muet.accept()  # the next one is heard and never answered
        maison.connecter("ACCZZZZZ", CHOISI)
        debut = time.monotonic()
        while en_attente_depuis(maison.banc.engine) is not None:
            assert time.monotonic() - debut < 30
            time.sleep(0.02)
        arret.set()
        fil.join(30)
        assert not fil.is_alive()


def test_un_envoi_qui_echoue_finit_le_tour(maison):
    with maison.banc.engine.begin() as connexion:
        for _ in range(3):
            CourrielsSql(connexion).enfiler(Courriel("a@ccas.example", "Objet", "Texte"), datetime.now(UTC))
    expedition(maison.banc.engine, Poste(Smtp("smtp://127.0.0.1:1", None), "mcp@caf.example"))()
    assert sorted(essais for (essais,) in maison.executer("SELECT essais FROM courriels")) == [0, 0, 1]
