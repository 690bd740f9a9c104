"""A rubrique is answered the same by the short way and by the long one: same status, headers, body and event."""

import pytest
from fabrique import saisie, un_dossier

from atelier import un_groupe, un_utilisateur

ICI = "/cdap/v1/consultations"
LONGUE = {"X_Longue": "1"}
"""A name with an underscore: WSGI would join it to another, so the short way leaves it to the long one."""
PROPRES = {"audit-receipt", "date"}


def ce_qui_se_compare(reponse):
    entetes = {nom: valeur for nom, valeur in reponse.headers.items() if nom not in PROPRES}
    corps = reponse.json() if reponse.content else None
    if reponse.status_code >= 400:
        assert corps.pop("instance")
    return reponse.status_code, entetes, corps, "audit-receipt" in reponse.headers


@pytest.mark.parametrize(
    ("rubrique", "jeton"),
    [("synthese", None), ("paiements", None), ("cmu-rsa", None), ("synthese", "Bearer faux.jeton.ici"),
     ("synthese", "Basic QTpC"), ("synthese", "")],
)  # fmt: skip
@pytest.mark.parametrize("connue", [True, False])
def test_les_deux_routes_repondent_de_meme(banc, connait, rubrique, jeton, connue):
    connait(un_dossier())
    appelant = banc.en_tant_que(un_utilisateur(un_groupe()))
    consultation = appelant.post(ICI, json=saisie()).json()["id"] if connue else "inconnue"
    entetes = {} if jeton is None else {"Authorization": jeton}
    adresse, traces, evenements = f"{ICI}/{consultation}/rubriques/{rubrique}", [], []
    for route in ({}, LONGUE):
        avant = len(banc.traces)
        traces.append(ce_qui_se_compare(appelant.get(adresse, headers=entetes | route)))
        evenements.append([{**trace["data"], "trace": None} for trace in banc.traces[avant:]])
    assert traces[0] == traces[1]
    assert evenements[0] == evenements[1]
    assert len(evenements[0]) == (1 if jeton is None else 0)
