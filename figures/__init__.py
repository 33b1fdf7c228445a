"""One figure a file, drawn from saved records, and the report."""
