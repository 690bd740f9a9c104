"""Kills under load: every 200 that a client saw is in the journal exactly once."""

import json
import threading
import time

import requests

CONSULTATIONS = 500
CLIENTS = 8
VICTIMES = ("cdap", "cdap-relay", "audit-collecte", "audit")
MORTS = 2
ENTRE_DEUX_S = 1.0
BORNE_S = 100


def test_aucun_acces_vu_par_un_client_ne_manque_au_journal(maison):
    compte = maison.compte("T1")
    vus: list[str] = []
    lues = [0]
    morts = dict.fromkeys(VICTIMES, 0)
    verrou = threading.Lock()
    fini = threading.Event()
    fin = time.monotonic() + BORNE_S

    def assez() -> bool:
        return lues[0] >= CONSULTATIONS and min(morts.values()) >= MORTS

    def consulter() -> None:
        client = maison.client(compte)
        while not assez() and time.monotonic() < fin:
            try:
                ouverte = client.ouvrir(compte["dossier"])
                if ouverte.status_code != 201:
                    fini.wait(0.1)
                    continue
                vus.append(ouverte.headers["Audit-Receipt"])
                lue = client.lire(ouverte.json()["id"], "synthese")
            except requests.RequestException:
                continue
            if lue.status_code == 200:
                vus.append(lue.headers["Audit-Receipt"])
                with verrou:
                    lues[0] += 1

    def tuer() -> None:
        while not fini.wait(ENTRE_DEUX_S):
            victime = min(VICTIMES, key=morts.__getitem__)
            morts[victime] += maison.tuer(victime)

    fils = [threading.Thread(target=consulter) for _ in range(CLIENTS)]
    bourreau = threading.Thread(target=tuer)
    for fil in (bourreau, *fils):
        fil.start()
    for fil in fils:
        fil.join()
    fini.set()
    bourreau.join()

    assert assez(), (lues, morts)
    maison.attendre(lambda: all(maison.pid(nom) for nom in VICTIMES), 20)

    def au_journal() -> dict[str, int]:
        assert maison.commande("audit", "exporter", "--vers", str(maison.var / "mort.ndjson")).returncode == 0
        compte_par_id: dict[str, int] = {}
        for ligne in (maison.var / "mort.ndjson").read_text().splitlines():
            corps = json.loads(json.loads(ligne)["corps"])
            compte_par_id[corps["id"]] = compte_par_id.get(corps["id"], 0) + 1
        return compte_par_id

    maison.attendre(lambda: set(vus) <= au_journal().keys(), 20)
    journal = au_journal()
    assert [recu for recu in vus if journal[recu] != 1] == []
    assert len(set(vus)) == len(vus)
    verdict = maison.verifier_le_journal()
    assert verdict.returncode == 0, verdict.stdout
