"""`python -m cdap web | relay | migrate | …`"""

from cdap.main import groupe

groupe()
