"""What an operation is asked where the example of its contract, with the names of `Monde.connus`, does not do.

A gesture makes what its request needs and gives the values that replace the known ones; `corps` replaces the whole
body, `jeton` the token. It is made anew for each person to whom the table grants the act, so that one person's act
does not spoil the next one's; those who are refused aim at one and the same.
"""

import base64
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pyotp
from monde import MOT_DE_PASSE, Monde, Persona

from identity.adapters import cachet
from identity.domain import captchas
from identity.usecases.demander_captcha import empreinte

Geste = Callable[[Monde, Persona | None], dict[str, Any]]
GESTES: dict[str, Geste] = {}


def pour(*operations: str) -> Callable[[Geste], Geste]:
    """Register a gesture for these operations, named `<service>.<operationId>`."""

    def retenir(geste: Geste) -> Geste:
        GESTES.update(dict.fromkeys(operations, geste))
        return geste

    return retenir


@pour("cdap.consultations.ouvrir")
def un_dossier(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"nom": monde.dossier["nom"]}


def _une_consultation_payee(monde: Monde) -> str:
    """A consultation of the utilisatrice, of a dossier that can have its attestation, by post as well."""
    jeton = monde.jeton("utilisatrice")
    for dossier in monde.maison.demo["dossiers"]:
        cle = {champ: dossier[champ] for champ in ("organisme", "numero_allocataire", "nom")}
        ouverte = monde.voix("POST", "/cdap/v1/consultations", jeton, json=cle)
        if ouverte.status_code == 201:
            ici = f"/cdap/v1/consultations/{ouverte.json()['id']}"
            lue = monde.voix("GET", f"{ici}/rubriques/attestation-paiement", jeton).json()
            if "indisponible" not in lue and lue["adresse"]:
                return str(ouverte.json()["id"])
    raise AssertionError("no dossier of the demonstration can have an attestation")


@pour("cdap.envois.demander_attestation")
def une_consultation_payee(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"consultation": _une_consultation_payee(monde)}


@pour("cdap.envois.suivre_attestation")
def une_attestation_postee(monde: Monde, _: Persona | None) -> dict[str, Any]:
    ici = f"/cdap/v1/consultations/{_une_consultation_payee(monde)}/attestations"
    return {"attestation": monde.voix.reussir("POST", ici, monde.jeton("utilisatrice"), canal="courrier")["id"]}


@pour("cdap.envois.lire_message")
def un_message_ecrit(monde: Monde, _: Persona | None) -> dict[str, Any]:
    ici = f"/cdap/v1/consultations/{monde.connus['consultation']}/messages"
    saisie = {"organisme": "CCAS", "nom": "Essai Verdict", "courriel": "essai@ccas.example", "message": "Bonjour."}
    return {"message": monde.voix.reussir("POST", ici, monde.jeton("utilisatrice"), **saisie)["id"]}


@pour("identity.sessions.ouvrir", "identity.second_facteur.enroler")
def une_preuve(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"identifiant": monde.passante, "mot_de_passe": MOT_DE_PASSE}


@pour("identity.sessions.rafraichir")
def un_jeton_frais(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"refresh_token": monde.session(monde.passante)["refresh_token"]}


@pour("identity.sessions.fermer")
def une_session_a_fermer(monde: Monde, qui: Persona | None) -> dict[str, Any]:
    return {"jeton": _une_autre_session(monde, qui)} if qui else {}


@pour("identity.sessions.fermer_une")
def la_session_d_a_cote(monde: Monde, qui: Persona | None) -> dict[str, Any]:
    jeton = _une_autre_session(monde, qui) if qui else monde.jeton("hors_groupe")
    return {"sid": jwt.decode(jeton, options={"verify_signature": False})["sid"]}


def _une_autre_session(monde: Monde, qui: Persona) -> str:
    demo = monde.maison.compte_de_role("caf:referent")
    choisi = demo["mot_de_passe"] if qui.identifiant == demo["identifiant"] else MOT_DE_PASSE
    return str(monde.session(str(qui.identifiant), choisi)["access_token"])


@pour("identity.mots_de_passe.changer")
def un_autre_mot_de_passe(monde: Monde, _: Persona | None) -> dict[str, Any]:
    """To and fro: who is asked last leaves what the next one changes."""
    mots = monde.mots_de_passe = getattr(monde, "mots_de_passe", ("Essai-2026-deux", MOT_DE_PASSE))[::-1]
    return {"identifiant": monde.girouette, "ancien": mots[0], "nouveau": mots[1]}


@pour("identity.mots_de_passe.declarer_oublie")
def un_captcha_lu(monde: Monde, _: Persona | None) -> dict[str, Any]:
    """A captcha of identity's, whose picture we have read."""
    captcha = captchas.nouveau(datetime.now(UTC))
    sceau = cachet.ouvrir(monde.maison.coffre / "cachet")
    nom = captcha.nom(empreinte(sceau, captcha, "Kd7mRx"))
    return {"captcha": nom, "reponse": "Kd7mRx", "courriel": "verdicts@caf.example"}


@pour("identity.second_facteur.activer")
def un_premier_code(monde: Monde, _: Persona | None) -> dict[str, Any]:
    qui = {"identifiant": monde.telephone, "mot_de_passe": MOT_DE_PASSE}
    monde.voix.reussir(
        "DELETE", f"/identity/v1/comptes/{monde.telephone}/second-facteur", monde.jeton("administrateur")
    )
    secret = monde.voix.reussir("POST", "/identity/v1/second-facteur", **qui)["secret"]
    return qui | {"code": pyotp.TOTP(secret).now()}


@pour("identity.second_facteur.exiger")
def sans_l_exiger(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"requis": False}


@pour(
    "identity.comptes.fermer",
    "identity.sessions.fermer_celles_de",
    "identity.mots_de_passe.imposer",
    "identity.mots_de_passe.renvoyer",
    "identity.second_facteur.retirer",
)
def un_compte_a_elle(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"identifiant": monde.compte()}


@pour("habilitation.partenaires.creer")
def un_siret_de_personne(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"siret": monde.siret()}


@pour("habilitation.partenaires.enregistrer_document")
def une_eligibilite(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"siret": monde.partenaire(), "corps": {"genre": "eligibilite", "signe_le": "2026-01-05"}}


@pour("habilitation.partenaires.avancer_document", "habilitation.partenaires.clore_document")
def une_demarche(monde: Monde, _: Persona | None) -> dict[str, Any]:
    siret = monde.partenaire()
    return {"siret": siret, "document": monde.demarche(siret)}


@pour("habilitation.partenaires.designer_administrateur")
def une_place_libre(monde: Monde, _: Persona | None) -> dict[str, Any]:
    siret = monde.partenaire()
    return {"siret": siret, "identifiant": monde.compte(siret)}


@pour("habilitation.partenaires.remplacer_administrateur", "habilitation.partenaires.retirer_administrateur")
def une_place_tenue(monde: Monde, _: Persona | None) -> dict[str, Any]:
    siret = monde.partenaire()
    monde.administrer(siret, monde.compte(siret))
    return {"siret": siret, "place": "principal", "identifiant": monde.compte(siret)}


@pour("habilitation.suspensions.prononcer")
def quelqu_un_a_suspendre(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"identifiant": monde.compte()}


@pour("habilitation.suspensions.lever")
def une_suspension(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"suspension": monde.suspendre(monde.ici, monde.compte())}


@pour("habilitation.groupes.changer")
def un_autre_nom(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"corps": {"nom": "Accueil"}}


@pour("habilitation.groupes.fermer", "habilitation.groupes.designer_responsable")
def un_groupe_neuf(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"groupe": monde.un_groupe()}


@pour("habilitation.groupes.retirer_responsable")
def un_groupe_delegue(monde: Monde, _: Persona | None) -> dict[str, Any]:
    groupe = monde.un_groupe()
    monde.confier(groupe, monde.compte())
    return {"groupe": groupe}


@pour("habilitation.groupes.ajouter_membre")
def un_nouveau_membre(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"identifiant": monde.compte()}


@pour("habilitation.groupes.retirer_membre")
def un_ancien_membre(monde: Monde, _: Persona | None) -> dict[str, Any]:
    identifiant = monde.compte()
    monde.ajouter(monde.groupe, identifiant)
    return {"identifiant": identifiant}


VERIFICATEUR = "v" * 43
DEFI = base64.urlsafe_b64encode(sha256(VERIFICATEUR.encode()).digest()).rstrip(b"=").decode()
_UNE_SEULE = threading.Lock()
RETOUR, TEMOIN = "https://application.example/retour", "t" * 43


def _une_application(monde: Monde) -> str:
    """A front end of others, registered once, whoever asks first."""
    with _UNE_SEULE:
        if not hasattr(monde, "application"):
            mots = ["--nom", "Verdicts", "--retour", RETOUR]
            monde.application = monde.maison.commande("identity", "oidc", "ajouter", *mots).stdout.strip()
    return str(monde.application)


def _une_demande(monde: Monde) -> dict[str, Any]:
    return {"params": {
        "client_id": _une_application(monde), "redirect_uri": RETOUR, "response_type": "code", "scope": "openid",
        "code_challenge": DEFI, "code_challenge_method": "S256", "prompt": "login",
    }, "cookies": {"mcp-formulaire": TEMOIN}}  # fmt: skip


def _un_formulaire(monde: Monde) -> dict[str, Any]:
    """The sealed field of the page, and the cookie to which it is bound."""
    demande = _une_demande(monde)
    page = monde.voix("GET", "/identity/v1/oidc/autorisation", **demande).text
    trouve = re.search(r'name="formulaire" value="([^"]+)"', page)
    assert trouve, page
    return {"formulaire": trouve.group(1), "options": {"cookies": demande["cookies"]}}


@pour("identity.oidc.autorisation")
def une_demande_de_connexion(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return {"options": _une_demande(monde)}


@pour("identity.oidc.connecter")
def un_formulaire_rempli(monde: Monde, _: Persona | None) -> dict[str, Any]:
    return _un_formulaire(monde) | {"identifiant": monde.passante, "mot_de_passe": MOT_DE_PASSE}


@pour("identity.oidc.changer_le_mot_de_passe")
def un_mot_de_passe_a_changer(monde: Monde, _: Persona | None) -> dict[str, Any]:
    """To and fro, as above, on an account of its own."""
    if not hasattr(monde, "boussole"):
        monde.boussole = monde.ouvert(monde.ici)
    mots = monde.choisis = getattr(monde, "choisis", ("Essai-2026-deux", MOT_DE_PASSE))[::-1]
    choix = {"ancien": mots[0], "nouveau": mots[1], "confirmation": mots[1]}
    return _un_formulaire(monde) | {"identifiant": monde.boussole} | choix


@pour("identity.oidc.jetons")
def un_code_frais(monde: Monde, _: Persona | None) -> dict[str, Any]:
    formulaire = _un_formulaire(monde)
    preuve = {"formulaire": formulaire["formulaire"], "identifiant": monde.passante, "mot_de_passe": MOT_DE_PASSE}
    recu = monde.voix("POST", "/identity/v1/oidc/connexion", data=preuve, **formulaire["options"])
    code = parse_qs(urlsplit(recu.headers["Location"]).query)["code"][0]
    return {
        "client_id": _une_application(monde), "code": code, "redirect_uri": RETOUR, "code_verifier": VERIFICATEUR,
    }  # fmt: skip


@pour("audit.supervision.compter")
def un_mois(_: Monde, __: Persona | None) -> dict[str, Any]:
    return {"depuis": "2026-11-01", "jusqu_a": "2026-11-30"}
