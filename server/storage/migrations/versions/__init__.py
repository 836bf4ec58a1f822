"""One file a step. A published step is never changed; the next change is the next file."""
