"""The queue of mails: what cannot be sent stays, and nothing tells to whom it goes."""

import logging
import smtplib
import socketserver
import threading
from datetime import UTC, datetime

import pytest

from identity.adapters.courriels import CourrielsSql, expedition
from identity.domain.courriels import Courriel
from socle.courriels import Dossier, Poste, Smtp

DESTINATAIRE = "claire.montfort@ccas.example"


def expedier(maison, moyen):
    expedition(maison.banc.engine, Poste(moyen, "mcp@caf.example"))()


@pytest.fixture
def file(maison):
    with maison.banc.engine.begin() as connexion:
        courriel = Courriel(DESTINATAIRE, "Votre compte", "Mot de passe provisoire : Prov-1234é\n")
        CourrielsSql(connexion).enfiler(courriel, datetime.now(UTC))
    return maison


def test_le_fichier_n_est_lisible_que_par_son_proprietaire_et_ne_nomme_personne(file, tmp_path):
    expedier(file, Dossier(tmp_path / "c"))
    (fichier,) = (tmp_path / "c").iterdir()
    assert fichier.stat().st_mode & 0o777 == 0o600 and fichier.suffix == ".eml"
    assert "claire" not in fichier.name and "montfort" not in fichier.name


def test_un_envoi_impossible_reste_dans_la_file_avec_un_delai_qui_grandit(file, tmp_path, caplog):
    obstacle = tmp_path / "obstacle"
    obstacle.write_text("")
    delais = []
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            file.executer("UPDATE courriels SET prochain_essai_a = 0")
            expedier(file, Dossier(obstacle / "c"))
            expedier(file, Dossier(obstacle / "c"))
            ((essais, prochain, texte),) = file.executer("SELECT essais, prochain_essai_a, texte FROM courriels")
            delais.append(round(prochain - datetime.now(UTC).timestamp()))
    assert essais == 3 and "Prov-1234" in texte
    assert delais[0] < delais[1] < delais[2]
    assert "envoi en attente" in caplog.text
    assert DESTINATAIRE not in caplog.text and "Prov-1234" not in caplog.text
    file.executer("UPDATE courriels SET prochain_essai_a = 0")
    expedier(file, Dossier(tmp_path / "c"))
    assert len(list((tmp_path / "c").iterdir())) == 1


class Serveur(socketserver.StreamRequestHandler):
    """Just enough of SMTP to receive one mail."""

    def handle(self):
        self.dire("220 pret")
        while ligne := self.rfile.readline().decode().strip():
            self.server.recues.append(ligne)
            if ligne.upper() == "DATA":
                self.dire("354 allez")
                while (ligne := self.rfile.readline().decode()) != ".\r\n":
                    self.server.recues.append(ligne.rstrip())
            self.dire("221 au revoir" if ligne.upper() == "QUIT" else "250 bien")

    def dire(self, ligne):
        self.wfile.write(f"{ligne}\r\n".encode())


def test_avec_un_serveur_smtp_le_courriel_lui_est_remis(file):
    with socketserver.TCPServer(("127.0.0.1", 0), Serveur) as serveur:
        serveur.recues = []
        fil = threading.Thread(target=serveur.handle_request)
        fil.start()
        port = serveur.server_address[1]
        expedier(file, Smtp(f"smtp://127.0.0.1:{port}", None))
        fil.join(10)
    assert any(ligne.lower().startswith(f"rcpt to:<{DESTINATAIRE}>") for ligne in serveur.recues)
    assert any("Prov-1234" in ligne for ligne in serveur.recues)
    assert file.executer("SELECT texte, essais FROM courriels WHERE envoye_a IS NOT NULL") == [("", 1)]


def test_un_serveur_smtp_absent_laisse_le_courriel_dans_la_file(file):
    expedier(file, Smtp("smtp://127.0.0.1:1", None))
    assert file.executer("SELECT essais, envoye_a FROM courriels") == [(1, None)]
    assert issubclass(smtplib.SMTPException, OSError)
