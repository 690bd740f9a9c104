"""Who opens a dossier, and what an import changes in it."""

from dataclasses import replace
from datetime import date

import pytest

from cdap.domain.dossiers import Cle, Dossier, fusionner, noms_admis, repond_au_nom
from cdap.domain.foyer import Activite, Adresse, Personne, Role, Situation, SituationFamiliale
from cdap.domain.liens import DroitRsa, Liens, Mandat
from cdap.domain.revenus import MotifRsa, Rsa
from cdap.domain.versements import Creance, QuotientFamilial

CLE = Cle("831", "0412377")


def _personne(role: Role | None = Role.DEM, **champs) -> Personne:
    return Personne(role=role, **champs)


def test_noms_de_naissance_et_d_usage_du_responsable_et_du_conjoint_ouvrent_le_dossier():
    dossier = Dossier(
        cle=CLE,
        personnes=(
            _personne(nom_naissance="AUBRAC", nom_usage="Le Gall"),
            _personne(Role.CJT, nom_naissance="Lefèvre", nom_usage=None),
            _personne(Role.ENF, nom_naissance="MOREAU"),
            _personne(Role.AUT, nom_usage="PETIT"),
            _personne(None, nom_usage="SIMON"),
        ),
    )
    assert noms_admis(dossier) == {"AUBRAC", "LE GALL", "LEFEVRE"}
    assert repond_au_nom(dossier, "lefevre")
    assert not repond_au_nom(dossier, "MOREAU")


def test_un_foyer_sans_responsable_est_ouvert_par_son_conjoint():
    dossier = Dossier(cle=CLE, personnes=(_personne(Role.CJT, nom_usage="KELLER"),))
    assert repond_au_nom(dossier, "Keller")


@pytest.mark.parametrize("personnes", [None, (), (_personne(nom_usage="-"),), (_personne(nom_usage=None),)])
def test_un_dossier_sans_nom_ne_s_ouvre_pour_personne(personnes):
    dossier = Dossier(cle=CLE, personnes=personnes)
    assert noms_admis(dossier) == frozenset()
    assert not repond_au_nom(dossier, "-")
    assert not repond_au_nom(dossier, "")


def test_un_prenom_n_ouvre_pas_un_dossier():
    dossier = Dossier(cle=CLE, personnes=(_personne(nom_usage="AUBRAC", prenom="INES"),))
    assert not repond_au_nom(dossier, "INES")


def test_un_import_ne_remplace_que_les_sections_qu_il_connait():
    ancien = Dossier(
        cle=CLE,
        adresse=Adresse(commune="TOULON"),
        creances=(),
        quotient_familial=QuotientFamilial(valeur=600, mois="2026-01"),
    )
    recu = Dossier(cle=CLE, quotient_familial=QuotientFamilial(valeur=None, mois="2026-02"))
    fusion = fusionner(ancien, recu)
    assert fusion.adresse == ancien.adresse
    assert fusion.creances == ()
    assert fusion.quotient_familial == QuotientFamilial(valeur=None, mois="2026-02")


def test_une_liste_connue_vide_remplace_une_liste():
    ancien = Dossier(cle=CLE, creances=(Creance(rang=1),))
    assert fusionner(ancien, Dossier(cle=CLE, creances=())).creances == ()
    assert fusionner(ancien, Dossier(cle=CLE)).creances == ancien.creances


def test_la_situation_et_les_liens_se_completent_champ_par_champ():
    mandat = Mandat(siret="13002526500013", depuis=date(2020, 1, 1))
    ancien = Dossier(
        cle=CLE,
        situation=Situation(enfants_a_charge_pf=2, surendettement=False),
        liens=Liens(mandats=(mandat,), droits_rsa=(DroitRsa(depuis=date(2020, 1, 1)),)),
    )
    recu = Dossier(
        cle=CLE,
        situation=Situation(familiale=SituationFamiliale(code="CEL"), enfants_a_charge_pf=0),
        liens=Liens(droits_rsa=(), numero_bailleur="831000003"),
    )
    fusion = fusionner(ancien, recu)
    assert fusion.situation == Situation(
        familiale=SituationFamiliale(code="CEL"), enfants_a_charge_pf=0, surendettement=False
    )
    assert fusion.liens == Liens(mandats=(mandat,), numero_bailleur="831000003", droits_rsa=ancien.liens.droits_rsa)


def test_un_rsa_rouvert_ne_garde_pas_son_ancien_motif_de_cloture():
    ancien = Dossier(cle=CLE, rsa=Rsa(etat_code="5", cloture=MotifRsa(code="PCG")))
    recu = Dossier(cle=CLE, rsa=Rsa(etat_code="2"))
    assert fusionner(ancien, recu).rsa == Rsa(etat_code="2")


def test_une_personne_reconnue_garde_ce_que_l_import_ne_dit_pas():
    naissance = date(1988, 3, 14)
    ancienne = _personne(nom_naissance="AUBRAC", prenom="Inès", date_naissance=naissance, activite=Activite(code="SAL"))
    partie = _personne(Role.CJT, prenom="MARC", date_naissance=date(1980, 1, 1))
    recue = _personne(Role.CJT, nom_usage="LE GALL", prenom="INES", date_naissance=naissance)
    fusion = fusionner(Dossier(cle=CLE, personnes=(ancienne, partie)), Dossier(cle=CLE, personnes=(recue,)))
    assert fusion.personnes == (replace(ancienne, role=Role.CJT, nom_usage="LE GALL", prenom="INES"),)


def test_des_jumeaux_de_meme_prenom_ne_sont_pas_reconnus():
    jumeau = _personne(Role.ENF, prenom="LEO", date_naissance=date(2015, 1, 1), activite=Activite(code="SCO"))
    recue = _personne(Role.ENF, prenom="LEO", date_naissance=date(2015, 1, 1))
    fusion = fusionner(Dossier(cle=CLE, personnes=(jumeau, jumeau)), Dossier(cle=CLE, personnes=(recue,)))
    assert fusion.personnes == (recue,)


def test_le_vrai_remplace_le_fictif_et_le_fictif_ne_touche_pas_au_vrai():
    vrai = Dossier(cle=CLE, adresse=Adresse(commune="TOULON"))
    fictif = Dossier(cle=CLE, fictif=True, creances=())
    assert fusionner(fictif, vrai) == vrai
    assert fusionner(vrai, fictif) == vrai


def test_deux_dossiers_de_cles_differentes_ne_fusionnent_pas():
    with pytest.raises(ValueError):
        fusionner(Dossier(cle=CLE), Dossier(cle=Cle("841", "0412377")))


JANVIER_2018, MARS_2024, AVRIL_2026 = date(2018, 1, 1), date(2024, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("anciens", "recus", "demande_le", "attendus"),
    [
        # a right that is closed by a later flow, and one that is closed already when another demand waits
        (((JANVIER_2018, None),), ((JANVIER_2018, MARS_2024),), JANVIER_2018, ((JANVIER_2018, MARS_2024),)),
        (((JANVIER_2018, MARS_2024),), (), AVRIL_2026, ((JANVIER_2018, MARS_2024),)),
        # a right that begins ends the one that was still open; so does a demand that is only waiting
        (
            ((JANVIER_2018, None),),
            ((AVRIL_2026, None),),
            AVRIL_2026,
            ((JANVIER_2018, date(2026, 3, 31)), (AVRIL_2026, None)),
        ),
        (((JANVIER_2018, None),), (), AVRIL_2026, ((JANVIER_2018, date(2026, 3, 31)),)),
        # a demand that is refused after all gave no right
        (((JANVIER_2018, MARS_2024), (AVRIL_2026, None)), (), AVRIL_2026, ((JANVIER_2018, MARS_2024),)),
        # an older flow that comes late adds its period where it belongs
        (
            ((AVRIL_2026, None),),
            ((JANVIER_2018, MARS_2024),),
            JANVIER_2018,
            ((JANVIER_2018, MARS_2024), (AVRIL_2026, None)),
        ),
        (None, (), None, ()),
        (((JANVIER_2018, None),), None, None, ((JANVIER_2018, None),)),
    ],
)
def test_les_periodes_de_rsa_se_reunissent(anciens, recus, demande_le, attendus):
    def dossier(periodes):
        droits = None if periodes is None else tuple(DroitRsa(depuis=d, jusqu_a=f) for d, f in periodes)
        return Dossier(cle=CLE, liens=Liens(droits_rsa=droits), rsa=Rsa(date_demande=demande_le))

    reunis = fusionner(dossier(anciens), dossier(recus)).liens.droits_rsa
    assert tuple((droit.depuis, droit.jusqu_a) for droit in reunis) == attendus
