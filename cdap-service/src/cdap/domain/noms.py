"""When two family names are the same, however they were typed.

Invariant: a name of which nothing usable is left matches nothing, itself included.
"""

import re
import unicodedata

LONGUEUR_MINIMALE = 2

# Letters that Unicode does not take apart, as a French keyboard would spell them.
_LETTRES = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D"})

# Hyphens and dashes, apostrophes and quotes that stand for one, and every kind of space.
_SEPARATEURS = re.compile("[-\u2010-\u2015\u2212'\u2018\u2019\u201b\u02bc\u00b4`\u2032_.\\s]+")


def comparable(nom: str) -> str:
    """The form of a name that is compared: upper case, no accents, one space for any separator.

    « Lefèvre-d’Ormesson » and « LEFEVRE  D ORMESSON » give the same form.
    """
    majuscules = unicodedata.normalize("NFKC", nom).upper().translate(_LETTRES)
    # Separators first: NFKD would turn a lone acute accent into a space and a mark.
    separe = _SEPARATEURS.sub(" ", majuscules)
    lettres = "".join(
        lettre
        for lettre in unicodedata.normalize("NFKD", separe)
        if not unicodedata.combining(lettre) and unicodedata.category(lettre) not in {"Cf", "Cc"}
    )
    return " ".join(lettres.split())


def est_comparable(forme: str) -> bool:
    """Whether a comparable form is long enough to identify anybody."""
    return len(forme) >= LONGUEUR_MINIMALE
