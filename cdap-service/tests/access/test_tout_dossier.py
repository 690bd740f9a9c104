"""Any dossier that the schema allows, through the API: no 500, one event a read, and refusals that say nothing."""

from dataclasses import replace

from fabrique import saisie, un_dossier
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from tout_dossier import dossiers

from atelier import un_groupe, un_utilisateur
from atelier.cellules import CELLULES
from cdap.domain.profils import Profil, Rubrique

ICI = "/cdap/v1/consultations"
TEMOIN = un_dossier()
PERSONNES = {profil: un_utilisateur(un_groupe(profil=profil)) for profil in Profil}


def ouvrable(dossier):
    """The same household, with a responsable whose name is known and what every extra check wants."""
    personnes = (*(TEMOIN.personnes or ())[:1], *(dossier.personnes or ()))
    return replace(dossier, cle=TEMOIN.cle, fictif=False, personnes=personnes, liens=TEMOIN.liens)


@settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(dossier=dossiers())
def test_tout_dossier_est_servi_a_qui_y_a_droit_et_a_personne_d_autre(banc, connait, dossier):
    with banc.engine.begin() as connexion:
        for table in ("dossiers", "outbox"):
            connexion.execute(text(f"DELETE FROM {table}"))
    connait(ouvrable(dossier))
    actes = 0
    for profil, personne in PERSONNES.items():
        appelant = banc.en_tant_que(personne)
        ouverte = appelant.post(ICI, json=saisie())
        assert ouverte.status_code == 201
        ici = f"{ICI}/{ouverte.json()['id']}"
        recus = [ouverte.headers["Audit-Receipt"]]
        for rubrique in Rubrique:
            lue = appelant.get(f"{ici}/rubriques/{rubrique}")
            recus.append(lue.headers["Audit-Receipt"])
            if rubrique in CELLULES[profil]:
                assert lue.status_code == 200, (profil, rubrique, lue.text)
            else:
                assert (lue.status_code, lue.json().keys()) == (403, {"type", "title", "status", "instance"})
        for canal in ("telechargement", "courrier"):
            delivree = appelant.post(f"{ici}/attestations", json={"canal": canal})
            permis = "attestation-paiement" in CELLULES[profil]
            assert delivree.status_code in ({200, 202, 409} if permis else {403}), delivree.text
            recus.append(delivree.headers["Audit-Receipt"])
        traces = banc.traces
        assert [trace["id"] for trace in traces[actes:]] == recus
        actes = len(traces)
