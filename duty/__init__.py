"""The command line: one module a verb, or a group of them; main.py puts them together."""
