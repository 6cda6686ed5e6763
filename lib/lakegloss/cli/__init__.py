"""Defines the commands typed at a terminal, and how jobs read their arguments."""
