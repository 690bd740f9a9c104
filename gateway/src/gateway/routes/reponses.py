"""Answers of the gateway on the wire: always whole, always with the headers of security."""

from http import HTTPStatus

from gateway.domain.messages import Reponse, Sortie
from gateway.domain.refus import MethodeInconnue, TropGrand
from socle import problemes

DEFAUTS = (
    (b"cache-control", b"cache-control: no-store\r\n"),
    (b"content-security-policy", b"content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n"),
)
SECURITE = b"x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n"
_SANS_CORPS = (204, 304)
_LIGNES = {int(statut): f"HTTP/1.1 {int(statut)} {statut.phrase}\r\n".encode("ascii") for statut in HTTPStatus}


def refuser(faute: BaseException, trace: str) -> Reponse:
    """The problem that a fault is told as."""
    probleme = problemes.depuis(faute, trace)
    entetes = [(nom.lower().encode(), valeur.encode()) for nom, valeur in probleme.entetes.items()]
    entetes.append((b"content-type", problemes.MIME.encode()))
    if isinstance(faute, MethodeInconnue):
        entetes.append((b"allow", ", ".join(faute.permises).encode()))
    if isinstance(faute, TropGrand):
        entetes.append((b"connection", b"close"))
    return Reponse(probleme.statut, entetes, probleme.corps())


def mettre_en_octets(reponse: Reponse) -> Sortie:
    """Its head, but for what the connection adds, and its body."""
    statut, corps = reponse.statut, reponse.corps
    presents = [nom for nom, _ in reponse.entetes]
    lignes = [_LIGNES.get(statut) or b"HTTP/1.1 %d \r\n" % statut]
    lignes += [b"%b: %b\r\n" % entete for entete in reponse.entetes]
    lignes.append(SECURITE)
    lignes += [ligne for nom, ligne in DEFAUTS if nom not in presents]
    if statut in _SANS_CORPS:
        corps = b""
    else:
        lignes.append(b"content-length: %d\r\n" % len(corps))
    return Sortie(b"".join(lignes), corps, b"connection" in presents)
