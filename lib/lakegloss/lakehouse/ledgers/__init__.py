"""Defines, reads and appends to lakegloss' own tables; moves journalled answers into them."""
