"""The table of verdicts as data, beside the contracts: what must stand in it, and what is missing, in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import contracts
from contracts.lecture import VERBES, suivre

LU = yaml.safe_load((Path(__file__).parent / "verdicts.yaml").read_text(encoding="utf-8"))
PERSONNES: dict[str, str] = LU["personnes"]
ENSEMBLES: dict[str, list[str]] = LU["ensembles"]
INTERNES: dict[str, dict[str, Any]] = LU["internes"]
ACCORDE, PUBLIC, A_LA_PORTE = "accorde", "public", "403 regle_de_l_operation"
FORMES = {
    "date": "2026-01-05",
    "date-time": "2026-01-05T09:00:00Z",
    "uuid": "6f1c2b1e-64a5-4f0b-9f5e-0d7c6a1d2e3f",
}
FORMULAIRE = "x-www-form-urlencoded"


@dataclass(frozen=True)
class Operation:
    """An operation of a contract, and where it stands."""

    service: str
    nom: str
    verbe: str
    chemin: str
    contenu: dict[str, Any]

    @property
    def cle(self) -> str:
        return f"{self.service}.{self.nom}"

    @property
    def regle(self) -> dict[str, Any]:
        return self.contenu["x-acces"]

    @property
    def evenement(self) -> str | None:
        return self.contenu.get("x-evenement")

    @property
    def succes(self) -> int:
        return min(int(statut) for statut in self.contenu["responses"] if statut < "4")

    def requete(self, **valeurs: Any) -> tuple[str, str, dict[str, Any]]:
        """Method, path and options of a request that the contract allows.

        The body is its first example, or `corps`. A value goes where the contract has its name: in the path, the
        query, or the body; a required parameter that has none is given something of its kind.
        """
        contrat = contracts.openapi(self.service)
        options: dict[str, Any] = {}
        parametres = [suivre(contrat, parametre) for parametre in self.contenu.get("parameters", ())]
        donnes = {p["name"]: valeurs.get(p["name"], _un_exemple(contrat, p)) for p in parametres if p.get("required")}
        options["params"] = {
            p["name"]: donnes[p["name"]] for p in parametres if p["in"] == "query" and p["name"] in donnes
        }
        options |= valeurs.get("options", {})
        medias = suivre(contrat, self.contenu.get("requestBody", {})).get("content", {})
        for media, contenu in medias.items():
            exemple = next(iter(contenu["examples"].values()))["value"]
            corps = valeurs.get("corps", exemple | {champ: valeurs[champ] for champ in exemple if champ in valeurs})
            options["data" if FORMULAIRE in media else "json"] = corps
        chemin = re.sub(r"{(\w+)}", lambda trouve: str(donnes[trouve.group(1)]), self.chemin)
        return self.verbe.upper(), chemin, options


@cache
def operations(porte: str = "passerelle") -> dict[str, Operation]:
    """Every operation behind that door, by service and name; those that all services have count once, as `commun`."""
    trouvees = (operation for service in (*contracts.SERVICES, "commun") for operation in _du_contrat(service))
    return {operation.cle: operation for operation in trouvees if operation.regle["porte"] == porte}


def _du_contrat(service: str) -> Iterator[Operation]:
    for chemin, objet in contracts.openapi(service)["paths"].items():
        for verbe in VERBES:
            if verbe in objet:
                yield Operation(service, objet[verbe]["operationId"], verbe, chemin, objet[verbe])


def _un_exemple(contrat: dict[str, Any], parametre: dict[str, Any]) -> Any:
    schema = suivre(contrat, parametre["schema"])
    if "example" in parametre:
        return parametre["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") in ("integer", "number"):
        return 0
    return FORMES.get(schema.get("format"), "inconnu")


def verdicts(operation: Operation) -> dict[str, str]:
    """Each person's verdict on this operation. Raises KeyError where the table has none."""
    lignes = LU[operation.service][operation.nom]
    if est_publique(lignes):
        return dict.fromkeys(PERSONNES, lignes.removeprefix(PUBLIC).strip() or ACCORDE)
    rendus = dict.fromkeys(PERSONNES, A_LA_PORTE)
    for verdict, noms in (*LU["partout"].items(), *lignes.items()):
        rendus.update(dict.fromkeys(deplier(noms), str(verdict)))
    return rendus


def deplier(noms: list[str]) -> list[str]:
    """The persons of a line, its sets written out."""
    return [qui for nom in noms for qui in ENSEMBLES.get(nom, [nom])]


def est_publique(lignes: Any) -> bool:
    """Whether a line is « public », the same for all, or « public » and a verdict."""
    return isinstance(lignes, str) and lignes.startswith(PUBLIC)


def fautes() -> list[str]:
    """What is wrong with the table, each with what to write."""
    dites = [manque(une) for une in operations().values() if une.nom not in LU.get(une.service, {})]
    for service in contracts.SERVICES:
        dites += _fautes_du_service(service, LU.get(service, {}))
    prevues = {f"{service}.{nom}" for service, noms in INTERNES.items() for nom in noms}
    connues = operations("interne")
    dites += [f"internes: écrivez « {cle} », avec {connues[cle].regle['qui']}" for cle in connues.keys() - prevues]
    return dites + [f"internes: « {cle} » n’existe plus. Retirez cette ligne." for cle in prevues - connues.keys()]


def _fautes_du_service(service: str, verdicts: dict[str, Any]) -> Iterator[str]:
    partout = deplier([qui for noms in LU["partout"].values() for qui in noms])
    for nom, lignes in verdicts.items():
        ici = f"{service}: « {nom} »"
        operation = operations().get(f"{service}.{nom}")
        if operation is None:
            yield f"{ici} n’est plus une opération de la passerelle. Retirez cette ligne."
        elif est_publique(lignes) != ("public" in operation.regle["qui"]):
            yield f"{ici} : la table et la règle du contrat ne disent pas toutes deux « public »."
        if not est_publique(lignes):
            nommees = partout + [qui for noms in lignes.values() for qui in deplier(noms)]
            yield from (f"{ici} : « {qui} » n’est pas une personne." for qui in set(nommees) - PERSONNES.keys())
            yield from (f"{ici} : « {qui} » a deux verdicts." for qui in PERSONNES if nommees.count(qui) > 1)


def manque(operation: Operation) -> str:
    """What to write for an operation that has no verdict: those whom its rule lets pass, to be judged one by one."""
    if "public" in operation.regle["qui"]:
        lignes = [f"  {operation.nom}: public"]
    else:
        passent = [qui for mot in operation.regle["qui"] for qui in _que_laisse_passer(mot)]
        lignes = [f"  {operation.nom}:", f"    accorde: [{', '.join(dict.fromkeys(passent))}]"]
        if operation.regle["perimetre"] != "soi":
            lignes.append("    404 autre_…: [ceux des précédents que son périmètre refuse]")
    return "\n".join(
        [
            f"{operation.service}: « {operation.nom} » n’a pas de verdict. Dans tests/acces/verdicts.yaml, sous "
            f"« {operation.service}: », écrivez (périmètre : {operation.regle['perimetre']}) :",
            *lignes,
            "  et, si l’exemple du contrat ne peut pas servir tel quel, la requête dans tests/acces/gestes.py.",
        ]
    )


def _que_laisse_passer(mot: str) -> list[str]:
    if mot == "authentifie":
        return ["connectees"]
    if mot.startswith("role:caf:"):
        role = mot.removeprefix("role:caf:")
        return [role, f"{role}_autre_caf"]
    if mot.startswith("groupe:cdap"):
        return ["utilisatrice", "membre_autre_groupe", "membre_ailleurs"]
    return {
        "administrateur": ["administration", "administration_ailleurs"],
        "responsable": ["responsable", "responsable_autre_groupe"],
    }.get(mot, [mot])
