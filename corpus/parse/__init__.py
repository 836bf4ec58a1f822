"""Units -> document: who owns what, which unit is a clause, and what is left out and why.

`parser.py` walks over the units and keeps the place in lists (`lists.py`) and the owner of what follows
(`context.py`); it makes clauses and segments (`clauses.py`), of which `duty.py` says which are no duties.
"""

from corpus.parse.parser import parse_source

__all__ = ["parse_source"]
