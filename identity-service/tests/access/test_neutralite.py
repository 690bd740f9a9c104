"""Known or unknown: the same bytes, and times that cannot be told apart (Mann-Whitney, alternating pairs).

With these few pairs the bounds are wide enough not to fail by chance (4 sigma), and narrow enough to fail.
"""

import time

CHOISI, FAUX, ADRESSE = "Exemple-2026", "Autre-2026!", "claire.montfort@ccas.example"
PAIRES = 120
BAS, HAUT = 0.35, 0.65


def auc(connus, inconnus):
    """The chance that a known one is slower than an unknown one."""
    plus = sum((a > b) + (a == b) / 2 for a in connus for b in inconnus)
    return plus / (len(connus) * len(inconnus))


def mesurer(connu, inconnu, avant=lambda: None):
    temps = {connu: [], inconnu: []}
    vus = {connu: set(), inconnu: set()}
    for n in range(PAIRES + 5):
        for essai in (connu, inconnu) if n % 2 else (inconnu, connu):
            avant()
            debut = time.perf_counter()
            recu = essai()
            fini = time.perf_counter() - debut
            if n >= 5:
                temps[essai].append(fini)
            vus[essai].add((recu.status_code, len(recu.content), recu.json().get("type", recu.json().get("message"))))
    assert vus[connu] == vus[inconnu] and len(vus[connu]) == 1
    return auc(temps[connu], temps[inconnu])


def test_un_identifiant_connu_et_un_inconnu_prennent_le_meme_temps(maison):
    identifiant = maison.un_compte_ouvert()
    mesure = mesurer(
        lambda: maison.connecter(identifiant, FAUX),
        lambda: maison.connecter("ACCZZZZZ", FAUX),
        avant=lambda: maison.executer("DELETE FROM freins"),
    )
    assert BAS < mesure < HAUT


def test_un_identifiant_connu_et_un_inconnu_attendent_de_la_meme_facon(maison):
    identifiant = maison.un_compte_ouvert()
    for _ in range(5):
        maison.connecter(identifiant, FAUX, "192.0.2.7")
        maison.connecter("ACCZZZZZ", FAUX, "192.0.2.7")
    mesure = mesurer(
        lambda: maison.connecter(identifiant, FAUX, "192.0.2.7"),
        lambda: maison.connecter("ACCZZZZZ", FAUX, "192.0.2.7"),
    )
    assert BAS < mesure < HAUT


def test_une_adresse_connue_et_une_inconnue_prennent_le_meme_temps(maison):
    maison.un_compte_ouvert()
    mesure = mesurer(lambda: maison.oublier(ADRESSE), lambda: maison.oublier("personne.duTout@ccas.example"))
    assert BAS < mesure < HAUT
