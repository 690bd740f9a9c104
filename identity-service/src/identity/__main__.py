"""`python -m identity web | relay | migrate | …`"""

from identity.main import groupe

groupe()
