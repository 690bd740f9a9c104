"""The gateway's span, and the step that it hands on."""

from typing import Any

from atelier import un_groupe, un_utilisateur
from atelier.collecteur import Collecteur

LIRE = ("GET", "/cdap/v1/consultations/0198f3c2/rubriques/rsa")
TRACE, AMONT = "c" * 32, "d" * 16


def test_le_span_de_la_porte_est_celui_que_le_service_nomme(nouvelle_porte: Any) -> None:
    collecteur = Collecteur()
    porte = nouvelle_porte(otel_url=collecteur.url)
    traceparent = ("traceparent", f"00-{TRACE}-{AMONT}-01")
    porte.demander(*LIRE, persona=un_utilisateur(un_groupe()), entetes=[traceparent])
    (recue,) = [recue for recue in porte.cdap.recues if recue.chemin == LIRE[1]]
    porte.demander("GET", "/inconnue")
    collecteur.attendre(2)
    lus = {span.name: span for _, span in collecteur.spans}
    lecture = lus["cdap.consultations.lire_rubrique"]
    assert (lecture.trace_id.hex(), lecture.parent_span_id.hex()) == (TRACE, AMONT)
    assert recue.valeurs("traceparent") == [f"00-{TRACE}-{lecture.span_id.hex()}-01"]
    assert lus["gateway.inconnue"].trace_id.hex() != TRACE
    assert {service for service, _ in collecteur.spans} == {"gateway"}
    collecteur.eteindre()
