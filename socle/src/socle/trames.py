"""A message as the frames of AMQP 0-9-1 that publish it, so that a batch is one write.

py-amqp writes each message by itself, after it has looked whether the broker has something to say: for a batch of 500
most of the relay's time. Connecting, confirms and everything that is read stay its affair.
"""

from collections.abc import Iterator, Mapping
from struct import Struct

_ENTETE = Struct(">BHI")
_CONTENU = Struct(">HHQH")
_METHODE = Struct(">HHH")
_LONG, _TRES_LONG = Struct(">I"), Struct(">q")
_FIN = b"\xce"
BASIC, PUBLISH = 60, 40
METHODE, CONTENU, CORPS = 1, 2, 3
OBLIGATOIRE = b"\x01"
PRESENTES = 1 << 15 | 1 << 14 | 1 << 13 | 1 << 12 | 1 << 7 | 1 << 4
"""Of the properties: content type and encoding, headers, delivery mode, message id, user id, in this order."""


class Trames:
    """Makes the frames of messages that have one exchange, one author and one form, on one channel."""

    def __init__(
        self, canal: int, trame_max: int, echange: str, mime: str, codage: str, mode: int, auteur: str
    ) -> None:
        self._canal = canal
        self._morceau = trame_max - 8
        self._vers = _METHODE.pack(BASIC, PUBLISH, 0) + _court(echange)
        self._forme = _court(mime) + _court(codage)
        self._mode = bytes([mode])
        self._auteur = _court(auteur)

    def publier(self, cle: str, id: str, entetes: Mapping[str, str | int], corps: bytes) -> Iterator[bytes]:
        """The frames of one message, which comes back if no queue takes it (mandatory)."""
        yield from self._trame(METHODE, self._vers + _court(cle) + OBLIGATOIRE)
        yield from self._trame(
            CONTENU,
            _CONTENU.pack(BASIC, 0, len(corps), PRESENTES)
            + self._forme + _table(entetes) + self._mode + _court(id) + self._auteur,
        )  # fmt: skip
        for debut in range(0, len(corps), self._morceau):
            yield from self._trame(CORPS, corps[debut : debut + self._morceau])

    def _trame(self, genre: int, charge: bytes) -> tuple[bytes, bytes, bytes]:
        return _ENTETE.pack(genre, self._canal, len(charge)), charge, _FIN


def _court(texte: str) -> bytes:
    octets = texte.encode()
    return bytes([len(octets)]) + octets  # raises ValueError above 255, as the protocol has it


def _table(entetes: Mapping[str, str | int]) -> bytes:
    champs = b"".join(_court(nom) + _valeur(valeur) for nom, valeur in entetes.items())
    return _LONG.pack(len(champs)) + champs


def _valeur(valeur: str | int) -> bytes:
    if isinstance(valeur, int):
        return b"l" + _TRES_LONG.pack(valeur)
    octets = valeur.encode()
    return b"S" + _LONG.pack(len(octets)) + octets
