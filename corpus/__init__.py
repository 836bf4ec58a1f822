"""What the duties are: documents, and reading, cleaning and parsing them into clauses."""
