"""`python -m habilitation web | relay | migrate | …`"""

from habilitation.main import groupe

groupe()
