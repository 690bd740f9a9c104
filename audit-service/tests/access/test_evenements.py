"""Who reads the journal, what they see, and the event that each reading leaves."""

import json
from urllib.parse import urlencode

import pytest

from atelier import un_administrateur, un_agent, un_groupe, un_referent, un_service, un_utilisateur

URL = "/audit/v1/evenements"
DOSSIER = {"organisme": "831", "numero_allocataire": "0412377"}
CONTROLEUR = un_agent("caf:controleur")
AILLEURS = un_agent("caf:controleur", caf="521", sub="ACC4AGNT")


def _ids(reponse):
    assert reponse.status_code == 200, reponse.text
    return [evenement["id"] for evenement in reponse.json()["evenements"]]


def _url(**filtres):
    return f"{URL}?{urlencode(filtres)}"


def test_un_controleur_lit_les_acces_du_plus_recent_au_plus_ancien_et_sa_lecture_est_tracee(banc, journaliser, forge):
    ids = journaliser(*(forge.evenement(caf="831", minute=n) for n in (3, 1, 2)))
    reponse = banc.en_tant_que(CONTROLEUR).get(URL)
    assert _ids(reponse) == [ids[0], ids[2], ids[1]]
    assert reponse.json()["suivant"] is None
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["sujet"]) == ("audit.journal.lu", "accorde", CONTROLEUR.identifiant)
    assert reponse.headers["Audit-Receipt"] == trace["id"]


def test_un_evenement_est_rendu_a_plat_avec_sa_place_dans_la_chaine(banc, journaliser, forge):
    corps = forge.evenement(caf="831", sujet="ACC7K2M", dossier=DOSSIER, rubrique="rsa", finalite="accompagnement")
    (id,) = journaliser(corps)
    reponse = banc.en_tant_que(CONTROLEUR).get(f"{URL}/{id}")
    assert reponse.status_code == 200
    dit, (recu,) = json.loads(corps), forge.chainer(corps)
    attendu = {"nombre": None} | dit["data"] | {nom: dit[nom] for nom in ("id", "source", "type", "time")}
    place = {"rang": 1, "empreinte": recu.empreinte, "precedente": recu.precedente}
    assert reponse.json() == attendu | place
    trace = banc.derniere_trace
    assert (trace["type"], trace["issue"], trace["objet"]) == ("audit.evenement.lu", "accorde", id)


@pytest.mark.parametrize(
    ("filtre", "attendus"),
    [
        ({"sujet": "ACC7K2M"}, {0, 1}),
        ({"service": "identity"}, {2}),
        ({"type": "identity.session.ouverte"}, {2}),
        ({"issue": "refuse"}, {1}),
        ({"issue": "echec"}, set()),
        ({"depuis": "2026-03-02T09:01:00Z"}, {1, 2}),
        ({"depuis": "2026-03-02T10:01:00+01:00"}, {1, 2}),
        ({"jusqu_a": "2026-03-02T09:01:00Z"}, {0}),
        ({"depuis": "2026-03-02T09:00:30Z", "jusqu_a": "2026-03-02T09:01:30Z"}, {1}),
        ({"sujet": "ACC7K2M", "issue": "accorde"}, {0}),
        ({"sujet": "' OR 1=1 --"}, set()),
    ],
)
def test_chaque_filtre_donne_la_meme_chose_en_get_et_en_post(banc, journaliser, forge, filtre, attendus):
    ids = journaliser(
        forge.evenement(caf="831", sujet="ACC7K2M", minute=0),
        forge.evenement(caf="831", sujet="ACC7K2M", issue="refuse", cause="hors_perimetre", minute=1),
    )
    ids += journaliser(
        forge.evenement("identity", type="identity.session.ouverte", caf="831", sujet="ACC9ZZZ", minute=2),
        source="identity",
    )
    appelant = banc.en_tant_que(CONTROLEUR)
    attendus = {ids[n] for n in attendus}
    assert set(_ids(appelant.get(_url(**filtre)))) == attendus
    assert set(_ids(appelant.post(f"{URL}/recherche", json=filtre))) == attendus


def test_la_recherche_par_dossier_note_le_dossier_dans_son_propre_evenement(banc, journaliser, forge):
    ids = journaliser(
        forge.evenement(caf="831", dossier=DOSSIER),
        forge.evenement(caf="831", dossier=DOSSIER | {"numero_allocataire": "0412378"}),
        forge.evenement(caf="831", dossier=DOSSIER | {"organisme": "521"}),
    )
    reponse = banc.en_tant_que(CONTROLEUR).post(f"{URL}/recherche", json={"dossier": DOSSIER, "issue": "accorde"})
    assert _ids(reponse) == ids[:1]
    assert banc.derniere_trace["dossier"] == DOSSIER
    assert banc.derniere_trace["type"] == "audit.journal.lu"


def test_le_controleur_d_une_autre_caf_ne_voit_rien_de_la_notre(banc, journaliser, forge):
    ids = journaliser(
        forge.evenement(caf="831"),
        forge.evenement(caf="831", dossier=DOSSIER),
        forge.evenement(dossier=DOSSIER),
        forge.evenement(caf="521", dossier=DOSSIER),
        forge.evenement(caf="521"),
        forge.evenement(cause="identifiant_inconnu", issue="refuse"),
    )
    assert set(_ids(banc.en_tant_que(AILLEURS).get(URL))) == set(ids[3:])
    assert set(_ids(banc.en_tant_que(CONTROLEUR).get(URL))) == {*ids[:4], ids[5]}
    for id, statut in zip(ids, (404, 404, 404, 200, 200, 200), strict=True):
        assert banc.en_tant_que(AILLEURS).get(f"{URL}/{id}").status_code == statut


def test_un_evenement_d_une_autre_caf_et_un_inconnu_se_repondent_pareil_mais_le_journal_sait(banc, journaliser, forge):
    (id,) = journaliser(forge.evenement(caf="831"))
    inconnu = "0192f3a0-7b1c-7000-8000-000000000001"
    ailleurs = banc.en_tant_que(AILLEURS)
    reponses = [ailleurs.get(f"{URL}/{demande}") for demande in (id, inconnu, "pas-un-identifiant")]
    assert {reponse.status_code for reponse in reponses} == {404}
    assert {reponse.json()["type"] for reponse in reponses} == {"urn:mcp:probleme:ressource-inconnue"}
    assert all(reponse.headers["Audit-Receipt"] for reponse in reponses)
    dits = [(trace["data"]["cause"], trace["data"]["objet"], trace["data"]["issue"]) for trace in banc.traces]
    assert dits == [
        ("hors_caf", id, "refuse"),
        ("evenement_inconnu", inconnu, "refuse"),
        ("evenement_inconnu", None, "refuse"),
    ]


def test_les_pages_ne_perdent_ni_ne_doublent_rien_pendant_que_d_autres_evenements_arrivent(banc, journaliser, forge):
    ids = journaliser(*(forge.evenement(caf="831", minute=n // 3) for n in range(123)))
    appelant, vus, curseur, tailles = banc.en_tant_que(CONTROLEUR), [], None, []
    while curseur is not None or not vus:
        reponse = appelant.get(_url(curseur=curseur) if curseur else URL)
        page, curseur = _ids(reponse), reponse.json()["suivant"]
        vus += page
        tailles.append(len(page))
        journaliser(*(forge.evenement(caf="831", minute=1000 + len(vus)) for _ in range(7)))
    assert tailles == [50, 50, 23]
    assert len(vus) == len(set(vus))
    assert set(vus) == set(ids)
    place = {id: n for n, id in enumerate(ids)}
    minutes = [place[id] // 3 for id in vus]
    assert minutes == sorted(minutes, reverse=True)


def test_une_page_de_50_justes_est_la_derniere(banc, journaliser, forge):
    journaliser(*(forge.evenement(caf="831", minute=n) for n in range(50)))
    corps = banc.en_tant_que(CONTROLEUR).get(URL).json()
    assert (len(corps["evenements"]), corps["suivant"]) == (50, None)


@pytest.mark.parametrize(
    "filtre",
    [
        {"depuis": "hier"},
        {"depuis": "2026-03-02T09:00:00"},
        {"jusqu_a": "2026-03-02T09:00:00 01:00"},
        {"jusqu_a": ""},
        {"curseur": "n-importe-quoi"},
        {"curseur": ""},
        {"issue": "peut-etre"},
        {"inconnu": "x"},
        {"sujet": "x" * 41},
    ],
)
def test_une_demande_mal_formee_est_refusee_sans_echo(banc, filtre):
    for reponse in (
        banc.en_tant_que(CONTROLEUR).get(_url(**filtre)),
        banc.en_tant_que(CONTROLEUR).post(f"{URL}/recherche", json=filtre),
    ):
        assert (reponse.status_code, reponse.json()["type"]) == (400, "urn:mcp:probleme:requete-invalide")
        assert all(valeur not in reponse.text for valeur in filtre.values() if len(valeur) > 1)
        if "inconnu" not in filtre:
            assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == list(filtre)


def test_un_dossier_mal_forme_est_refuse(banc):
    reponse = banc.en_tant_que(CONTROLEUR).post(f"{URL}/recherche", json={"dossier": {"organisme": "831"}})
    assert reponse.status_code == 400


@pytest.mark.parametrize(
    "persona",
    [
        un_referent(),
        un_agent("caf:superviseur"),
        un_agent("caf:gestionnaire"),
        un_administrateur(),
        un_utilisateur(un_groupe()),
    ],
)
@pytest.mark.parametrize("appel", ["lister", "rechercher", "lire"])
def test_qui_n_est_pas_controleur_est_refuse_et_trace(banc, persona, appel):
    appelant = banc.en_tant_que(persona)
    reponse = {
        "lister": lambda: appelant.get(URL),
        "rechercher": lambda: appelant.post(f"{URL}/recherche", json={}),
        "lire": lambda: appelant.get(f"{URL}/0192f3a0-7b1c-7000-8000-000000000001"),
    }[appel]()
    assert reponse.status_code == 403
    (trace,) = banc.traces
    assert trace["type"] == ("audit.evenement.lu" if appel == "lire" else "audit.journal.lu")
    assert (trace["data"]["issue"], trace["data"]["sujet"]) == ("refuse", persona.identifiant)
    assert reponse.headers["Audit-Receipt"] == trace["id"]


def test_un_controleur_sans_caf_ne_voit_rien(banc, journaliser, forge):
    journaliser(forge.evenement())
    assert banc.en_tant_que(un_agent("caf:controleur", caf=None)).get(URL).status_code == 403
    assert banc.derniere_trace["cause"] == "agent_sans_caf"


def test_sans_jeton_ou_avec_celui_d_un_service_rien_ne_s_ouvre(banc):
    assert banc.en_tant_que(None).get(URL).status_code == 401
    assert banc.en_tant_que(un_service("gateway", "audit")).get(URL).status_code == 403


def test_un_evenement_illisible_n_est_montre_a_personne(banc, forge):
    from audit.adapters.depots import RegistreSql
    from audit.usecases.accueillir import accueillir

    accueillir(RegistreSql(banc.engine), "cdap", forge.lot(forge.chainer(b"?")))
    assert _ids(banc.en_tant_que(CONTROLEUR).get(URL)) == []


def test_le_journal_de_ses_propres_lectures_n_est_donne_qu_a_audit(banc):
    banc.en_tant_que(CONTROLEUR).get(URL)
    assert banc.en_tant_que(CONTROLEUR).get("/journal?apres=0").status_code == 403
    assert banc.en_tant_que(un_service("audit", "audit")).get("/journal?apres=0").status_code == 200
