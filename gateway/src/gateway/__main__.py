"""`python -m gateway web | relay | migrate`"""

from gateway.main import groupe

groupe()
