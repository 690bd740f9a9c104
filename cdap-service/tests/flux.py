"""Builders of RSA flows that follow `vrsb0801.xsd`, from two households to a million."""

from collections.abc import Iterable
from pathlib import Path

ADRESSE = """<Adresse><TroncCommunAdresse><RGADR>01</RGADR><PAYS>FRA</PAYS><TYPEADR>D</TYPEADR><ETATADR>V</ETATADR>
</TroncCommunAdresse><AdresseDetailleeFrance><COMPLIDEADR>BAT A</COMPLIDEADR><COMPLADR></COMPLADR><NUMVOIE>25</NUMVOIE>
<LIBTYPEVOIE>RUE</LIBTYPEVOIE><NOMVOIE>HENRI BARBUSSE</NOMVOIE><LIEUDIST></LIEUDIST><NUMCOM>92044</NUMCOM>
<CODEPOS>92300</CODEPOS><NOMCOM>LEVALLOIS PERRET</NOMCOM></AdresseDetailleeFrance></Adresse>"""
CLOS = "<FinDroit><MOTICLORSA>PCG</MOTICLORSA><DTCLORSA>{}</DTCLORSA></FinDroit>"


def un_foyer(
    numero: str = "2055990",
    *,
    caf: str = "521",
    nom: str = "LÉGER",
    matricule: str | None = None,
    etat: str = "2",
    demande: str = "2018-08-06",
    clos_le: str | None = None,
    naissance: str = "1982-02-01",
    montant: str = "0001675.00",
    suite: str = "",
    annexe: str = "",
) -> str:
    """A household; `suite` closes its identification (mutations), `annexe` the household itself."""
    fin = CLOS.format(clos_le) if clos_le else ""
    return f"""<InfosFoyerRSA>
<IdentificationRSA><Organisme><FONORG>CAF</FONORG><NUMORG>{caf}</NUMORG>
<MATRICULE>{matricule or numero + "00000000"}</MATRICULE></Organisme>
<Partenaire><TYPEPARTE>CG </TYPEPARTE><IDEPARTE>052</IDEPARTE></Partenaire>
<DemandeRSA><DTDEMRSA>{demande}</DTDEMRSA><NUMDEMRSA>01024041052</NUMDEMRSA></DemandeRSA>{suite}</IdentificationRSA>
<Personne><Identification><QUAL>MME</QUAL><NOM>{nom}</NOM><NOMNAI>{nom}</NOMNAI><PRENOM>SOPHIE</PRENOM>
<NOMCOMNAI>CHALON</NOMCOMNAI>
<DTNAI>{naissance}</DTNAI>
<TYPEDTNAI>N</TYPEDTNAI><NIR>2820251108030</NIR><TOPVALIEC>1</TOPVALIEC><SEXE>2</SEXE></Identification>
<DossierCAF><TOPRESPDOS>1</TOPRESPDOS><DDRATDOS>2007-05-15</DDRATDOS></DossierCAF>
<Prestations><NATPREST>PFA</NATPREST><ROLEPERS>DEM</ROLEPERS><TOPCHAPERS>0</TOPCHAPERS></Prestations>
<Prestations><NATPREST>RSA</NATPREST><ROLEPERS>DEM</ROLEPERS><TOPCHAPERS>1</TOPCHAPERS></Prestations>
<Ressources><GeneraliteRessourcesTrimestre><TOPRESSNUL>0</TOPRESSNUL><DDRESS>2021-08-01</DDRESS>
<DFRESS>2021-10-31</DFRESS></GeneraliteRessourcesTrimestre>
<RessourcesMensuelles><GeneraliteRessourcesMensuelles><MOISRESS>2021-08-01</MOISRESS><NBHEUMENTRA>000</NBHEUMENTRA>
</GeneraliteRessourcesMensuelles><DetailRessourcesMensuelles><NATRESS>001</NATRESS>
<MTNATRESSMEN>{montant}</MTNATRESSMEN>
</DetailRessourcesMensuelles></RessourcesMensuelles></Ressources></Personne>
<DonneesAdministratives><SituationFamille><SITFAM>CEL</SITFAM><DDSITFAM>2020-02-02</DDSITFAM></SituationFamille>
{ADRESSE}</DonneesAdministratives>
<PrestationRSA><SituationDossierRSA><EtatDossierRSA><ETATDOSRSA>{etat}</ETATDOSRSA></EtatDossierRSA>{fin}
</SituationDossierRSA><DetailDroitRSA><TroncCommunDroitRSA><TOPSANSDOMFIXE>0</TOPSANSDOMFIXE><ORIDEMRSA>DEM</ORIDEMRSA>
</TroncCommunDroitRSA></DetailDroitRSA></PrestationRSA>{annexe}</InfosFoyerRSA>
"""


def vient_de(numero: str | None, caf: str = "521", le: str = "2022-03-10") -> str:
    """The `suite` of a household that comes from another Caf."""
    matricule = f"<MATRICULEORGCEDMUT>{numero}00000000</MATRICULEORGCEDMUT>" if numero else ""
    return (
        f"<OrganismeCedant><FONORGCEDMUT>CAF</FONORGCEDMUT><NUMORGCEDMUT>{caf}</NUMORGCEDMUT>{matricule}"
        f"<DDARRMUT>{le}</DDARRMUT></OrganismeCedant>"
    )


def va_a(caf: str = "831", le: str = "2022-03-10") -> str:
    """The `suite` of a household that goes to another Caf."""
    return (
        f"<OrganismePrenant><FONORGPRENMUT>CAF</FONORGPRENMUT><NUMORGPRENMUT>{caf}</NUMORGPRENMUT>"
        f"<DDDEPAMUT>{le}</DDDEPAMUT></OrganismePrenant>"
    )


def ecrire(
    chemin: Path,
    foyers: Iterable[str],
    *,
    annonces: int | str | None = None,
    reference: str = "2022-02-28",
    cree: str = "2022-03-05",
    type_flux: str = "M",
    encodage: str = "windows-1252",
    en: str | None = None,
    prologue: str = "",
) -> Path:
    """Write a flow, household by household; `en` lies about the encoding, `annonces` about the count."""
    ecrit = en or encodage.replace("windows-", "cp")
    combien = 0
    with chemin.open("w", encoding=ecrit, newline="") as fichier:
        fichier.write(
            f'<?xml version="1.0" encoding="{encodage}"?>{prologue}\n<Racine>\n<IdentificationFlux>'
            f"<APPLIEME>CRI</APPLIEME><NUMVERSIONAPPLIEME>6200</NUMVERSIONAPPLIEME><TYPEFLUX>{type_flux}</TYPEFLUX>"
            f"<NATFLUX>D</NATFLUX><DTCREAFLUX>{cree}</DTCREAFLUX><HEUCREAFLUX>01:18:36.0000</HEUCREAFLUX>"
            f"<DTREF>{reference}</DTREF></IdentificationFlux>\n"
        )
        for combien, foyer in enumerate(foyers, 1):  # noqa: B007
            fichier.write(foyer)
        fichier.write(
            f"<TransmissionFlux><NBTOTDOSRSATRANSM>{combien if annonces is None else annonces}</NBTOTDOSRSATRANSM>"
            "<NBTOTDOSRSATRANSMANO>0</NBTOTDOSRSATRANSMANO></TransmissionFlux></Racine>\n"
        )
    return chemin


def numeros(combien: int, depuis: int = 1_000_000) -> list[str]:
    """So many numbers."""
    return [f"{depuis + rang:07d}" for rang in range(combien)]
