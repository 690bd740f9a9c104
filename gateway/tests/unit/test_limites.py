"""Token buckets: what passes, what does not, and that they stay few."""

import pytest

from gateway.domain import limites
from gateway.domain.limites import Limite, Limites
from gateway.domain.refus import TropDeDemandes


def test_une_salve_passe_puis_le_debit() -> None:
    limite = Limite("utilisateur", 10)
    assert [limite.prendre("a", 0.0).permis for _ in range(12)] == [True] * 10 + [False] * 2
    assert [limite.prendre("a", 0.1).permis for _ in range(2)] == [True, False]
    assert limite.prendre("b", 0.1).permis
    assert limite.prendre("a", 100.0).reste == 9


def test_les_seaux_oublies_sont_les_plus_anciens_et_leur_nombre_est_borne() -> None:
    limite = Limite("adresse", 1)
    for rang in range(limites.SEAUX_MAX + 100):
        limite.prendre(str(rang), 0.0)
    assert len(limite._seaux) == limites.SEAUX_MAX
    assert not limite.prendre(str(limites.SEAUX_MAX + 99), 0.0).permis


def test_le_plus_serre_des_deux_quotas_est_dit() -> None:
    tous = Limites(utilisateur=50, partenaire=3, adresse=300)
    assert tous.compter_personne("a", "p", 0.0).nom == "partenaire"
    assert tous.compter_personne("a", None, 0.0).nom == "utilisateur"
    tous.compter_personne("a", "p", 0.0), tous.compter_personne("a", "p", 0.0)
    with pytest.raises(TropDeDemandes) as refus:
        tous.compter_personne("a", "p", 0.0)
    assert refus.value.entetes["RateLimit"] == '"partenaire";r=0;t=1'
