"""Text -> vectors: one protocol and loader (encoder.py), one module for each of the two libraries."""
