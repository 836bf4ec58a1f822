"""Tuning the shipped encoder: `python -m indexer.training.train`."""
