"""Writes, reads and merges the rows of review files, lakegloss' own and those of others."""
