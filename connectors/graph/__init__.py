"""Meta's Graph API, which serves Facebook pages and professional Instagram accounts alike.

client.py   facebook-sdk with what it lacks      errors.py   what Graph's errors mean for us
look.py     one reading of an account            health.py   what Graph says about a token
memory.py   what it tells the next reading       questions.py   which leave out the fields that Graph refuses
sound.py    is an answer what it should be?
"""

from connectors.graph.client import GraphClient

__all__ = ["GraphClient"]
