"""Who acts in a test: builders with defaults, one for each kind of person of the webinar."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

CAF = "831"
SIRET = "99900031800017"


@dataclass(frozen=True)
class Persona:
    """Someone with the claims of a token; `claims` may be overridden for a variant."""

    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def identifiant(self) -> str:
        """The `sub` of the token."""
        return str(self.claims["sub"])

    def avec(self, **claims: Any) -> "Persona":
        """The same person with other claims."""
        return Persona(self.claims | claims)


def un_groupe(
    service: str = "cdap",
    profil: str | None = "T1",
    portee: str = "mono",
    organismes: tuple[str, ...] = (CAF,),
    **champs: Any,
) -> dict[str, Any]:
    """A group as the token has it."""
    return {
        "id": str(uuid4()),
        "service": service,
        "profil": profil,
        "portee": portee,
        "organismes": list(organismes),
        "bulletin": str(uuid4()),
        "finalite": "accompagnement-social",
        "fondement": "mission-interet-public",
        "destinataire": "travailleurs-sociaux",
    } | champs


def un_utilisateur(*groupes: dict[str, Any], sub: str = "ACC7K2MQ", **claims: Any) -> Persona:
    """A partner's user, in these groups."""
    return Persona(
        {
            "aud": "mcp",
            "sub": sub,
            "client_id": "portail",
            "sid": str(uuid4()),
            "partenaire": SIRET,
            "caf_referente": CAF,
            "administrateur": False,
            "responsable_de": [],
            "roles": [],
            "caf": None,
            "groups": list(groupes),
            "droits": 1,
        }
        | claims
    )


def un_administrateur(sub: str = "ACC2ADMN", **claims: Any) -> Persona:
    """The administrateur of the partner."""
    return un_utilisateur(sub=sub, administrateur=True, **claims)


def un_agent(*roles: str, sub: str = "ACC3AGNT", caf: str = CAF, **claims: Any) -> Persona:
    """An agent of a Caf with these roles."""
    return un_utilisateur(sub=sub, partenaire=None, caf_referente=None, roles=list(roles), caf=caf, droits=0, **claims)


def un_referent(caf: str = CAF, **claims: Any) -> Persona:
    """The référent of a Caf."""
    return un_agent("caf:referent", caf=caf, **claims)


def un_service(client: str, cible: str) -> Persona:
    """A service that calls another."""
    return Persona({"aud": cible, "client_id": client})
