"""One household of the RSA flow (`InfosFoyerRSA`) as a dossier.

Invariant: the flow knows persons, address, family situation and RSA; every other section stays unknown.
"""

from collections.abc import Mapping
from datetime import date

from lxml import etree

from cdap.adapters.balises import faute, jour, montant, oui_non, texte
from cdap.adapters.recus import Arrivee
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.foyer import (
    Activite,
    Adresse,
    Civilite,
    Personne,
    PrecisionDate,
    Role,
    Situation,
    SituationFamiliale,
)
from cdap.domain.liens import Depart, DroitRsa, Liens
from cdap.domain.nomenclatures import (
    ACTIVITES,
    CLOTURES_RSA,
    ETATS_RSA,
    NATURES_RSA,
    RESSOURCES,
    SITUATIONS_FAMILIALES,
    SUSPENSIONS_DROIT_RSA,
    SUSPENSIONS_VERSEMENT_RSA,
    libelle,
)
from cdap.domain.numeros import (
    NumeroInvalide,
    est_code_organisme,
    est_numero_instructeur,
    numero_de_matricule,
)
from cdap.domain.revenus import (
    RSA_CLOS,
    RSA_OUVERT,
    DetailRsa,
    MontantsRsa,
    MotifRsa,
    PersonneRsa,
    RessourceMensuelle,
    Rsa,
)

ROLES = {"DEM": Role.DEM, "RDO": Role.DEM, "CJT": Role.CJT, "ENF": Role.ENF, "AUT": Role.AUT}
"""ROLEPERS; RDO is the responsable of a dossier who is not counted for the RSA."""


def dossier(foyer: etree._Element) -> Dossier:
    """The dossier of a household. Raises ChampInvalide if its key or one of its fields cannot be read."""
    rsa = _rsa(foyer)
    return Dossier(
        cle=_cle(foyer),
        personnes=tuple(_personne(lue) for lue in foyer.iterfind("Personne")),
        adresse=_adresse(foyer),
        situation=Situation(familiale=_situation_familiale(foyer)),
        rsa=rsa,
        liens=Liens(
            numeros_instructeur=_numeros_instructeur(foyer), droits_rsa=_droits_rsa(rsa), depart=_depart(foyer)
        ),
    )


def arrivee(foyer: etree._Element) -> Arrivee | None:
    """Where the household comes from (OrganismeCedant), if it does. Raises ChampInvalide."""
    cedant = foyer.find("IdentificationRSA/OrganismeCedant")
    if cedant is None:
        return None
    le = jour(cedant, "DDARRMUT")
    if le is None:
        raise faute(cedant, "DDARRMUT", "date attendue, AAAA-MM-JJ")
    avec_numero = texte(cedant, "FONORGCEDMUT") == "CAF" and texte(cedant, "MATRICULEORGCEDMUT") is not None
    quittee = Cle(_code(cedant, "NUMORGCEDMUT"), _numero(cedant, "MATRICULEORGCEDMUT")) if avec_numero else None
    return Arrivee(quittee, le)


def _depart(foyer: etree._Element) -> Depart | None:
    """Where the household goes (OrganismePrenant, which may be no Caf), if it does."""
    prenant = foyer.find("IdentificationRSA/OrganismePrenant")
    if prenant is None:
        return None
    le = jour(prenant, "DDDEPAMUT")
    if le is None:
        raise faute(prenant, "DDDEPAMUT", "date attendue, AAAA-MM-JJ")
    vers = texte(prenant, "NUMORGPRENMUT")
    return Depart(le=le, vers=vers if vers is not None and est_code_organisme(vers) else None)


def _cle(foyer: etree._Element) -> Cle:
    organisme = foyer.find("IdentificationRSA/Organisme")
    if organisme is None:
        raise faute(foyer, "IdentificationRSA/Organisme", "organisme attendu")
    if texte(organisme, "FONORG") != "CAF":
        raise faute(organisme, "FONORG", "l’organisme n’est pas une Caf")
    return Cle(_code(organisme, "NUMORG"), _numero(organisme, "MATRICULE"))


def _code(organisme: etree._Element, chemin: str) -> str:
    code = texte(organisme, chemin) or ""
    if not est_code_organisme(code):
        raise faute(organisme, chemin, "code d’organisme de trois chiffres attendu")
    return code


def _numero(organisme: etree._Element, chemin: str) -> str:
    try:
        return numero_de_matricule(texte(organisme, chemin) or "")
    except NumeroInvalide as invalide:
        raise faute(organisme, chemin, str(invalide)) from None


def _numeros_instructeur(foyer: etree._Element) -> tuple[str, ...] | None:
    """The service that instructed the demand, in the 14 characters of the webinar.

    None where the flow names none; empty where what it names has not that shape (Corsica's 2A, say).
    """
    lu = foyer.find("IdentificationRSA/DemandeRMI/NumeroInstructionRMI")
    if lu is None:
        return None
    parties = (("NUMDEPINSRMI", 3), ("TYPEINSRMI", 1), ("NUMCOMINSRMI", 3), ("NUMAGRINSRMI", 2))
    numero = "".join((texte(lu, nom) or "").zfill(largeur) for nom, largeur in parties) + "00000"
    return (numero,) if est_numero_instructeur(numero) else ()


def _personne(lue: etree._Element) -> Personne:
    identite = "Identification"
    civilite = texte(lue, f"{identite}/QUAL")
    precision = texte(lue, f"{identite}/TYPEDTNAI")
    return Personne(
        role=_role(lue),
        civilite=Civilite(civilite) if civilite in set(Civilite) else None,
        nom_naissance=texte(lue, f"{identite}/NOMNAI"),
        nom_usage=texte(lue, f"{identite}/NOM"),
        prenom=texte(lue, f"{identite}/PRENOM"),
        date_naissance=jour(lue, f"{identite}/DTNAI"),
        precision_naissance=PrecisionDate(precision) if precision in set(PrecisionDate) else None,
        activite=_activite(lue),
    )


def _role(lue: etree._Element) -> Role | None:
    """The role for the RSA (a person also has one for the PFA); an unknown one opens nothing."""
    for prestation in lue.iterfind("Prestations"):
        if texte(prestation, "NATPREST") == "RSA":
            return ROLES.get(texte(prestation, "ROLEPERS") or "")
    return None


def _activite(lue: etree._Element) -> Activite | None:
    """The activity that has not ended; the latest of them."""
    ouvertes = [
        (jour(activite, "DDACT") or date.min, texte(activite, "ACT"))
        for activite in lue.iterfind("Activite")
        if jour(activite, "DFACT") is None
    ]
    if not ouvertes:
        return None
    depuis, code = max(ouvertes, key=lambda ouverte: ouverte[0])
    return Activite(code=code, libelle=libelle(ACTIVITES, code), depuis=None if depuis == date.min else depuis)


def _situation_familiale(foyer: etree._Element) -> SituationFamiliale | None:
    lue = foyer.find("DonneesAdministratives/SituationFamille")
    if lue is None:
        return None
    code = texte(lue, "SITFAM")
    return SituationFamiliale(code=code, libelle=libelle(SITUATIONS_FAMILIALES, code), depuis=jour(lue, "DDSITFAM"))


def _adresse(foyer: etree._Element) -> Adresse | None:
    """The current address (RGADR 01); 02 and 03 are former ones."""
    for adresse in foyer.iterfind("DonneesAdministratives/Adresse"):
        if (texte(adresse, "TroncCommunAdresse/RGADR") or "").lstrip("0") == "1":
            pays = texte(adresse, "TroncCommunAdresse/PAYS")
            france, ailleurs = adresse.find("AdresseDetailleeFrance"), adresse.find("AdresseHorsFrance")
            if france is not None:
                return _en_france(france, pays)
            if ailleurs is not None:
                lignes = [texte(ailleurs, f"LIBLIG{rang}ADR") for rang in range(2, 8)]
                return Adresse(lignes=tuple(ligne for ligne in lignes if ligne), pays=pays)
    return None


def _en_france(lue: etree._Element, pays: str | None) -> Adresse:
    voie = " ".join(filter(None, (texte(lue, nom) for nom in ("NUMVOIE", "LIBTYPEVOIE", "NOMVOIE"))))
    lignes = (texte(lue, "COMPLIDEADR"), texte(lue, "COMPLADR"), voie, texte(lue, "LIEUDIST"))
    code_postal = texte(lue, "CODEPOS")
    return Adresse(
        lignes=tuple(ligne for ligne in lignes if ligne),
        code_postal=code_postal.zfill(5) if code_postal else None,
        commune=texte(lue, "NOMCOM"),
        code_commune=texte(lue, "NUMCOM"),
        pays=pays,
    )


def _rsa(foyer: etree._Element) -> Rsa:
    situation = foyer.find("PrestationRSA/SituationDossierRSA")
    etat = None if situation is None else texte(situation, "EtatDossierRSA/ETATDOSRSA")
    rsa = Rsa(
        etat_code=etat,
        etat=libelle(ETATS_RSA, etat),
        date_demande=jour(foyer, "IdentificationRSA/DemandeRSA/DTDEMRSA"),
        numero_demande=texte(foyer, "IdentificationRSA/DemandeRSA/NUMDEMRSA"),
        refus=None if situation is None else _motif(situation.find("Refus"), "MOTIREFURSA", "DTREFURSA", {}),
        suspensions_droit=_suspensions(situation, "SuspensionDroit", "SUSDRORSA", SUSPENSIONS_DROIT_RSA),
        suspensions_versement=_suspensions(situation, "SuspensionVersement", "SUSVERSRSA", SUSPENSIONS_VERSEMENT_RSA),
        cloture=None if situation is None else _cloture(situation, etat),
        montants=_montants(foyer),
        details=tuple(map(_detail, foyer.iterfind("PrestationRSA/DetailDroitRSA/DetailCalculDroitRSA"))) or None,
        personnes=tuple(_personne_rsa(lue) for lue in foyer.iterfind("Personne")),
    )
    return rsa


def _motif(lu: etree._Element | None, code: str, le: str, nomenclature: Mapping[str, str]) -> MotifRsa | None:
    if lu is None:
        return None
    motif = texte(lu, code)
    return MotifRsa(code=motif, libelle=libelle(nomenclature, motif), le=jour(lu, le))


def _suspensions(
    situation: etree._Element | None, balise: str, suffixe: str, nomenclature: Mapping[str, str]
) -> tuple[MotifRsa, ...] | None:
    if situation is None:
        return None
    lues = (_motif(lue, f"MOTI{suffixe}", f"DD{suffixe}", nomenclature) for lue in situation.iterfind(balise))
    return tuple(lue for lue in lues if lue is not None)


def _cloture(situation: etree._Element, etat: str | None) -> MotifRsa | None:
    """The closing that goes with the state: on an earlier month for 6, else of the month; or the only one."""
    noms = ("FinDroitMoisAnterieur", "FinDroit") if etat == "6" else ("FinDroit", "FinDroitMoisAnterieur")
    for nom in noms:
        lue = _motif(situation.find(nom), "MOTICLORSA", "DTCLORSA", CLOTURES_RSA)
        if lue is not None:
            return lue
    return None


def _montants(foyer: etree._Element) -> MontantsRsa | None:
    """The latest calculation of the right."""
    lus = foyer.findall("PrestationRSA/DetailDroitRSA/MontantsCalculDroitRSA")
    if not lus:
        return None
    lu = max(lus, key=lambda calcul: jour(calcul, "DDELECAL") or date.min)
    return MontantsRsa(
        depuis=jour(lu, "DDELECAL"),
        jusqu_a=jour(lu, "DFELECAL"),
        revenu_minimum_garanti=montant(lu, "MTREVMINIGARARSA"),
        pente=montant(lu, "MTPENTRSA"),
        revenu_garanti=montant(lu, "MTREVGARARSA"),
        prestations_familiales=montant(lu, "MTPFRSA"),
        aide_au_logement=montant(lu, "MTALRSA"),
        ressources_mensuelles=montant(lu, "MTRESSMENRSA"),
        total_droit=montant(lu, "MTTOTDRORSA"),
    )


def _detail(lu: etree._Element) -> DetailRsa:
    nature = texte(lu, "NATPF")
    return DetailRsa(
        nature_code=nature,
        nature=libelle(NATURES_RSA, nature),
        sous_nature_code=texte(lu, "SOUSNATPF"),
        depuis=jour(lu, "DDNATDRO"),
        jusqu_a=jour(lu, "DFNATDRO"),
        montant_verse=montant(lu, "MTRSAVERS"),
        dernier_versement=jour(lu, "DTDERRSAVERS"),
    )


def _personne_rsa(lue: etree._Element) -> PersonneRsa:
    trimestre = "Ressources/GeneraliteRessourcesTrimestre"
    ressources = lue.find("Ressources")
    return PersonneRsa(
        role=_role(lue),
        prenom=texte(lue, "Identification/PRENOM"),
        droits_et_devoirs=oui_non(lue, "MontantCalculDroitRSAPersonne/TOPPERSDRODEVORSA"),
        debut_trimestre=jour(lue, f"{trimestre}/DDRESS"),
        fin_trimestre=jour(lue, f"{trimestre}/DFRESS"),
        ressources_nulles=oui_non(lue, f"{trimestre}/TOPRESSNUL"),
        ressources=None if ressources is None else _ressources(ressources),
    )


def _ressources(lues: etree._Element) -> tuple[RessourceMensuelle, ...]:
    releves = []
    for mensuelles in lues.iterfind("RessourcesMensuelles"):
        mois = jour(mensuelles, "GeneraliteRessourcesMensuelles/MOISRESS")
        for detail in mensuelles.iterfind("DetailRessourcesMensuelles"):
            nature = texte(detail, "NATRESS")
            releves.append(
                RessourceMensuelle(
                    mois=f"{mois:%Y-%m}" if mois else None,
                    nature_code=nature,
                    nature=libelle(RESSOURCES, nature),
                    montant=montant(detail, "MTNATRESSMEN"),
                )
            )
    return tuple(releves)


def _droits_rsa(rsa: Rsa) -> tuple[DroitRsa, ...]:
    """The period of right that the state shows, for the checks of T18 and T19.

    Open (2, 3, 4): since the demand, suspended or not, for a suspended right is not closed. Closed (5, 6):
    until DTCLORSA; without it, or before the demand, no period, since nothing proves one. Else none.
    """
    if rsa.date_demande is None:
        return ()
    if rsa.etat_code in RSA_OUVERT:
        return (DroitRsa(depuis=rsa.date_demande),)
    fin = rsa.cloture.le if rsa.cloture else None
    if rsa.etat_code in RSA_CLOS and fin is not None and fin >= rsa.date_demande:
        return (DroitRsa(depuis=rsa.date_demande, jusqu_a=fin),)
    return ()
