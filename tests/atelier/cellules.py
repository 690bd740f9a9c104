"""The oracle of the matrix: the slide « Les rubriques accessibles », transcribed apart from the code."""

_CELLULES = {
    "T1": "synthese paiements dossier famille droits logement ressources rsa creances courriers "
    "donnees-complementaires attestation-paiement",
    "T2": "synthese",
    "T4": "synthese famille droits ressources rsa donnees-complementaires",
    "T5": "synthese famille droits ressources rsa donnees-complementaires",
    "T6": "synthese cmu-rsa cmuc-ressources",
    "T8": "synthese cmu-rsa cmuc-ressources",
    "T9": "synthese paiements dossier famille droits logement ressources rsa creances donnees-complementaires "
    "attestation-paiement",
    "T10": "synthese",
    "T11": "synthese paiements dossier famille droits creances donnees-complementaires",
    "T12": "synthese paiements dossier famille donnees-complementaires",
    "T13": "synthese paiements dossier famille droits logement ressources creances courriers donnees-complementaires",
    "T14": "synthese",
    "T15": "synthese",
    "T16": "synthese dossier famille droits logement ressources donnees-complementaires",
    "T18": "synthese dossier famille droits logement ressources",
    "T19": "synthese paiements dossier famille droits ressources rsa creances courriers donnees-complementaires "
    "attestation-paiement",
}

CELLULES = {profil: frozenset(rubriques.split()) for profil, rubriques in _CELLULES.items()}
