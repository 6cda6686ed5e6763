"""lakegloss' own tables: definitions, reading, appending, state, sweep."""
