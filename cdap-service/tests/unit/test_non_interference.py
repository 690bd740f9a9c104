"""Whatever the dossier: a rubrique is served to who may read it, and says nothing that the matrix forbids.

Two dossiers that differ only in what the profile may not see must give the same bytes: nothing of it can be
anywhere in the body, whatever its form.
"""

from dataclasses import fields, replace
from datetime import date

import msgspec
from fabrique import AUJOURD_HUI, un_dossier_paye
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator
from tout_dossier import dossiers

import contracts
from atelier.cellules import CELLULES
from cdap.domain.attestation import Attestation, Canal, Indisponible, attestation, exiger_delivrable
from cdap.domain.cafs import Caf
from cdap.domain.dossiers import Dossier
from cdap.domain.foyer import Role, Situation
from cdap.domain.profils import Profil, Rubrique
from cdap.domain.refus import AttestationImpossible
from cdap.domain.rubriques import contenu
from cdap.domain.vues import Cadrage, Vue, vue_de
from socle.refus import RessourceInconnue

ENCODEUR = msgspec.json.Encoder(decimal_format="number")
JOURS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
ESSAIS = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

# What each rubrique is made of, by section of the dossier; of the situation, by field. Written from the slides.
SECTIONS = {
    "synthese": "personnes adresse situation quotient_familial",
    "dossier": "situation",
    "paiements": "paiements",
    "droits": "droits",
    "famille": "personnes situation",
    "logement": "logement",
    "ressources": "ressources personnes",
    "rsa": "rsa",
    "creances": "creances",
    "courriers": "courriers",
    "cmu-rsa": "cmu_rsa",
    "cmuc-ressources": "cmuc_ressources",
    "donnees-complementaires": "donnees_complementaires",
    "attestation-paiement": "personnes adresse situation quotient_familial paiements",
}
SITUATION = {
    "synthese": "dossier familiale enfants_a_charge_pf personnes_a_charge_al",
    "famille": "familiale",
    "attestation-paiement": "dossier",
    "dossier": " ".join(champ.name for champ in fields(Situation)),
}
NOMS = {Attestation: "AttestationDePaiement", Indisponible: "AttestationIndisponible"}
COMPOSANTS = contracts.openapi("cdap")["components"]
VALIDATEURS = {
    nom: OAS30Validator({"$ref": f"#/components/schemas/{nom}", "components": COMPOSANTS})
    for nom in (cas["$ref"].rpartition("/")[2] for cas in COMPOSANTS["schemas"]["LectureDeRubrique"]["anyOf"])
}
BLOCS = {"paiements": "paiements", "logement": "logement", "creances": "creances", "courriers": "courriers"}
CADRAGES = {
    "paiements": (Cadrage(vue=Vue.PAIEMENT), Cadrage(vue=Vue.PERIODE), Cadrage(vue=Vue.PERIODE, depuis="1500-01")),
    "droits": (Cadrage(vue=Vue.MOIS), Cadrage(vue=Vue.PERIODE), Cadrage(vue=Vue.MOIS, mois="2026-01")),
    "ressources": (Cadrage(vue=Vue.ANNEE), Cadrage(vue=Vue.MOIS), Cadrage(vue=Vue.ANNEE, annee=2024)),
    "courriers": (Cadrage(vue=Vue.RECENTS),),
}


def visible(profil: str, rubrique: str) -> tuple[set[str], set[str]]:
    """Sections, and fields of the situation, that this rubrique may show to this profile."""
    sections, situation = set(SECTIONS[rubrique].split()), set(SITUATION.get(rubrique, "").split())
    if rubrique == "synthese":
        sections |= {section for ouverte, section in BLOCS.items() if ouverte in CELLULES[profil]}
        situation |= {"surendettement"} if "dossier" in CELLULES[profil] else set()
    return sections, situation


def ailleurs_change(un: Dossier, autre: Dossier, profil: str, rubrique: str) -> Dossier:
    """The first dossier, with all that must not be seen taken from the second."""
    sections, champs = visible(profil, rubrique)
    garde = {champ.name: getattr(un, champ.name) for champ in fields(Dossier) if champ.name in sections}
    melange = replace(autre, cle=un.cle, fictif=un.fictif, **garde)
    if "situation" in sections:
        mienne, sienne = un.situation or Situation(), autre.situation or Situation()
        melange = replace(melange, situation=replace(sienne, **{champ: getattr(mienne, champ) for champ in champs}))
    if rubrique in ("synthese", "attestation-paiement") and un.personnes is not None:  # responsable and conjoint alone
        adultes = tuple(p for p in un.personnes if p.role in {Role.DEM, Role.CJT})
        enfants = tuple(p for p in autre.personnes or () if p.role not in {Role.DEM, Role.CJT})
        melange = replace(melange, personnes=adultes + enfants)
    return melange


def corps(dossier: Dossier, profil: str, rubrique: str, le: date) -> list[bytes]:
    """The body whole, and in each view."""
    ouvertes = frozenset(map(Rubrique, CELLULES[profil]))
    entiere = contenu(dossier, Rubrique(rubrique), ouvertes, le)
    vues = (vue_de(Rubrique(rubrique), entiere, cadrage, le) for cadrage in CADRAGES.get(rubrique, ()))
    return [ENCODEUR.encode(lue) for lue in (entiere, *vues)]


@ESSAIS
@given(un=dossiers(), autre=dossiers(), le=JOURS)
def test_ce_que_la_matrice_interdit_ne_change_rien_a_la_reponse(un, autre, le):
    for profil in Profil:
        for rubrique in CELLULES[profil]:
            melange = ailleurs_change(un, autre, profil, rubrique)
            assert corps(un, profil, rubrique, le) == corps(melange, profil, rubrique, le), (profil, rubrique)


@ESSAIS
@given(dossier=dossiers(), le=JOURS, numero=st.integers(1, 5))
def test_un_paiement_demande_est_montre_ou_n_existe_pas(dossier, le, numero):
    entiere = contenu(dossier, Rubrique.PAIEMENTS, frozenset(Rubrique), le)
    try:
        vue = vue_de(Rubrique.PAIEMENTS, entiere, Cadrage(vue=Vue.PAIEMENT, numero=numero), le)
    except RessourceInconnue:
        assert numero > len(dossier.paiements or ())
    else:
        assert vue.numero == numero and vue.paiement == entiere.paiements[-numero]


@ESSAIS
@given(
    dossier=dossiers(), tirees=st.sets(st.sampled_from(sorted(SECTIONS["attestation-paiement"].split())), max_size=2)
)
def test_une_attestation_se_delivre_entiere_ou_se_refuse_avec_un_motif(dossier, tirees):
    melange = un_dossier_paye(**{section: getattr(dossier, section) for section in tirees})
    try:
        lue, _ = exiger_delivrable(attestation(melange, AUJOURD_HUI), Caf(organisme="831", nom="Caf"), Canal.COURRIER)
    except AttestationImpossible as refus:
        assert tirees and refus.erreurs[0][1].endswith(".")
    else:
        assert lue.total == sum(ligne.montant for ligne in lue.lignes) > 0
        assert lue.quotient_familial.valeur > 0 and all(personne.nom for personne in lue.personnes)


@ESSAIS
@given(dossier=dossiers(), le=JOURS)
def test_chaque_reponse_est_celle_que_le_contrat_decrit(dossier, le):
    for rubrique in Rubrique:
        entiere = contenu(dossier, rubrique, frozenset(Rubrique), le)
        for lue in (entiere, *(vue_de(rubrique, entiere, cadrage, le) for cadrage in CADRAGES.get(rubrique, ()))):
            VALIDATEURS[NOMS.get(type(lue), type(lue).__name__)].validate(msgspec.json.decode(ENCODEUR.encode(lue)))
