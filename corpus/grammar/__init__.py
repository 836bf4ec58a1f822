"""Lines -> units: numbers, titles, boilerplate and named repairs."""
