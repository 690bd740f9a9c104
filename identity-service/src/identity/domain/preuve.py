"""What proves that somebody is the holder of an account, and what was proven."""

from dataclasses import dataclass

from identity.domain.comptes import Compte
from identity.domain.freins import Cles
from identity.domain.mots_de_passe import AUCUN_SECOURS, MotDePasse, Secours
from identity.domain.second_facteur import AUCUN_FACTEUR, SecondFacteur


@dataclass(frozen=True, slots=True)
class Titulaire:
    """An account with the password in force, and the one for who has forgotten hers."""

    compte: Compte
    mot: MotDePasse
    secours: Secours = AUCUN_SECOURS
    facteur: SecondFacteur = AUCUN_FACTEUR


@dataclass(frozen=True, slots=True)
class Preuve:
    """Who was proven, by which password, and where her failures would have been counted."""

    titulaire: Titulaire
    cles: Cles
    par_secours: bool

    @property
    def compte(self) -> Compte:
        """The account."""
        return self.titulaire.compte

    @property
    def a_changer(self) -> bool:
        """Whether the password that was used only serves to choose another."""
        return self.par_secours or self.titulaire.mot.provisoire
