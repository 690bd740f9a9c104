"""What we write is what py-amqp reads: the same message, whatever its size."""

from struct import unpack_from
from types import SimpleNamespace

import pytest
from amqp.method_framing import frame_handler
from amqp.serialization import loads

from socle.trames import Trames

TRAME_MAX = 4_096
ENTETES = {"source": "cdap", "rang": 2**40, "version": 1, "empreinte": "é" * 64}


def lire(octets):
    """The messages in these bytes, as py-amqp understands them, with the arguments of their method."""
    recus, place = [], 0
    lecteur = frame_handler(
        SimpleNamespace(bytes_recv=0), lambda canal, methode, arguments, message: recus.append((arguments, message)),
        content_methods=frozenset({(60, 40)}),
    )  # fmt: skip
    while place < len(octets):
        genre, canal, taille = unpack_from(">BHI", octets, place)
        assert taille + 8 <= TRAME_MAX and octets[place + 7 + taille] == 0xCE
        lecteur((genre, canal, octets[place + 7 : place + 7 + taille]))
        place += taille + 8
    return recus


@pytest.mark.parametrize("taille", [0, 1, 700, TRAME_MAX - 8, TRAME_MAX - 7, 20_000])
def test_py_amqp_lit_ce_que_nous_ecrivons(taille):
    trames = Trames(3, TRAME_MAX, "evenements", "application/json", "utf-8", 2, "cdap")
    corps = bytes(n % 256 for n in range(taille))
    ecrits = [(f"cdap.rubrique.{n}", f"cdap:{n}") for n in range(3)]
    recus = lire(b"".join(octets for cle, id in ecrits for octets in trames.publier(cle, id, ENTETES, corps)))
    for (cle, id), (arguments, message) in zip(ecrits, recus, strict=True):
        (_, echange, lue, obligatoire, immediat), _ = loads("Bssbb", arguments, 4)
        assert (echange, lue, obligatoire, immediat) == ("evenements", cle, True, False)
        assert message.properties == {
            "content_type": "application/json", "content_encoding": "utf-8", "application_headers": ENTETES,
            "delivery_mode": 2, "message_id": id, "user_id": "cdap",
        }  # fmt: skip
        assert (message.body or b"") == corps


def test_ce_que_le_protocole_ne_peut_dire_ne_s_ecrit_pas():
    trames = Trames(1, TRAME_MAX, "e", "m", "c", 2, "a")
    with pytest.raises(ValueError, match="range"):
        list(trames.publier("x" * 256, "id", {}, b""))
