"""The account of an agent of a Caf, with its roles: by a référent of that Caf, or the very first by the command."""

from collections.abc import Collection

from identity.domain.comptes import Personne, ReferentExistant, Role, agent_de, une_personne
from identity.domain.identifiants import Prefixe
from identity.usecases.ouverture import Provisoire, inscrire, preparer_provisoire
from identity.usecases.ports import Coffre, Depots
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail


def nommer_agent(
    travail: Travail[Depots], acces: Acces, coffre: Coffre, personne: dict[str, str], roles: Collection[Role]
) -> str:
    """A référent creates the account of an agent of his own Caf; the new identifiant.

    Nobody gives himself a role: the roles go to the account that is made here. Raises AccesRefuse, PersonneInvalide.
    """
    with travail.acte("identity.agent.nomme", acces) as acte:
        if acces.caf is None:
            raise AccesRefuse("sans_caf")
        qui, mot = une_personne(**personne), preparer_provisoire(coffre, acte.instant)
        identifiant = _inscrire_agent(acte.depots, acces.caf, qui, roles, str(acces.sujet), mot)
        acte.note(objet=identifiant)
        return identifiant


def nommer_premier_referent(
    travail: Travail[Depots], acces: Acces, coffre: Coffre, caf: str, personne: dict[str, str], roles: Collection[Role]
) -> str:
    """The command creates the first référent of a Caf; the new identifiant.

    Raises ReferentExistant where the Caf has one, PersonneInvalide.
    """
    with travail.acte("identity.agent.nomme", acces, caf=agent_de(caf).caf) as acte:
        qui, mot = une_personne(**personne), preparer_provisoire(coffre, acte.instant)
        if acte.depots.comptes.a_un_referent(caf):
            raise ReferentExistant()
        identifiant = _inscrire_agent(acte.depots, caf, qui, {Role.REFERENT, *roles}, str(acces.client), mot)
        acte.note(objet=identifiant)
        return identifiant


def a_un_referent(travail: Travail[Depots], caf: str) -> bool:
    """Whether the Caf has a référent already. Raises PersonneInvalide where this is no code of a Caf."""
    with travail.lecture() as depots:
        return depots.comptes.a_un_referent(str(agent_de(caf).caf))


def _inscrire_agent(depots: Depots, caf: str, qui: Personne, roles: Collection[Role], par: str, mot: Provisoire) -> str:
    identifiant = inscrire(depots, Prefixe.ACC, qui, agent_de(caf), par, mot)
    depots.comptes.donner_roles(identifiant, roles, par, "creation_du_compte", mot.cree_a)
    return identifiant
