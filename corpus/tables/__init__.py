"""Tables -> units: a module for each kind finds out what its cells are; units.py puts them together."""
