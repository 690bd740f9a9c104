"""`python -m audit web | relay | migrate | …`"""

from audit.main import groupe

groupe()
