"""Review rows as people edit them: cells, layouts of others, three-way merge."""
