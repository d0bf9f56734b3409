"""The benchmark: `session` runs it, `measures` holds one file for each section of the table."""
