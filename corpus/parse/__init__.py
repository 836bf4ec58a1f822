"""Units -> document: who owns what, which unit is a clause, and what is left out and why.

`parser.py` walks over the units: which are headings (`headings.py`), whose what follows is (`owners.py`, `context.py`),
the place in lists (`lists.py`). It makes clauses and segments (`clauses.py`), of which `duty.py` says which are none.
"""

from corpus.parse.parser import parse_source

__all__ = ["parse_source"]
