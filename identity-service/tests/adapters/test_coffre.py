"""A crowd at the door: few may wait, and what needs no password goes on."""

import threading
import time

CHOISI = "Exemple-2026"


def test_une_foule_de_connexions_laisse_les_autres_operations_repondre(maison_avec):
    lente = {"argon2_simultanes": 1, "argon2_attente": 2, "argon2_memory_cost": 19_456, "argon2_time_cost": 60}
    maison = maison_avec(**lente)
    assert maison.personne.get("/_vie").status_code == 200  # the app is built at its first call
    recus = []

    def se_connecter():
        debut = time.monotonic()
        recu = maison.connecter("ACCZZZZZ", CHOISI)
        recus.append((recu.status_code, recu.headers.get("Retry-After"), time.monotonic() - debut))

    fils = [threading.Thread(target=se_connecter) for _ in range(7)]
    for fil in fils:
        fil.start()
    while len(recus) < 4:
        time.sleep(0.01)
    assert maison.personne.get("/.well-known/jwks.json").status_code == 200
    assert maison.rafraichir("inconnu").status_code == 401
    assert len(recus) < 7  # the others still wait for the vault
    for fil in fils:
        fil.join(10)
    assert [(statut, apres) for statut, apres, _ in recus[:4]] == [(503, "3")] * 4
    assert {statut for statut, _, _ in recus[4:]} == {401}
    causes = [trace["data"]["cause"] for trace in maison.traces]
    assert causes.count("coffre_sature") == 4 and causes.count("identifiant_inconnu") == 3
