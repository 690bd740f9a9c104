"""The seeding, against a double of the public API: interrupted anywhere, it goes on where it stopped."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from local import personnages
from local.demonstration import Demonstration, Memoire, Refusee, adresse
from local.etat import comptes_de, dossiers_choisis
from local.fins import ArretDemande, Echec

LE = date(2026, 11, 24)
CHIFFRES = str.maketrans("0123456789", "ABCDEFGHJK")
"""An identifiant holds no digit that looks like a letter."""


class Double:
    """Passwords as identity keeps them, and nothing twice as habilitation does; some answers are lost."""

    def __init__(self, courriels) -> None:
        self.courriels = courriels
        self.mots: dict[str, str] = {}
        self.provisoires: set[str] = set()
        self.faits: list[tuple[str, dict]] = []
        self.perdre_apres = 10**9
        self._verrou = threading.Lock()
        for prenom, nom in personnages.REFERENTS.values():
            self.ouvrir_compte(adresse(prenom, nom))

    def ouvrir_compte(self, courriel: str) -> str:
        identifiant = "ACC" + f"{len(self.mots):04d}".translate(CHIFFRES)
        self.mots[identifiant] = f"provisoire-{identifiant}"
        self.provisoires.add(identifiant)
        lettre = f"To: {courriel}\n\nIdentifiant : {identifiant}\nMot de passe provisoire : {self.mots[identifiant]}\n"
        (self.courriels / f"{len(self.mots):03d}.eml").write_text(lettre)
        return identifiant

    def repondre(self, chemin: str, corps: dict) -> tuple[int, dict] | None:
        """The status and the body; None where the act is done and its answer lost."""
        with self._verrou:
            reponse = self._repondre(chemin, corps)
            self.perdre_apres -= 1
            return None if self.perdre_apres == 0 else reponse

    def _repondre(self, chemin: str, corps: dict) -> tuple[int, dict]:
        if chemin.endswith("/mots-de-passe"):
            if self.mots[corps["identifiant"]] != corps["ancien"]:
                return 401, {}
            self.mots[corps["identifiant"]] = corps["nouveau"]
            self.provisoires.discard(corps["identifiant"])
            return 200, {}
        if chemin.endswith("/sessions"):
            juste = self.mots[corps["identifiant"]] == corps["mot_de_passe"]
            if juste and corps["identifiant"] in self.provisoires:
                return 403, {}
            return (201, {"access_token": "jeton"}) if juste else (401, {})
        if chemin.endswith(("/comptes", "/agents")):
            return 201, {"identifiant": self.ouvrir_compte(corps["courriel"])}
        if (chemin, corps) in self.faits and not chemin.endswith("/groupes"):
            return 409, {}
        self.faits.append((chemin, corps))
        return 201, {"id": f"groupe-{len(self.faits)}"}


@contextmanager
def servi(double: Double) -> Iterator[str]:
    """The double behind a real port."""

    class Porte(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            corps = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reponse = double.repondre(self.path, corps)
            if reponse is None:
                self.close_connection = True
                return
            octets = json.dumps(reponse[1]).encode()
            self.send_response(reponse[0])
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        do_PUT = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Porte) as serveur:
        threading.Thread(target=serveur.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serveur.server_port}"
        serveur.shutdown()


@pytest.fixture
def double(tmp_path):
    (tmp_path / "courriels").mkdir()
    return Double(tmp_path / "courriels")


def la_demonstration(tmp_path, url: str, arret: threading.Event | None = None) -> Demonstration:
    return Demonstration(url, tmp_path / "courriels", Memoire(tmp_path / "demonstration.json"), LE, arret)


@pytest.mark.parametrize("pas", [3, 7])
def test_interrompue_n_importe_ou_elle_reprend_et_chaque_mot_de_passe_est_juste(tmp_path, double, pas):
    with servi(double) as url:
        pertes = 0
        while True:
            double.perdre_apres = pas + pertes
            demonstration = la_demonstration(tmp_path, url)
            try:
                demonstration.jouer()
            except Refusee as faute:
                assert faute.statut == 0, faute
                pertes += 1
            else:
                break
    assert pertes >= 5
    comptes = comptes_de(demonstration, [])
    assert len(comptes) == 23
    assert [c["dossier"] for c in comptes] == [None] * 23
    for compte in comptes:
        assert double.mots[compte["identifiant"]] == compte["mot_de_passe"]
        assert compte["identifiant"] not in double.provisoires


def test_refaite_elle_ne_fait_rien_de_plus_que_se_connecter(tmp_path, double):
    with servi(double) as url:
        la_demonstration(tmp_path, url).jouer()
        faits, mots = list(double.faits), dict(double.mots)
        la_demonstration(tmp_path, url).jouer()
    assert (double.faits, double.mots) == (faits, mots)
    signes = {date.fromisoformat(corps["signe_le"]) for _, corps in double.faits if "signe_le" in corps}
    assert {LE - jour for jour in signes} == {timedelta(days=180)}


def test_un_arret_demande_se_voit_avant_le_prochain_appel(tmp_path, double):
    arret = threading.Event()
    arret.set()
    with servi(double) as url, pytest.raises(ArretDemande):
        la_demonstration(tmp_path, url, arret).jouer()
    assert double.faits == []


def test_un_arret_demande_se_voit_dans_l_attente_d_un_courriel(tmp_path):
    (tmp_path / "courriels").mkdir()
    arret = threading.Event()
    threading.Timer(0.2, arret.set).start()
    with pytest.raises(ArretDemande):
        la_demonstration(tmp_path, "http://127.0.0.1:9", arret).jouer()


def test_une_memoire_illisible_n_est_pas_une_memoire_vide(tmp_path):
    (tmp_path / "demonstration.json").write_text('{"identifiants"')
    with pytest.raises(Echec, match="illisible"):
        Memoire(tmp_path / "demonstration.json")


def test_un_dossier_dont_le_nom_manque_n_est_pas_montre(tmp_path):
    sans_nom = {"cle": {"organisme": "831", "numero_allocataire": "1"}, "liens": {}, "personnes": [{"role": "DEM"}]}
    fichier = tmp_path / "dossiers.ndjson"
    fichier.write_text(json.dumps(sans_nom) + "\n")
    assert dossiers_choisis(fichier, LE) == []
    assert dossiers_choisis(tmp_path / "absent", LE) == []
